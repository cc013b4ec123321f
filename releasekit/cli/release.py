"""run, open, close: one release through its notebook."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from releasekit.cli import screen
from releasekit.cli.runs import STATUS, Gate, Out, RunId
from releasekit.cli.store import OUT, address, base_of, run, store
from releasekit.errors import InputError, ReleasekitError, StoreError

if TYPE_CHECKING:
    from releasekit.record.make import Record
    from releasekit.run.opening import Opened
    from releasekit.run.run import Run
    from releasekit.run.state import RunState


class Outcome(StrEnum):
    """How a release ended."""

    DEPLOYED = "deployed"
    ROLLED_BACK = "rolled-back"
    ABANDONED = "abandoned"
    INTERRUPTED = "interrupted"


Parameters = Annotated[Path, typer.Argument(metavar="PARAMETERS", help="A parameter file.")]


def register(app: typer.Typer) -> None:
    """Add these verbs."""
    app.command("run", epilog="Example: releasekit run parameters/shop.yaml --gate machine")(run_)
    app.command("open", epilog="Example: releasekit open parameters/shop.yaml --app")(open_)
    app.command(epilog="Example: releasekit close k3f9x2ab --outcome deployed")(close)


@dataclass(frozen=True, slots=True)
class Started:
    """A run that is open, the folder of its record, and where its parameters' relative paths start."""

    opened: "Opened"
    folder: Path
    base: Path
    address: str


def run_(
    parameters: Parameters,
    out: Out = OUT,
    gate: Annotated[
        Gate | None, typer.Option(help="Exit 0 go, 1 no-go, 3 cannot tell, for the phase that is due.")
    ] = None,
    notebook: Annotated[
        Path | None, typer.Option(help="Another notebook than the one that comes with releasekit.")
    ] = None,
) -> int:
    """Execute the release notebook and write its record.

    The record is release.ipynb, .md, .html and .json, in OUT/SERVICE/VERSION/RUN/, with what was judged in evidence/.
    """
    _, record = execute(parameters, out, notebook)
    from datetime import UTC, datetime

    from releasekit.run.readiness import readiness

    ready = readiness(record.state, datetime.now(UTC))
    screen.say(f"status: {record.status}; machine: {ready.machine}; with people: {ready.all}")
    for sentence in ready.blocked:
        screen.say(f"  blocked by evidence: {sentence}")
        for line in _mends(record.state, sentence):
            screen.say(f"    mend: {line}")
    screen.say(f"  waiting for people: {len(ready.waiting)}" if ready.waiting else "  waiting for nobody")
    for path in record.paths:
        screen.say(f"wrote {path}")
    if record.stopped:
        return 130
    if record.why:
        screen.say(f"interrupted: {record.why}", error=True, style="red")
        return 2
    return 0 if gate is None else STATUS[ready.machine if gate is Gate.MACHINE else ready.all]


def _mends(state: "RunState", sentence: str) -> Iterator[str]:
    """What would give the evidence that the sentence about an item misses."""
    from releasekit.run.standing import worst

    for item in state.plan.checklist.items if state.plan else ():
        evidence = worst(state.items[item.id])
        if evidence and evidence.next and f"“{item.text}”" in sentence:
            yield evidence.next


def open_(
    parameters: Parameters,
    *,
    out: Out = OUT,
    app: Annotated[bool, typer.Option("--app", help="As a page of its own, without code (Voilà).")] = False,
    browser: Annotated[bool, typer.Option(help="Open a browser.")] = True,
    port: Annotated[int | None, typer.Option(help="The port to listen on.")] = None,
    ip: Annotated[str, typer.Option(help="The address to listen on.")] = "",
    base_url: Annotated[str, typer.Option(help="The path under which a proxy serves it.", metavar="PATH")] = "",
) -> int:
    """Walk a release in JupyterLab, with boxes to tick."""
    from releasekit.record.bind import binding, bound_copy
    from releasekit.record.files import writable
    from releasekit.record.jupyter import open_lab
    from releasekit.record.kernel import environment
    from releasekit.record.place import Folder
    from releasekit.record.resources import NOTEBOOK, find
    from releasekit.record.voila import open_app
    from releasekit.views.opening import named

    started = start(parameters, out)
    writable(started.folder)
    run_id = started.opened.run.run_id
    # what is wrong with the application is said here, and no cell has to wait for the analysis
    named(run_id, ".", started.folder, environment(started.address, str(started.base)))
    given = binding(run_id, started.base, Folder(started.folder), interactive=True)
    notebook = bound_copy(find(NOTEBOOK), started.folder, given)
    opener, name = (open_app, "Voilà") if app else (open_lab, "JupyterLab")
    screen.say(f"opening {notebook}; end {name} with Ctrl-C")
    return opener(
        notebook, store=started.address, base=started.base, browser=browser, port=port, ip=ip, base_url=base_url
    )


