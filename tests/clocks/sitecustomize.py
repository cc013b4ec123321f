"""Python under Debian's faketime: every process of `make clocks` finds this on its path, and imports it first."""

import os
import select
import sys
import time
from pathlib import Path
from typing import Any


def _sleep(seconds: Any) -> None:
    select.select((), (), (), seconds)


# libfaketime 0.9.10 lets the clock that deadlines go by alone, as it is told, but refuses Python's sleep by that clock
time.sleep = _sleep

# A process that gets few variables, as the one that forks kernels, has the library (LD_...) without the time, and made
# semaphores of its own, which would stay when it is killed: it starts again with the time and the semaphores of others.
_ahead, _shared = os.environ.get("PYTHON_FAKETIME"), os.environ.get("FAKETIME_SHARED", "")
if _ahead and "FAKETIME" in os.environ:
    os.environ["PYTHON_FAKETIME_SHARED"] = _shared
elif _ahead:
    for _name in _shared.split():
        for _kind in ("", "sem."):
            Path(f"/dev/shm/{_kind}{_name[1:]}").unlink(missing_ok=True)
    os.environ |= {"FAKETIME": _ahead, "FAKETIME_SHARED": os.environ["PYTHON_FAKETIME_SHARED"]}
    os.environ |= {"FAKETIME_DONT_FAKE_MONOTONIC": "1", "NO_FAKE_STAT": "1"}
    os.execv(sys.executable, [sys.executable, *sys.orig_argv[1:]])
