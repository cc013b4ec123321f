"""check, waive, sign, enter, collect and the like: what the notebook can do, a script can do."""

import os
from collections.abc import Callable
from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from releasekit.cli import screen
from releasekit.cli.runs import Out, RunId
from releasekit.cli.store import OUT, base_of, run
from releasekit.errors import InputError

if TYPE_CHECKING:
    from releasekit.run.run import Run
    from releasekit.run.signoff import Proof


class Format(StrEnum):
    """How what was done is printed."""

    TEXT = "text"
    JSON = "json"


AsFormat = Annotated[Format, typer.Option("--format", help="text or json.")]
ItemId = Annotated[str, typer.Argument(metavar="ITEM", help="An item's id, as releasekit show lists it.")]
Items = Annotated[list[str], typer.Argument(metavar="ITEM...", help="Items' ids.")]
Note = Annotated[str, typer.Option(help="A remark that is kept with it.")]
Link = Annotated[str, typer.Option(help="An address that shows it.")]
Reason = Annotated[str, typer.Option(help="Why.")]


def register(app: typer.Typer) -> None:
    """Add these verbs."""
    example = "Example: releasekit {} k3f9x2ab {}"
    for verb, arguments in (
        (check, 'testing.user-acceptance --note "accepted by shop team"'),
        (uncheck, "testing.user-acceptance"),
        (clear, "rollback-triggers.data-corruption"),
        (note, 'testing.user-acceptance "see the minutes" --link https://example.com/minutes'),
        (assign, "testing.user-acceptance"),
        (waive, 'testing.performance-tests --reason "no load expected before Monday" --until 2026-12-01'),
        (unwaive, 'testing.performance-tests --reason "the load test ran"'),
        (exclude, 'rollback-steps.update-dns --reason "no DNS change"'),
        (include, "rollback-steps.update-dns"),
        (sign, "technical_lead --scope go"),
        (refuse, 'technical_lead --reason "tests are red"'),
        (enter, "deploy"),
        (rollback, '--reason "latency doubled"'),
        (collect, ""),
    ):
        app.command(epilog=example.format(verb.__name__, arguments).rstrip())(verb)


def _act(run_id: str, out: Path, form: Format, act: Callable[["Run"], None], done: str) -> None:
    found = run(run_id, out)
    act(found)
    state = found.state
    if form is Format.JSON:
        screen.as_json(
            {"run": found.run_id, "done": done, "by": found.actor.name, "events": state.size, "head": state.head}
        )
        return
    screen.say(f"{done}, by {found.actor.name} (event {state.size} of run {found.run_id})")


def check(
    run_id: RunId, item: ItemId, note: Note = "", link: Link = "", out: Out = OUT, form: AsFormat = Format.TEXT
) -> None:
    """Tick an item: it is done, checked, or (a trigger) fired."""
    _act(run_id, out, form, lambda found: found.tick(item, note=note, link=link), f"ticked {item}")


def uncheck(run_id: RunId, item: ItemId, note: Note = "", out: Out = OUT, form: AsFormat = Format.TEXT) -> None:
    """Take a tick back."""
    _act(run_id, out, form, lambda found: found.untick(item, note=note), f"unticked {item}")


def clear(
    run_id: RunId, item: ItemId, note: Note = "", link: Link = "", out: Out = OUT, form: AsFormat = Format.TEXT
) -> None:
    """Say that a rollback trigger did not fire."""
    _act(run_id, out, form, lambda found: found.clear(item, note=note, link=link), f"clear: {item}")


def note(
    run_id: RunId,
    item: ItemId,
    text: Annotated[str, typer.Argument(help="The remark.")] = "",
    link: Link = "",
    out: Out = OUT,
    form: AsFormat = Format.TEXT,
) -> None:
    """Leave a remark or a link at an item."""
    _act(run_id, out, form, lambda found: found.note(item, text, link), f"noted at {item}")


def assign(
    run_id: RunId,
    item: ItemId,
    to: Annotated[str, typer.Option(help="Who takes it; default: you. '-' gives it back.")] = "",
    out: Out = OUT,
    form: AsFormat = Format.TEXT,
) -> None:
    """Take an item, or give it to somebody."""
    _act(run_id, out, form, lambda found: found.assign(item, to), f"assigned {item}")


def waive(
    run_id: RunId,
    item: ItemId,
    *,
    reason: Reason = "",
    until: Annotated[str, typer.Option(help="A date or time at which the waiver ends.")] = "",
    approver: Annotated[str, typer.Option(help="Who agreed.")] = "",
    out: Out = OUT,
    form: AsFormat = Format.TEXT,
) -> None:
    """Take responsibility for an item that is not green.

    Its first verdict stays visible.
    """
    _act(run_id, out, form, lambda found: found.waive(item, reason, until, approver), f"waived {item}")


def unwaive(run_id: RunId, item: ItemId, reason: Reason = "", out: Out = OUT, form: AsFormat = Format.TEXT) -> None:
    """Take a waiver back."""
    _act(run_id, out, form, lambda found: found.unwaive(item, reason), f"took the waiver back from {item}")


