"""Makes the record of a run: executes the notebook, stamps it from the log, exports it, writes the four files."""

import json
import os
import re
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from releasekit import document
from releasekit.errors import ReleasekitError
from releasekit.parameters.scrubbing import Scrubber, secrets
from releasekit.record import status
from releasekit.record.bind import binding
from releasekit.record.execute import FINISHED, Cell, OnCell, execute
from releasekit.record.halting import Halt
from releasekit.record.place import Place
from releasekit.record.prepared import import_exporters
from releasekit.record.resources import NOTEBOOK, find
from releasekit.record.shipped import INJECTED, is_shipped, tags
from releasekit.record.validating import import_nbformat
from releasekit.run import course
from releasekit.run.keeping import FOLDER, INDEX
from releasekit.run.readiness import readiness
from releasekit.run.run import Run
from releasekit.run.state import Readiness, RunState

if TYPE_CHECKING:
    from nbformat import NotebookNode

NAMES = ("release.ipynb", "release.md", "release.html", "release.json")
_JUDGED = f"{FOLDER}/{INDEX}"  # what the kernel keeps beside the record
_ABSOLUTE = re.compile(r"(?<![\w.:/~-])/(?:[\w.@+-]+/)+(?=[\w.@+-])")


class RecordError(ReleasekitError):
    """What is to show how a run ended was not executed to its own end; nothing was written."""


@dataclass(frozen=True, slots=True)
class Record:
    """Where the files of a record are, in the order of NAMES; ``status`` is as in `course.status`.

    ``why`` says how the execution was interrupted ("" when it was not), ``stopped`` that a person did it. ``replaced``
    is how often each secret was, by its name.
    """

    paths: tuple[str, ...]
    state: RunState
    status: str
    why: str = ""
    stopped: bool = False
    replaced: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Around:
    """What an execution takes from around it: the time, and the environment its kernel gets (None: this process's)."""

    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    environ: Mapping[str, str] | None = None


_HERE = Around()


class _CellLog:
    """Says in the log where an execution is, before it is there, so that the log names the place where it ended.

    Each place of somebody's own cells is an event, since nobody knows what they do. Ours only ask and show: one event
    is for all of them, and where they are is said when they end before their end. (An event waits for the disk.) A
    closed run takes no events and needs none: its record is only written again.
    """

    def __init__(self, run: Run) -> None:
        self._run = run
        self._here = ""
        self._among_ours = bool(run.at)  # who has claimed the run has said so much

    def reached(self, title: str, cell: Cell) -> None:
        self._here = title
        ours = is_shipped(cell) or INJECTED in tags(cell)
        if (ours and self._among_ours) or title == self._run.at or self._run.refresh().outcome:
            return
        self._run.started(title)
        self._among_ours = ours

    def ended(self, whole: bool) -> None:
        if not self._run.at or self._run.refresh().outcome:
            return
        if whole:
            self._run.finished(self._run.at)
        elif self._here != self._run.at:
            self._run.started(self._here)


def record(
    run: Run,
    place: Place,
    *,
    store: str,
    base: Path,
    on_cell: OnCell | None = None,
    source: Path | None = None,
    halt: Halt | None = None,
    around: Around = _HERE,
) -> Record:
    """Execute the notebook of ``run`` and write ``release.{ipynb,md,html,json}`` to ``place``, the last one last.

    ``store`` is the store's address for the kernel, ``base`` the folder that relative paths of the parameters start
    from, ``source`` another notebook than the one that comes with releasekit, ``halt`` what can end it from another
    thread. Raises InputError when the place cannot be written or the notebook is none, SourceError when an object store
    does not answer, KernelError when no kernel comes up, StoreError; KeyboardInterrupt when a person stops it before
    the first cell. Stopped later, or by a dead kernel, it writes what there is, which says so.
    """
    import_nbformat()
    log = _CellLog(run)

    def reached(index: int, total: int, title: str, cell: Cell) -> None:
        if not index:  # while the cells run this process only waits
            threading.Thread(target=import_exporters, name="releasekit-imports", daemon=True).start()
        log.reached(title, cell)
        if on_cell:
            on_cell(index, total, title)

    given = binding(run.run_id, base, place, interactive=False)
    what, inherited = source or find(NOTEBOOK), around.environ
    with place.working(_JUDGED) as folder:
        done = execute(what, folder, given, store=store, base=base, at_cell=reached, halt=halt, inherited=inherited)
    log.ended(done.ended == FINISHED)
    state = run.refresh()
    if state.outcome and done.ended != FINISHED:  # half of it would read as the whole record of a run that is closed
        raise RecordError(f"the record was not written: {done.sentence}", do="write it again")
    _hide_places(done.notebook)
    ready = readiness(state, around.now())
    scrubber = Scrubber(secrets(state.plan.parameters if state.plan else {}, os.environ))
    _scrub(done.notebook, scrubber)
    why = scrubber.text(done.sentence)
    status.stamp(done.notebook, state, ready, why)
    paths = place.write(dict(zip(NAMES, _texts(done.notebook, state, ready, scrubber), strict=True)))
    return Record(paths, state, course.status(state), why, done.stopped, dict(scrubber.found))


def _scrub(notebook: "NotebookNode", scrubber: Scrubber) -> None:
    """Take secrets out of what cells put out, whoever wrote the cells, before anything is exported from it."""
    for cell in notebook.cells:
        for output in cell.get("outputs", ()):
            output.update(scrubber.data(output))
        cell.source = scrubber.text(cell.source)
    if scrubber.found:
        notebook.metadata["scrubbed"] = dict(sorted(scrubber.found.items()))


def _texts(notebook: "NotebookNode", state: RunState, ready: Readiness, scrubber: Scrubber) -> tuple[str, ...]:
    import nbformat

    from releasekit.record.exporters import RecordHTMLExporter, RecordMarkdownExporter

    as_markdown = RecordMarkdownExporter()  # type: ignore[no-untyped-call]  # nbconvert types few functions
    as_html = RecordHTMLExporter()  # type: ignore[no-untyped-call]  # likewise
    data = scrubber.data(document.data(state, ready))
    mark = {key: value for key, value in notebook.metadata[status.KEY].items() if key in ("status", "why")}
    return (
        nbformat.writes(notebook) + "\n",  # type: ignore[no-untyped-call]  # nbformat types none of its functions
        as_markdown.from_notebook_node(notebook)[0],
        as_html.from_notebook_node(notebook)[0],
        json.dumps({**data, **mark}, indent=2, ensure_ascii=False) + "\n",
    )


def _hide_places(notebook: "NotebookNode") -> None:
    """Errors and warnings name files by their paths on this machine: keep the names alone."""
    for cell in notebook.cells:
        for output in cell.get("outputs", ()):
            if output.output_type == "error":
                output.evalue = _ABSOLUTE.sub("", output.evalue)
                output.traceback = [_ABSOLUTE.sub("", line) for line in output.traceback]
            elif output.output_type == "stream" and output.name == "stderr":
                output.text = _ABSOLUTE.sub("", output.text)
