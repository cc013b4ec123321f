"""Binds the notebook to a run: the parameters that are injected, and the copy that a person opens. Executes nothing."""

from pathlib import Path

from releasekit.record.execute import injected, read_notebook
from releasekit.record.files import write_set
from releasekit.record.place import Place
from releasekit.record.validating import import_nbformat

WALKTHROUGH = "walkthrough.ipynb"


def binding(run_id: str, base: Path, place: Place, *, interactive: bool) -> dict[str, object]:
    """The parameters that bind a notebook in ``place`` to a run; only names of ours, and no absolute path.

    ``base`` is injected as seen from ``place``, where a way leads there. The kernel that we start is told the whole
    path besides; this one is for whoever opens the notebook later.
    """
    seen = place.way_to(base)
    return {"run_id": run_id, **({"base": seen} if seen else {}), "interactive": interactive}


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
