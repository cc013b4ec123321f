"""Writes the record of a run that was closed once more, from its log alone. Knows no command and no screen."""

import json
import os
import tempfile
from pathlib import Path

from releasekit.kernels.asking import of_imports
from releasekit.record.execute import OnCell
from releasekit.record.files import write_set
from releasekit.record.make import NAMES, Around, Record, record
from releasekit.record.pdf import printed
from releasekit.record.place import Folder
from releasekit.record.shipped import has_others
from releasekit.run.events import moment
from releasekit.run.run import Run
from releasekit.run.store import open_store

OPERATED = "operated.ipynb"
PDF = "release.pdf"


def final(run: Run, folder: Path, *, base: Path, on_cell: OnCell | None = None) -> Record:
    """The record of a closed run as of its end: our notebook executed once more, from a copy of the log.

    Its kernel has neither the store nor a credential: nobody is asked, and no event is added. Where the record so far
    holds cells of the operator's own, that notebook stays beside it, as operated.ipynb. Raises as `record` does, and
    then the earlier record is what it was.
    """
    closed = moment(run.state.closed_at)
    with tempfile.TemporaryDirectory(prefix="releasekit-") as name:
        copy = open_store(None, Path(name))
        try:
            again = Run(copy, copy.restore(run.store.lines(run.run_id)), run.actor)
            keep_operated(folder)
            return record(
                again,
                Folder(folder),
                store=f"sqlite:///{Path(name) / 'releases.db'}",
                base=base,
                on_cell=on_cell,
                around=Around(lambda: closed, of_imports(os.environ)),
            )
        finally:
            copy.close()


def print_out(made: Record) -> Path:
    """The finished page of a record, as release.pdf beside it. Raises PdfError, InputError."""
    page = Path(made.paths[NAMES.index("release.html")])
    pdf = printed(page.read_text(encoding="utf-8"), moment(made.state.last_at))
    return write_set(page.parent, {PDF: pdf})[0]


def keep_operated(folder: Path) -> None:
    """Keep the record's notebook under a name of its own if anybody's own cells are in it. Raises InputError."""
    try:
        text = (folder / NAMES[0]).read_text(encoding="utf-8")
        others = has_others(json.loads(text))
    except (OSError, ValueError, AttributeError, TypeError):
        return  # there is none, or it is no notebook
    if others:
        write_set(folder, {_free(folder, text): text})


def _free(folder: Path, text: str) -> str:
    """operated.ipynb, unless another one is there already: then a number is added."""
    name, number = Path(OPERATED), 1
    while (path := folder / name).exists() and path.read_text(encoding="utf-8", errors="replace") != text:
        number += 1
        name = Path(OPERATED).with_stem(f"{Path(OPERATED).stem}-{number}")
    return name.name
