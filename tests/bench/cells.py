"""``python -m tests.bench.cells NOTEBOOK PARAMETERS...``: the cells in one shell without a kernel, and the exports.

Prints the seconds of each service as JSON. The first service warms the process up and is not among them.
"""

import json
import sys
import time
from pathlib import Path
from typing import Any

from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output

from releasekit.record.export import to_html, to_markdown


def main(source: Path, services: list[Path]) -> list[float]:
    """Seconds a service."""
    notebook = json.loads(source.read_text(encoding="utf-8"))
    shell = InteractiveShell.instance()
    taken = []
    for file in [services[0], *services]:
        given = given_by(file)
        start = time.perf_counter()
        cells = [_executed(shell, cell, given) for cell in notebook["cells"]]
        for export in (to_html, to_markdown):
            export({**notebook, "cells": cells})
        taken.append(round(time.perf_counter() - start, 4))
    return taken[1:]


def given_by(file: Path) -> dict[str, Any]:
    """A parameter file as ``papermill -f`` reads it, and where its relative paths start."""
    from papermill.iorw import read_yaml_file

    return {**read_yaml_file(str(file)), "base": str(file.parent)}


def _executed(shell: InteractiveShell, cell: dict[str, Any], given: dict[str, Any]) -> dict[str, Any]:
    if cell["cell_type"] != "code":
        return cell
    with capture_output() as captured:
        result = shell.run_cell("".join(cell["source"]))
    result.raise_error()
    if "parameters" in cell["metadata"].get("tags", ()):
        shell.user_ns.update(given)
    outputs = [
        {"output_type": "display_data", "data": one.data, "metadata": one.metadata or {}} for one in captured.outputs
    ]
    return {**cell, "outputs": outputs}


if __name__ == "__main__":
    print(json.dumps(main(Path(sys.argv[1]), [Path(name) for name in sys.argv[2:]])))
