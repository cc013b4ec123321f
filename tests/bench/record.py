"""One record: ``releasekit run`` beside ``papermill`` and twice ``jupyter nbconvert``, on the same notebook."""

import shutil
import sys
from pathlib import Path
from typing import Any

from releasekit.demo.layout import lay_out, write_parameters
from releasekit.record.resources import find
from tests.bench.clock import rounds, seconds

ROUNDS = 3


def measure(folder: Path) -> dict[str, Any]:
    """Seconds a service, medians of ROUNDS, and the ratio of ours to theirs."""
    layout = lay_out(folder / "demo")
    parameters = write_parameters(layout, find("parameters"))
    shutil.copy(find("notebooks/release.ipynb"), folder / "release.ipynb")
    programs = Path(sys.executable).parent

    def ours(turn: int) -> float:
        command = [str(programs / "releasekit"), "run", str(parameters), "--out", str(folder / f"reports{turn}")]
        return seconds(command, folder)

    def stock(turn: int) -> float:
        out = f"out{turn}.ipynb"
        papermill = [str(programs / "papermill"), "release.ipynb", out, "-f", str(parameters), "-p", "base", "demo"]
        converts = [[str(programs / "jupyter"), "nbconvert", "--to", form, out] for form in ("html", "markdown")]
        return sum(seconds(command, folder) for command in (papermill, *converts))

    taken = rounds(ROUNDS, {"releasekit run": ours, "papermill + nbconvert html + nbconvert markdown": stock})
    mine, theirs = taken.values()
    return {"seconds": taken, "ratio": round(mine / theirs, 3), "rounds": ROUNDS}
