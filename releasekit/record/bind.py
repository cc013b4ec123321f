"""Binds the notebook to a run: the parameters that are injected, and the copy that a person opens. Executes nothing."""

import os
from pathlib import Path

from releasekit.record.execute import injected, read_notebook
from releasekit.record.files import write_set
from releasekit.record.validating import import_nbformat

WALKTHROUGH = "walkthrough.ipynb"


def binding(run_id: str, base: Path, folder: Path, *, interactive: bool) -> dict[str, object]:
    """The parameters that bind a notebook in ``folder`` to a run; only names of ours, and no absolute path.

    ``base`` is injected as seen from ``folder``, where they share more than the root. The kernel that we start is told
    the whole path besides; this one is for whoever opens the notebook later.
    """
    seen = seen_from(folder, base)
    return {"run_id": run_id, **({"base": seen} if seen else {}), "interactive": interactive}


def seen_from(folder: Path, base: Path) -> str:
    """``base`` as a path relative to ``folder``; "" where they share no more than the root, which it would spell."""
    here, there = folder.resolve(), base.resolve()
    shared = Path(os.path.commonpath([here, there]))
    return os.path.relpath(there, here) if len(shared.parts) > 1 else ""


def bound_copy(source: Path, folder: Path, parameters: dict[str, object]) -> Path:
    """``folder``/walkthrough.ipynb with these parameters injected; one that is there keeps a person's own cells.

    Raises InputError when ``source`` is no notebook or the folder cannot be written.
    """
    import_nbformat()
    import nbformat

    path = folder / WALKTHROUGH
    notebook = read_notebook(path if path.exists() else source)
    notebook = injected(notebook, parameters)
    for part in (notebook, *notebook.cells):
        part.metadata.pop("papermill", None)  # Papermill did not execute it
    text = nbformat.writes(notebook) + "\n"  # type: ignore[no-untyped-call]  # nbformat types none of its functions
    return write_set(folder, {WALKTHROUGH: text})[0]
