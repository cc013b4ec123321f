"""Weaknesses and contradictions that show when facts are laid side by side. Each rule is a function of all facts."""

from collections.abc import Callable, Iterator, Sequence

from releasekit.facts.findings import deployed, health, ports, secrets, startup, variables, versions
from releasekit.facts.model import Fact, Finding
from releasekit.facts.ways import counting

Facts = Sequence[Fact]
Rule = Callable[[Facts], Iterator[Finding]]

RULES: tuple[Rule, ...] = (
    secrets.committed,
    ports.differing,
    ports.asked_elsewhere,
    health.missing,
    deployed.unpinned,
    deployed.differing_images,
    startup.required_order,
    variables.required,
    versions.differing,
)
# rules about what runs, to which files that are not deployed have nothing to say
_RUNNING = frozenset((health.missing, deployed.unpinned, variables.required))


def between(facts: Facts) -> Iterator[Finding]:
    """All findings of all rules, in the order of the rules."""
    own = counting(facts)
    running = [fact for fact in facts if fact.way in own] if len(own) > 1 else facts
    for rule in RULES:
        yield from rule(running if rule in _RUNNING else facts)
