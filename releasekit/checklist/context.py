"""What the rules of all items share: facts by service, how this repository is deployed, the way back. Asks nobody."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from releasekit.checklist.deployment import Deployment, deployment
from releasekit.checklist.model import Detail
from releasekit.checklist.release import Release
from releasekit.checklist.rollback import Rollback, rollback
from releasekit.facts.change import Change
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
    def rollback(self) -> Rollback:
        """The way back."""
        return rollback(self.analysis, self.change, self.release)

    @cached_property
    def services(self) -> tuple[Fact, ...]:
        """The services, in the order in which they start; those without an order last."""
        place = {name: number for number, wave in enumerate(self.analysis.start_order) for name in wave}
        first: dict[str, Fact] = {}
        for fact in self.analysis.of("service"):
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
        """Services that run once and end."""
        ends = {f.name for f in self.of("depends_on") if f.value == "service_completed_successfully"}
        return frozenset({fact.name for fact in self.services if fact.value == "job"} | ends)

    @property
    def compares(self) -> bool:
        """Whether running version and candidate are both known, so that a difference can be."""
        return bool(self.change.running) and not self.change.unknown and not self.change.first

    def of(self, *kinds: str) -> tuple[Fact, ...]:
        """The facts of these kinds."""
        return self.analysis.of(*kinds)

    def service(self, kind: str, name: str) -> tuple[Fact, ...]:
        """The facts of one kind about one service."""
        return tuple(fact for fact in self.analysis.of(kind) if fact.service == name)

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


def some(details: Iterable[Detail], what: str) -> Iterator[Detail]:
    """The first lines of many, and how many more there are: a checklist is read by a person."""
    listed = list(details)
    yield from listed[:_SHOWN]
    if len(listed) > _SHOWN:
        yield Detail(f"and {len(listed) - _SHOWN} more {what}: the table of facts lists them all.")


def listed(words: Iterable[str]) -> str:
    """Words as a sentence says them: ``a, b and c``."""
    all_words = tuple(words)
    return f"{', '.join(all_words[:-1])} and {all_words[-1]}" if len(all_words) > 1 else "".join(all_words)


def plural(count: int, one: str, many: str = "") -> str:
    """A count with its noun: ``1 commit``, ``3 commits``."""
    return f"{count} {one if count == 1 else many or one + 's'}"
