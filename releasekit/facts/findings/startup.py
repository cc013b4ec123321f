"""What the start asks for: an order that must be kept."""

from collections.abc import Iterator, Sequence

from releasekit.facts.model import Fact, Finding, Severity


def required_order(facts: Sequence[Fact]) -> Iterator[Finding]:
    """``start-order``: services that must not start before others: each is one more thing to get right by hand."""
    held = [fact for fact in facts if fact.kind == "order_after" or (fact.kind == "depends_on" and _holds(fact))]
    if held:
        said = ", ".join(dict.fromkeys(f"{fact.service} after {fact.name}" for fact in held[:8]))
        more = f" and {len(held) - 8} more" if len(held) > 8 else ""
        yield Finding(
            "start-order",
            Severity.NOTE,
            f"a start order is required: {said}{more}",
            tuple(fact.source for fact in held[:8]),
            do="start in this order, or make each service wait by itself",
        )


def _holds(fact: Fact) -> bool:
    return fact.value in {"service_healthy", "service_completed_successfully"}
