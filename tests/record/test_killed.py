"""Killed at any moment in a long cell of somebody's own: the record says interrupted, no file is half written."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from releasekit.record.closing import final
from releasekit.record.make import NAMES
from releasekit.run.course import status
from tests.counts import count
from tests.record.example import Example, example, notebook
from tests.record.test_make import RECORDING, kernels_of

LONG = "import time\nwhile True:\n    print('deploying ' * 200, flush=True); time.sleep(0.001)"
AMONG = random.Random(7)


def begun(shown: Example, source: Path) -> "subprocess.Popen[str]":
    """A process that records the run and has come to its long cell."""
    given = [shown.store, shown.out, shown.run.run_id, shown.folder, shown.base, source]
    process = subprocess.Popen([sys.executable, "-c", RECORDING, *map(str, given)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    for line in process.stdout:
        if line == "Part 2\n":
            break
    return process


def kill(kind: str, shown: Example, process: "subprocess.Popen[str]") -> None:
    time.sleep(AMONG.uniform(0, 0.4))  # any moment is what the promise is about
    if kind == "the kernel":
        for kernel in kernels_of(shown.folder):
            os.kill(int(kernel), signal.SIGKILL)
    else:
        process.send_signal(signal.SIGKILL if kind == "the process" else signal.SIGTERM)
    process.communicate()


def whole(folder: Path) -> bool:
    """Whether what is there of a record is whole: the earlier one, or the new."""
    texts = {path.name: path.read_text(encoding="utf-8") for path in folder.iterdir() if path.name in NAMES}
    json.loads(texts["release.ipynb"])
    return len(texts) == len(NAMES) and texts["release.html"].rstrip().endswith("</html>")


@pytest.mark.parametrize("kind", ["the kernel", "the process", "a stop"])
def test_whatever_is_killed_the_log_says_interrupted_and_every_file_is_whole(tmp_path: Path, kind: str) -> None:
    shown = example(tmp_path)
    shown.record()
    source = notebook(tmp_path / "cells.ipynb", "1 + 1", LONG)
    kills = count("record.kills")
    for _ in range(kills):
        with begun(shown, source) as process:
            kill(kind, shown, process)
        assert status(shown.run.refresh()) == "interrupted"
        assert whole(shown.folder)
        if kind != "the process":  # who was killed could write nothing more
            assert json.loads((shown.folder / "release.json").read_text())["status"] == "interrupted"
            assert "INTERRUPTED" in (shown.folder / "release.html").read_text()
    shown.run.close("deployed", "looked at by hand")
    final(shown.run, shown.folder, base=shown.base)
    assert len(shown.run.state.interruptions) == kills
    for name in ("release.md", "release.html"):
        assert (shown.folder / name).read_text().count("was interrupted: it was at “Part 2”") >= kills
    while kernels_of(shown.folder):  # the test's own time limit counts
        signal.sigtimedwait([], 0.1)
