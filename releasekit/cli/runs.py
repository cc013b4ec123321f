"""runs, show, log: what happened."""

from dataclasses import asdict
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from releasekit.cli import screen
from releasekit.cli.store import OUT, folder, run, store

if TYPE_CHECKING:
    from releasekit.run.events import Event
    from releasekit.run.state import RunState

Out = Annotated[
    Path, typer.Option("--out", metavar="FOLDER", parser=folder, help="Where records and the run store are.")
]
RunId = Annotated[str, typer.Argument(metavar="RUN", help="A run's id, or the end of it.")]


class Format(StrEnum):
    """How a listing is printed."""

    TABLE = "table"
    JSON = "json"


class Gate(StrEnum):
    """Whose answers decide the exit status."""

    MACHINE = "machine"
    ALL = "all"


STATUS = {"go": 0, "no-go": 1, "cannot-tell": 3}
AsFormat = Annotated[Format, typer.Option("--format", help="table or json.")]


def register(app: typer.Typer) -> None:
    """Add these verbs."""
    app.command(epilog="Example: releasekit runs --format json")(runs)
    app.command(epilog="Example: releasekit show k3f9x2ab")(show)
    app.command(epilog="Example: releasekit gate k3f9x2ab --gate all")(gate)
    app.command(epilog="Example: releasekit log k3f9x2ab --format json")(log)


def runs(out: Out = OUT, form: AsFormat = Format.TABLE) -> None:
    """List the runs, the newest first."""
    from datetime import UTC, datetime

    from releasekit.run.course import OPEN, status_now
    from releasekit.run.replay import replay

    kept, now = store(out), datetime.now(UTC)
    lines = kept.runs()
    unfinished = {run: status_now(replay(kept.events(run)), now) for run in kept.unfinished()}
    stands = [line.outcome or unfinished.get(line.run, OPEN) for line in lines]
    if form is Format.JSON:
        screen.as_json([{**asdict(line), "status": status} for line, status in zip(lines, stands, strict=True)])
        return
    rows = [
        (line.run, line.service, line.version, line.environment, line.opened, status, line.size)
        for line, status in zip(lines, stands, strict=True)
    ]
    screen.table(("run", "service", "version", "environment", "opened", "status", "events"), rows)


def show(
    run_id: Annotated[str, typer.Argument(metavar="RUN_OR_BUNDLE", help="A run's id or the end of it, or a bundle.")],
    out: Out = OUT,
    form: AsFormat = Format.TABLE,
) -> None:
    """Show where a run, or an archived one, stands.

    Readiness with its reasons, and each item.
    """
    from releasekit.archive.places import is_bundle

    if is_bundle(run_id):
        from releasekit.archive.places import get
        from releasekit.archive.reopening import state
        from releasekit.archive.verify import verify

        bundle = get(run_id)
        report = verify(bundle)
        screen.say(f"bundle {bundle.name}: {report.said}", error=True, style="" if report.intact else "red")
        _tell(state(bundle), form)
        return
    _tell(run(run_id, out).state, form)


def _tell(state: "RunState", form: Format) -> None:
    from datetime import UTC, datetime

    from releasekit import document
    from releasekit.run.course import executed_by, status_now
    from releasekit.run.readiness import readiness

    now = datetime.now(UTC)
    ready, stands, who = readiness(state, now), status_now(state, now), executed_by(state, now)
    if form is Format.JSON:
        screen.as_json(document.data(state, ready, stands))
        return
    at = f" at {state.executing!r}" if state.executing else ""
    by = f" ({who.holder})" if who else ""
    screen.say(f"{state.service} {state.version} to {state.environment}: {stands}{at}{by}, phase {state.phase}")
    for one in state.interruptions:
        screen.say(f"  {document.interrupted(one)}", style="yellow")
    screen.say(f"machine: {ready.machine}; with people: {ready.all}")
    for sentence in ready.blocked:
        screen.say(f"  blocked by evidence: {sentence}")
    for sentence in ready.waiting:
        screen.say(f"  waiting for people: {sentence}")
    for sentence in ready.remarks:
        screen.say(f"  remark: {sentence}")
    if state.plan:
        found = [(item, state.items[item.id]) for item in state.plan.checklist.items]
        rows = [
            (item.id, one.status, f"{one.by} ({one.grade})" if one.by and one.grade else one.by, item.text)
            for item, one in found
        ]
        screen.table(("item", "status", "by", "text"), rows)


def gate(
    run_id: RunId,
    everybody: Annotated[
        bool, typer.Option("--all", help="Ask for people's answers too, not of machines alone: --gate all.")
    ] = False,
    whose: Annotated[Gate, typer.Option("--gate", help="Whose answers decide the exit status.")] = Gate.MACHINE,
    out: Out = OUT,
    form: AsFormat = Format.TABLE,
) -> int:
    """Exit 0 go, 1 no-go, 3 cannot tell, for the phase due."""
    from datetime import UTC, datetime

    from releasekit.run.readiness import readiness

    everybody = everybody or whose is Gate.ALL
    state = run(run_id, out).state
    ready = readiness(state, datetime.now(UTC))
    word = ready.all if everybody else ready.machine
    if form is Format.JSON:
        screen.as_json({"run": state.run, "phase": str(state.phase), "gate": word, **asdict(ready)})
    else:
        screen.say(f"phase {state.phase}: {word}")
        for sentence in (*ready.blocked, *(ready.waiting if everybody else ())):
            screen.say(f"  {sentence}")
    return STATUS[word]


def _detail(event: "Event") -> str:
    """What an event says, in a line: the phase, role, scope or outcome it is about, then its words."""
    about = " ".join(str(event.data[key]) for key in ("phase", "role", "scope", "outcome", "to") if event.data.get(key))
    words = (event.data.get(key) for key in ("sentence", "override", "reason", "text"))
    said = next((str(one) for one in words if one), "")
    return f"{about}: {said}" if about and said else about or said


def log(
    run_id: RunId,
    out: Out = OUT,
    form: AsFormat = Format.TABLE,
    follow: Annotated[bool, typer.Option("--follow", help="Go on showing events as they come.")] = False,
) -> None:
    """Print the events of a run in their order."""
    from time import sleep

    from releasekit.run.events import canonical

    found, seen = run(run_id, out), 0
    while True:
        for event in found.store.events(found.run_id, after=seen):
            seen = event.seq
            if form is Format.JSON:
                screen.out(canonical(event).decode())
            else:
                who = f"{event.actor} ({event.grade})"
                screen.say(f"{event.seq:>5}  {event.at}  {who:<30} {event.kind:<16} {event.item}  {_detail(event)}")
        if not follow or found.refresh().outcome:
            return
        sleep(0.5)
