"""A release and its rollback, typed step after step into one bash against stand-ins, and what became of production."""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from releasekit.checklist.model import Act, Step
from tests.checklist.ways.cases import ENDS, USUAL, USUAL_FILL, Case
from tests.checklist.ways.laid import Laid
from tests.checklist.ways.standins import PROGRAMS
from tests.checklist.ways.standins.gitops import tick
from tests.checklist.ways.standins.session import Session, install, listening
from tests.checklist.ways.standins.world import Dump, World
from tests.sources.repositories import git

# what these offer beside the steps changes production
CHANGING = frozenset((
    "execution.servers-stopped",
    "rollback-steps.stop-current-version",
    "rollback-steps.restore-database",
    "rollback-steps.deploy-previous-version",
    "preparation.database-backup",
))  # fmt: skip
# what a pipeline installs for itself comes from registries, which cannot be reached here
_INSTALLS = re.compile(r"(?:npm (?:ci|install)|pip install|composer install)\b")
_HOOK = '#!/bin/sh\nexec heroku-built "$3"\n'


@dataclass(frozen=True, slots=True)
class Production:
    """What stood when the last step of a release or of a rollback had been done."""

    serving: str
    schema: str


@dataclass
class Rehearsal:
    """``failed`` has what did not end as it should, a line a command; ``unknown`` the steps of which nobody knows how.

    ``looked`` has the commands beside the steps that a program refused, ``migrations`` the versions in whose code
    migrations ran, each with the number of writes until then, ``dumps`` what was backed up, ``broken`` when a version
    served on a schema that it cannot work on.
    """

    failed: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    looked: list[str] = field(default_factory=list)
    migrations: tuple[tuple[str, int], ...] = ()
    dumps: tuple[Dump, ...] = ()
    broken: tuple[str, ...] = ()
    after: Production = Production("", "")


@contextmanager
def sandbox(laid: Laid, case: Case) -> Iterator[tuple[World, Session]]:
    """A world in which the fixture's running version is deployed, and a shell in the checkout of who deploys."""
    world = World(laid.folder, case.repositories, case.migrates, case.destructive)
    programs = install(laid.folder / "bin", PROGRAMS)
    _remotes(laid, programs)
    typed = laid.folder / "typed"
    typed.mkdir()
    with listening(world, PROGRAMS) as port:
        session = Session(typed, laid.clone, port, programs)
        try:
            yield world, session
        finally:
            session.close()


def _remotes(laid: Laid, programs: Path) -> None:
    """Heroku's remote builds what is pushed to it; Composer has installed Deployer."""
    if laid.way == "heroku":
        remote = laid.folder / "heroku.git"
        git(laid.folder, "init", "--quiet", "--bare", "--initial-branch=main", str(remote))
        (remote / "hooks" / "update").write_text(_HOOK)
        (remote / "hooks" / "update").chmod(0o755)
        git(laid.clone, "remote", "add", "heroku", str(remote))
    if laid.way == "deployer":
        (laid.clone / "vendor" / "bin").mkdir(parents=True)
        (laid.clone / "vendor" / "bin" / "dep").symlink_to(programs / ".standin")


def rehearse(laid: Laid, case: Case) -> tuple[Rehearsal, Rehearsal]:
    """The release, then its rollback."""
    steps = laid.steps
    with sandbox(laid, case) as (world, session):
        for command in case.before:
            status, said = session.typed(command)
            assert status == 0, f"{command}\n{said}"
        assert world.serving == "v1.0.0", "the running version has to run first"
        world.begin()
        forward = _done([step for step in steps if not step.act.back], case, world, session)
        forward.looked = _looked(laid, world, session)
        world.begin()
        back = _done([step for step in steps if step.act.back], case, world, session)
    return forward, back


def _done(steps: Sequence[Step], case: Case, world: World, session: Session) -> Rehearsal:
    seen = Rehearsal()
    for step in steps:
        for command in _commands(step, case, world, seen):
            status, said = session.typed(command)
            if not _as_it_should(command, status):
                lines = " / ".join(said.split("\n")[:3])
                seen.failed.append(f"{step.number}. {step.act}: {command}\n   ended with {status}: {lines}")
            tick(world)
    seen.migrations, seen.dumps, seen.broken = tuple(world.migrations), tuple(world.dumps), tuple(world.broken)
    seen.after = Production(world.serving, world.schema)
    return seen


def _looked(laid: Laid, world: World, session: Session) -> list[str]:
    """What the page offers beside the steps, to look at what runs."""
    steps = {step.command for step in laid.steps}
    beside = [
        detail.code
        for item in laid.checklist.items
        for detail in item.details
        if detail.typed and detail.step is None and detail.code not in steps and item.id not in CHANGING
    ]
    world.refused.clear()
    for command in dict.fromkeys(beside):
        session.typed(command)
    return list(world.refused)


def _commands(step: Step, case: Case, world: World, seen: Rehearsal) -> Iterator[str]:
    """What a person types for a step: its command with the blanks filled in, else what is known at the platform."""
    if step.called:
        return  # what runs it was the step before
    if step.runs:
        yield from _of_pipeline(step.runs, case)
    elif step.command:
        yield filled(step, case, world).command
        if step.act is Act.START:  # the pipeline has a checkout of its own
            yield "git switch --quiet --detach v1.1.0"
    elif not step.text.startswith("Nothing to type"):
        by_hand = case.hands.get(step.act, USUAL.get(step.act))
        if by_hand is None:
            seen.unknown.append(f"{step.number}. {step.act}: {step.text}")
        yield from by_hand or ()


def _of_pipeline(line: str, case: Case) -> Iterator[str]:
    """What a pipeline runs for a line, with what its service puts in; for an action what that action does."""
    if line.startswith("uses: "):
        yield from case.actions[line.removeprefix("uses: ").partition("@")[0]]
        return
    if _INSTALLS.match(line):
        return
    text = re.sub(r"\$\{\{\s*github\.(?:ref_name|event\.release\.tag_name)\s*\}\}", "v1.1.0", line)
    text = re.sub(r"\$\{\{\s*github\.sha\s*\}\}", "$(git rev-parse v1.1.0^{commit})", text)
    text = re.sub(r"\$\{\{\s*(?:secrets|vars)\.\w+\s*\}\}", "value", text)
    yield f"GITHUB_REF_NAME=v1.1.0 GITHUB_SHA=$(git rev-parse v1.1.0^{{commit}}); {text}"


def filled(step: Step, case: Case, world: World) -> Step:
    """The step with what a person found out for its blanks."""
    command = step.command
    for name, where in step.fill:
        value = {**USUAL_FILL, **case.fill}.get(name)
        assert value is not None, f"no value for the blank {name} ({where}) of: {command}"
        text = value if isinstance(value, str) else value(world)
        command = re.sub(rf"(?<![A-Za-z_]){name}(?![A-Za-z_])", text, command)
    return replace(step, command=command)


def _as_it_should(command: str, status: int) -> bool:
    ends = [status for pattern, (status, _) in ENDS.items() if re.search(pattern, command)]
    return status == 0 or status in ends
