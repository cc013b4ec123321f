"""What the rules of all items share: facts by service, how this repository is deployed, the way back. Asks nobody."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property

from releasekit.checklist.deployment import Deployment, deployment
from releasekit.checklist.model import Detail
from releasekit.checklist.pipelines import Run, run_of
from releasekit.checklist.release import Release
from releasekit.checklist.rollback import Rollback, rollback
from releasekit.checklist.words import listed
from releasekit.facts.change import Change, KeyChange
from releasekit.facts.model import Analysis, Fact, Finding

# Roles of services that this release does not bring: their images come from elsewhere.
_FOREIGN = frozenset({"datastore", "broker", "proxy", "monitoring", "infra", "tool"})
_SHOWN = 24


@dataclass(frozen=True)
class Context:
    """One release's facts, findings, change and parameters, with what is derived from them once."""

    analysis: Analysis
    change: Change
    release: Release

    @cached_property
    def deployment(self) -> Deployment:
        """How this repository is deployed."""
        return deployment(self.analysis)

    @cached_property
    def run(self) -> Run | None:
        """The pipeline that releases; None when a person deploys."""
        return run_of(self.analysis)

    @cached_property
    def rollback(self) -> Rollback:
        """The way back."""
        return rollback(self.analysis, self.change, self.release)

    @cached_property
    def services(self) -> tuple[Fact, ...]:
        """The services that this way deploys, in the order in which they start; those without an order last."""
        place = {name: number for number, wave in enumerate(self.analysis.start_order) for name in wave}
        first: dict[str, Fact] = {}
        for fact in self.of("service"):
            first.setdefault(fact.name, fact)
        return tuple(sorted(first.values(), key=lambda fact: place.get(fact.name, len(place))))

    @cached_property
    def own(self) -> tuple[Fact, ...]:
        """The services that run this repository's code; all of them when none can be told apart."""
        built = {fact.service for fact in self.analysis.of("build", "language", "framework") if fact.service}
        mine = tuple(fact for fact in self.services if str(fact.value) not in _FOREIGN or fact.name in built)
        return mine or self.services

    @cached_property
    def jobs(self) -> frozenset[str]:
        """Services that run and end."""
        ends = {f.name for f in self.of("depends_on") if f.value == "service_completed_successfully"}
        return frozenset({fact.name for fact in self.services if fact.value == "job"} | ends)

    @cached_property
    def migrating(self) -> tuple[Fact, ...]:
        """The jobs that run the migrations: they start the command, or the script it stands in, or say so by name."""
        commands = self.of("migration_command")
        scripts = {str(fact.value) for fact in commands} | {fact.path.rpartition("/")[2] for fact in commands}
        found = []
        for job in (fact for fact in self.services if fact.name in self.jobs):
            starts = " ".join(str(fact.value) for fact in self.service("start_command", job.name))
            if any(script in starts for script in scripts) or "migrat" in job.name.lower():
                found.append(job)
        return tuple(found)

    @cached_property
    def migration_steps(self) -> tuple[Fact, ...]:
        """The pipeline's commands that migrate: those beside which it deploys in this way, else all."""
        beside = {fact.path for fact in self.deployment.lines}
        steps = self.of("migration_step")
        return tuple(step for step in steps if step.path in beside) or steps

    @property
    def compares(self) -> bool:
        """Whether running version and candidate are both known, so that a difference can be."""
        return bool(self.change.running) and not self.change.unknown and not self.change.first

    @cached_property
    def _facts(self) -> dict[str, tuple[Fact, ...]]:
        by_kind: dict[str, list[Fact]] = {}
        for fact in self.analysis.facts:
            here = self._here(fact)
            if here is not None:
                by_kind.setdefault(fact.kind, []).append(here)
        return {kind: tuple(facts) for kind, facts in by_kind.items()}

    def _here(self, fact: Fact) -> Fact | None:
        """The fact as the files of this way of deploying say it; None when only files of another way do."""
        if self._holds(fact.path):
            return fact
        rest = [place for place in fact.also if self._holds(place.rpartition(":")[0])]
        return replace(fact, source=rest[0], also=tuple(rest[1:])) if rest else None

    def _holds(self, path: str) -> bool:
        return path not in self._aside and self.deployment.deploys(path)

    @cached_property
    def _aside(self) -> frozenset[str]:
        return frozenset(fact.name for fact in self.deployment.undeployed)

    def of(self, *kinds: str) -> tuple[Fact, ...]:
        """The facts of these kinds that hold for this way of deploying."""
        return tuple(fact for kind in kinds for fact in self._facts.get(kind, ()))

    def beside(self, *kinds: str) -> tuple[Fact, ...]:
        """The facts of these kinds that only files say which are not deployed; a line that cites one says so."""
        return tuple(f for kind in kinds for f in self.analysis.of(kind) if self._here(f) is None)

    def anywhere(self, *kinds: str) -> tuple[Fact, ...]:
        """The facts of these kinds in whatever file: what one of them says may exist."""
        return self.analysis.of(*kinds)

    @cached_property
    def waves(self) -> tuple[tuple[str, ...], ...]:
        """The start order of what this way deploys, as far as its own files ask for one."""
        here = {fact.name for fact in self.services}
        kept = (tuple(name for name in wave if name in here) for wave in self.analysis.start_order)
        return tuple(wave for wave in kept if wave)

    def service(self, kind: str, name: str) -> tuple[Fact, ...]:
        """The facts of one kind about one service."""
        return tuple(fact for fact in self.of(kind) if fact.service == name)

    def runs_here(self, service: str) -> bool:
        """Whether a service is part of this way of deploying, and not only of another that stands beside it."""
        return any(fact.name == service for fact in self.services)

    def keys(self, *without: str) -> tuple[KeyChange, ...]:
        """What changed for what is deployed but for these kinds, each name once: a secret rather than the setting."""
        found: dict[str, KeyChange] = {}
        placed = {fact.name for fact in self.of("env_required", "secret")}
        for key in self.change.keys:
            if key.name not in placed and not self._holds(key.source.rpartition(":")[0]):
                continue
            if key.kind not in without and (key.name not in found or key.kind == "secret"):
                found[key.name] = key
        return tuple(found.values())

    def workload(self, name: str) -> str:
        """What kubectl calls the kind of a workload; a deployment where no fact says otherwise."""
        kinds = [str(fact.value) for fact in self.of("workload") if name in {fact.name, fact.service}]
        return kinds[0].lower() if kinds else "deployment"

    def blind(self, *kinds: str) -> tuple[Finding, ...]:
        """What was recognised and not read, and bears on these kinds."""
        wanted = set(kinds)
        return tuple(f for f in self.analysis.findings if f.rule == "not-analysed" and wanted.intersection(f.touches))

    def nothing(self, what: str, *looked: str) -> Detail:
        """The line that says that nothing was found, and what was looked for."""
        files = f" in {self.release.files} files" if self.release.files else ""
        return Detail(f"No {what} found: looked for {listed(looked)}{files}.")

    def touched(self, *words: str) -> tuple[str, ...]:
        """Changed paths in which one of the words occurs, without case."""
        return tuple(t.path for t in self.change.files if any(word in t.path.lower() for word in words))


Rule = Callable[[Context], Iterator[Detail]]


def about(fact: Fact, text: str, code: str = "", expect: str = "", *, warns: bool = False) -> Detail:
    """A line with the place of the fact that says it."""
    return Detail(text, code, expect, fact.source, warns)


def unused(fact: Fact, text: str) -> Detail:
    """A line that cites a file which is not what gets deployed, and says so."""
    return about(fact, f"{text} (from {fact.path}, which is not what gets deployed).")


def runbook(fact: Fact) -> Detail:
    """The line that leads to a runbook, by its path and its title."""
    title = f" ({fact.value})" if fact.value and str(fact.value) != fact.name else ""
    return about(fact, f"Runbook: {fact.name}{title}.")


def some(details: Iterable[Detail], what: str, shown: int = _SHOWN) -> Iterator[Detail]:
    """The first lines of many, and how many more there are: a checklist is read by a person."""
    all_lines = list(details)
    yield from all_lines[:shown]
    if len(all_lines) > shown:
        yield Detail(f"and {len(all_lines) - shown} more {what}.")
