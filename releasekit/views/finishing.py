"""Has the record of a run that was closed on the screen written, by a process of its own. Reads and writes no file."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from threading import Thread

from releasekit.run.state import RunState


def finish(state: RunState, record: Path, told: Callable[[str], None]) -> None:
    """Start what writes the record of a closed run into ``record``, the run's folder; wait for it in a thread.

    ``told`` hears why it could not be written; nothing when it was. The process outlives the kernel that asked.
    """
    out = record.resolve().parents[2]  # OUT/service/version/run
    arguments = ["close", state.run, "--outcome", state.outcome, "--out", str(out)]
    # -P: nothing is imported from the folder
    command = [sys.executable, "-P", "-m", "releasekit", *arguments]
    process = subprocess.Popen(
        command,
        cwd=record,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    Thread(target=_wait, args=(process, told), name="releasekit-finishing", daemon=True).start()


def _wait(process: "subprocess.Popen[str]", told: Callable[[str], None]) -> None:
    said = process.communicate()[1]
    if process.returncode:
        told(" ".join(said.split()) or f"the record was not written: status {process.returncode}")
