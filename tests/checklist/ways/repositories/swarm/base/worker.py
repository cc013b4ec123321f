"""Works tickets off."""

import time

while True:
    time.sleep(5)
