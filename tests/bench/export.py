"""One executed notebook as a page: our exporter beside nbconvert's own, both through ``jupyter nbconvert``."""

import subprocess
import sys
from pathlib import Path
from typing import Any

from releasekit.demo.layout import lay_out, write_parameters
from releasekit.record.resources import find
from tests.bench.clock import rounds, seconds

ROUNDS = 3
EXPORTERS = ("html", "releasekit-html")


def measure(folder: Path) -> dict[str, Any]:
    """Seconds, medians of ROUNDS, and bytes of the page; and the ratios of ours to theirs."""
    programs = Path(sys.executable).parent
    parameters = write_parameters(lay_out(folder / "demo"), find("parameters"))
    run = [str(programs / "releasekit"), "run", str(parameters), "--out", str(folder / "reports")]
    subprocess.run(run, check=True, cwd=folder, capture_output=True)
    (notebook,) = (folder / "reports").rglob("release.ipynb")

    def command(exporter: str, out: str) -> list[str]:
        return [str(programs / "jupyter"), "nbconvert", "--to", exporter, str(notebook), "--output-dir", out]

    taken = rounds(
        ROUNDS,
        {one: lambda turn, one=one: seconds(command(one, f"{one}{turn}"), folder) for one in EXPORTERS},
    )
    size = {one: (folder / f"{one}0" / "release.html").stat().st_size for one in EXPORTERS}
    theirs, ours = EXPORTERS
    return {
        "seconds": taken,
        "bytes": size,
        "ratio of seconds": round(taken[ours] / taken[theirs], 2),
        "ratio of bytes": round(size[ours] / size[theirs], 2),
    }
