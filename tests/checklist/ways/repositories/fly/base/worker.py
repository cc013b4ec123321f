"""Fetches the tides."""

import time

while True:
    time.sleep(60)
