"""The example service, laid out in a folder, with a run of its release: what records and walkthroughs are tested on."""

import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from releasekit.demo.layout import lay_out, write_parameters
from releasekit.parameters.model import Parameters, to_data
from releasekit.parameters.reading import read
from releasekit.plan.compose import locate, parameters_hash
from releasekit.record.make import Record, record
from releasekit.record.place import Folder
from releasekit.record.resources import find
from releasekit.run.opening import Identity, open_run
from releasekit.run.people import actor
from releasekit.run.run import Run
from releasekit.run.store import open_store


@dataclass(frozen=True, slots=True)
class Example:
    """Where things are, and a run without a plan: what the command line hands over."""

    run: Run
    base: Path
    out: Path
    store: str
    folder: Path

    def record(self, source: Path | None = None, on_cell: Callable[[int, int, str], None] | None = None) -> Record:
        """Execute and write."""
        return record(self.run, Folder(self.folder), store=self.store, base=self.base, on_cell=on_cell, source=source)


def example(root: Path) -> Example:
    """Lay the service out in ``root`` and open a run of it."""
    file = write_parameters(lay_out(root), find("parameters"))
    loaded = read(file)
    run = opened(root / "reports", loaded.parameters, loaded.folder)
    return Example(run, loaded.folder, root / "reports", address(root / "reports"), folder_of(root / "reports", run))


def address(out: Path) -> str:
    """The store of an output folder."""
    return f"sqlite:///{out}/releases.db"


def folder_of(out: Path, run: Run) -> Path:
    """Where the run's record goes."""
    return out / run.state.service / run.state.version / run.run_id


def opened(out: Path, parameters: Parameters, folder: Path) -> Run:
    """The open run of these parameters."""
    identity = Identity(
        parameters.application.name,
        parameters.application.version,
        parameters.configuration.environment,
        parameters_hash(parameters),
        locate(parameters, folder).candidate.sha,
    )
    return open_run(open_store(address(out), out), identity, to_data(parameters), actor(os.environ)).run


def notebook(path: Path, *cells: str, tagged: str = "run_id = None\nbase = None\ninteractive = None") -> Path:
    """A notebook of ours with other cells: a heading for each cell, and a parameters cell first."""
    listed: list[dict[str, object]] = [_code("parameters", tagged, "parameters")]
    for number, cell in enumerate(cells, 1):
        listed.append({"cell_type": "markdown", "id": f"h{number}", "metadata": {}, "source": f"## Part {number}"})
        listed.append(_code(f"c{number}", cell))
    spec = {"name": "python3", "display_name": "Python 3", "language": "python"}
    path.write_text(json.dumps({"cells": listed, "metadata": {"kernelspec": spec}, "nbformat": 4, "nbformat_minor": 5}))
    return path


def _code(cell_id: str, source: str, *tags: str) -> dict[str, object]:
    return {
        "cell_type": "code",
        "id": cell_id,
        "metadata": {"tags": list(tags)},
        "source": source,
        "outputs": [],
        "execution_count": None,
    }
