"""Versions of one project that differ between its files."""

from collections.abc import Iterator, Sequence

from releasekit.facts.model import Fact, Finding, Severity

_PLACEHOLDERS = {"0.0.0", "0.0.1", "0.1.0", "unknown", "development"}


def differing(facts: Sequence[Fact]) -> Iterator[Finding]:
    """``version-differs``: files of the same folder that name different versions of it."""
    found: dict[str, list[Fact]] = {}
    for fact in facts:
        if fact.kind == "version" and str(fact.value) not in _PLACEHOLDERS:
            found.setdefault(fact.path.rpartition("/")[0], []).append(fact)
    for facts_here in found.values():
        values = dict.fromkeys(str(fact.value).removeprefix("v") for fact in facts_here)
        if len(values) > 1:
            said = ", ".join(f"{fact.name} {fact.value}" for fact in facts_here)
            yield Finding(
                "version-differs",
                Severity.WARNING,
                f"the files name different versions: {said}",
                tuple(fact.source for fact in facts_here),
                do="raise those that were forgotten, or say which one counts",
            )
