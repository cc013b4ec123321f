"""Counts boats."""

import time

while True:
    time.sleep(60)  # a fixture that is read and never run
