"""Waits until a server of a test answers. A server tells nobody that it has come up: it is asked again and again."""

import subprocess
from collections.abc import Callable
from time import monotonic

from releasekit.errors import SourceError

SECONDS = 60.0
_BETWEEN = 0.1
STARTING = (OSError, SourceError, LookupError)  # what asking one that is not ready raises


def until(
    server: "subprocess.Popen[bytes]",
    ready: Callable[[], bool],
    *,
    starting: tuple[type[Exception], ...] = STARTING,
    said: Callable[[], str] = str,
) -> None:
    """Return when it is ``ready``. Raises RuntimeError, with what it ``said``, when it ends or SECONDS are over."""
    end = monotonic() + SECONDS
    while server.poll() is None and monotonic() < end:
        try:
            if ready():
                return
        except starting:
            pass
        try:
            server.wait(_BETWEEN)
        except subprocess.TimeoutExpired:
            continue
    raise RuntimeError(f"{server.args} did not come up: {said()[-2000:]}")