def close(
    run_id: RunId,
    outcome: Annotated[Outcome, typer.Option(help="How the release ended.")],
    reason: Annotated[str, typer.Option(help="Why.")] = "",
    out: Out = OUT,
) -> int:
    """End a run, and write its record as of its end.

    Nothing can follow. The notebook is executed once more, from the log alone; a notebook with cells of the operator's
    own stays beside it. Closing again with the same outcome writes the record again.
    """
    found = run(run_id, out)
    if found.state.outcome == outcome:
        screen.say(f"run {found.run_id} was closed before: {outcome}; its record is written again")
    else:
        found.close(outcome, reason)
        screen.say(f"run {found.run_id} is closed: {outcome}")
    return _final(found, out)


def _final(found: "Run", out: Path) -> int:
    """Write the record of a closed run; where that fails the close stands, and one message says what to do."""
    from releasekit.kernels import asking
    from releasekit.record.closing import final, print_out
    from releasekit.record.pdf import PdfError

    asking.begin()
    state = found.state
    folder = out / state.service / state.version / state.run
    try:
        with screen.progress("release.ipynb") as bar:
            made = final(found, folder, base=base_of(found, out).resolve(), on_cell=bar)
    except ReleasekitError as error:
        why = "; ".join(f"{one.where}: {one.what}" if one.where else one.what for one in error.problems)
        again = f"releasekit close {state.run} --outcome {state.outcome} --out {out}"
        screen.say(f"run {state.run} is closed, but its record does not show it yet: {why}", error=True, style="yellow")
        screen.say(f"write it again with: {again}", error=True)
        return 2
    for path in made.paths:
        screen.say(f"wrote {path}")
    try:
        screen.say(f"wrote {print_out(made)}")
    except (PdfError, InputError) as error:
        screen.say(error.problems[0].what, style="yellow")
    return 0


def execute(parameters: Path, out: Path, notebook: Path | None = None) -> tuple[Started, "Record"]:
    """Open or resume the run of a parameter file and make its record."""
    from releasekit.kernels import asking

    asking.begin()
    if notebook is not None:
        from releasekit.record.execute import read_notebook

        read_notebook(notebook)  # what is refused opens no run
    started = start(parameters, out)
    from releasekit.batch.work import Setting, executed
    from releasekit.record.place import Folder

    setting = Setting(Folder(out), started.address, source=notebook)
    with screen.progress("release.ipynb") as bar:
        return started, executed(started.opened.run, started.base, setting, on_cell=bar)


def start(parameters: Path, out: Path) -> Started:
    """Validate, find the revisions, and open or resume the run; says which, and what changed."""
    from releasekit.batch.standing import kept_at
    from releasekit.batch.work import opened
    from releasekit.parameters.reading import placed, read
    from releasekit.plan.compose import locate
    from releasekit.record.place import Folder

    loaded = read(parameters)
    try:
        locate(loaded.parameters, loaded.folder)  # what is refused leaves no folder and no store behind
    except InputError as error:
        raise placed(error, loaded) from error
    place = Folder(out)
    place.usable()
    found = opened(store(out, make=True), loaded, os.environ, place)
    _tell(found, found.run)
    if found.successor_of:
        _ended(found, out)
    return Started(found, out.joinpath(*kept_at(found.run.state)), loaded.folder.resolve(), address(out))


def _ended(opened: "Opened", out: Path) -> None:
    """The run that another one follows was closed by that: where it has a record, the record says so."""
    from releasekit.run.run import Run

    before = Run(opened.run.store, opened.successor_of, opened.run.actor)
    try:
        state = before.state
    except StoreError:
        return  # a log that was damaged is why there is a successor, which says so
    if state.outcome and (out / state.service / state.version / state.run).is_dir():
        _final(before, out)


def _tell(opened: "Opened", run: "Run") -> None:
    if opened.resumed:
        screen.say(f"run {run.run_id} (resumed, {run.state.size} events)")
        return
    screen.say(f"run {run.run_id} (new)")
    if opened.successor_of:
        screen.say(f"  it follows {opened.successor_of}, since:")
        for sentence in opened.changed:
            screen.say(f"    {sentence}")
