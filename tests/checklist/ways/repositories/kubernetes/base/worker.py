"""Computes orbits."""

import time

while True:
    time.sleep(5)  # a fixture that is read and never run
