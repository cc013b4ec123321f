"""Sends what was ordered to the kitchen."""

import time

while True:
    time.sleep(5)
