"""Services that nothing asks whether they are well."""

from collections.abc import Iterator, Sequence

from releasekit.facts.model import Fact, Finding, Severity


def missing(facts: Sequence[Fact]) -> Iterator[Finding]:
    """``no-health-check``: a service of our own, or one that others wait for, without any check."""
    checked = {fact.service for fact in facts if fact.kind == "healthcheck"}
    needed = {fact.name for fact in facts if fact.kind == "depends_on"}
    for fact in facts:
        if fact.kind != "service" or fact.name in checked:
            continue
        if fact.value == "app" or (fact.value in {"datastore", "broker"} and fact.name in needed):
            yield Finding(
                "no-health-check",
                Severity.WARNING,
                f"{fact.name} has no health check: whether it is well shows only in its logs and metrics",
                (fact.source,),
                fact.name,
                "add a check, or say in the release how a person sees that it is well",
            )
