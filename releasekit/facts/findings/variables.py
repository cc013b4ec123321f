"""Variables that production must give."""

from collections.abc import Iterator, Sequence

from releasekit.facts.model import Fact, Finding, Severity


def required(facts: Sequence[Fact]) -> Iterator[Finding]:
    """``variables-required``: nothing in the repository gives these a usable value, so the environment must."""
    needed = [fact for fact in facts if fact.kind == "env_required"]
    if needed:
        names = ", ".join(fact.name for fact in needed[:12])
        more = f" and {len(needed) - 12} more" if len(needed) > 12 else ""
        yield Finding(
            "variables-required",
            Severity.NOTE,
            f"the environment must give {names}{more}: nothing in the repository sets a usable value",
            tuple(fact.source for fact in needed),
            do="see that each is set where this is deployed, before the release",
        )