def exclude(run_id: RunId, items: Items, reason: Reason = "", out: Out = OUT, form: AsFormat = Format.TEXT) -> None:
    """Say, or confirm, that items do not apply.

    All of the items that are named, or, if one is refused, none.
    """
    _act(run_id, out, form, lambda found: found.exclude(items, reason), f"not applicable: {', '.join(items)}")


def include(run_id: RunId, item: ItemId, note: Note = "", out: Out = OUT, form: AsFormat = Format.TEXT) -> None:
    """Say that an item applies after all."""
    _act(run_id, out, form, lambda found: found.include(item, note=note), f"applies: {item}")


Role = Annotated[
    str, typer.Argument(metavar="ROLE", help="technical_lead, devops_engineer, product_owner or release_manager.")
]
Scope = Annotated[str, typer.Option(help="go, before the deployment, or close, after it.")]


def sign(
    run_id: RunId,
    role: Role,
    *,
    scope: Scope = "go",
    key: Annotated[Path | None, typer.Option(help="Sign with this SSH key, and so be known as *signed*.")] = None,
    allowed_signers: Annotated[
        Path | None, typer.Option(help="The keys that may sign, as ssh-keygen reads them.")
    ] = None,
    out: Out = OUT,
    form: AsFormat = Format.TEXT,
) -> None:
    """Sign for a role. The signature covers what the run shows now."""

    def act(found: "Run") -> None:
        found.sign(role, scope, _proof(found, role, scope, key, allowed_signers))

    _act(run_id, out, form, act, f"signed as {role} for {scope}")


def _proof(found: "Run", role: str, scope: str, key: Path | None, signers: Path | None) -> "Proof | None":
    """The signature of a key over what the run shows now, to be verified against the keys that may sign."""
    if key is None:
        return None
    from releasekit.run import sshkeys
    from releasekit.run.signoff import Proof

    if signers is None:
        raise InputError(
            "a signature with a key needs the file of keys that may sign",
            "--allowed-signers",
            "man ssh-keygen, ALLOWED SIGNERS",
        )
    statement = found.statement(role, scope)
    return Proof(statement, sshkeys.sign(statement, key), signers)


def refuse(
    run_id: RunId, role: Role, reason: Reason = "", scope: Scope = "go", out: Out = OUT, form: AsFormat = Format.TEXT
) -> None:
    """Say that a role does not sign, and why."""
    _act(run_id, out, form, lambda found: found.refuse(role, reason, scope), f"refused as {role}")


def enter(
    run_id: RunId,
    phase: Annotated[str, typer.Argument(metavar="PHASE", help="deploy, verify or close.")],
    override: Annotated[str, typer.Option(help="Why to go on although the gate is held.")] = "",
    out: Out = OUT,
    form: AsFormat = Format.TEXT,
) -> None:
    """Go on to a later phase. A gate that is held opens only with a reason, which stays visible."""
    _act(run_id, out, form, lambda found: found.enter(phase, override), f"entered {phase}")


def rollback(run_id: RunId, reason: Reason = "", out: Out = OUT, form: AsFormat = Format.TEXT) -> None:
    """Begin to roll back.

    The rollback steps can be ticked from then on.
    """
    _act(run_id, out, form, lambda found: found.begin_rollback(reason), "rollback begun")


def collect(
    run_id: RunId,
    items: Annotated[list[str] | None, typer.Argument(metavar="[ITEM...]", help="Only these items.")] = None,
    base: Annotated[
        Path | None,
        typer.Option(help="The folder where relative paths of the parameters start; default: where the run's were."),
    ] = None,
    out: Out = OUT,
) -> None:
    """Ask the sources again, and keep what they bring.

    Without ITEM those that are due in this phase are asked; an item that is named is asked in any.
    """
    from datetime import UTC, datetime

    from releasekit.parameters.reading import validate
    from releasekit.plan.compose import locate, request
    from releasekit.probes.collect import collect as ask
    from releasekit.run.gathering import informed, not_due, wanted
    from releasekit.run.keeping import keeper

    found = run(run_id, out)
    state = found.state
    pairs = wanted(state, items or ())
    if state.plan is None or not pairs:
        screen.say("nothing to ask: no source is configured for these items")
        return
    events = found.store.events(found.run_id)
    folder = base or base_of(found, out)
    try:
        where = locate(validate(state.plan.parameters, folder), folder)
    except InputError as error:
        ways = f"or name the folder of the parameter file with --base, here {folder}"
        raise InputError(replace(one, do=f"{one.do}; {ways}" if one.do else ways) for one in error.problems) from error
    asked = informed(request(state.plan, where, lambda: datetime.now(UTC), os.environ), events)
    kept = keeper(out / state.service / state.version / state.run, asked)
    for evidence in ask(pairs, asked, keep=kept.keep if kept else None):
        found.add_evidence(evidence)
        said = evidence.verdict if evidence.decides or not evidence.source else "facts"
        screen.say(f"{said:<8} {evidence.item}: {evidence.sentence}")
    if kept and kept.trouble:
        screen.say(kept.trouble, error=True, style="yellow")
    later = () if items else not_due(state)
    if later:
        screen.say(f"not due yet: {', '.join(item.id for item in later)}")
