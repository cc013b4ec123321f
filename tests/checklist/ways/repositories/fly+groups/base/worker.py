"""Counts boats."""

import time

while True:
    time.sleep(60)
