"""What the start asks for: an order that must be kept."""

from collections.abc import Iterator, Sequence

from releasekit.facts.model import Fact, Finding, Severity
from releasekit.facts.production_files import PIPELINE


def required_order(facts: Sequence[Fact]) -> Iterator[Finding]:
    """``start-order``: services that must not start before others: each is one more thing to get right by hand."""
    held = [fact for fact in facts if fact.kind == "order_after" or (fact.kind == "depends_on" and _holds(fact))]
    if held:
        said = ", ".join(dict.fromkeys(f"{fact.service} after {fact.name}" for fact in held[:8]))
        more = f" and {len(held) - 8} more" if len(held) > 8 else ""
        places, apart = _places(facts, held[:8])
        more += f" (from {', '.join(apart)}, which is not what gets deployed)" if apart else ""
        yield Finding(
            "start-order",
            Severity.NOTE,
            f"a start order is required: {said}{more}",
            places,
            do="start in this order, or make each service wait by itself",
        )


def _places(facts: Sequence[Fact], held: Sequence[Fact]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The places in files that CI deploys first, and the files that say the order and are not deployed.

    Where only another file says it, the deployed place is where the waiting service is defined.
    """
    by_ci = {fact.name for fact in facts if fact.kind == "production_file" and fact.rule == PIPELINE}
    said = [next((place for place in (fact.source, *fact.also) if _path(place) in by_ci), fact.source) for fact in held]
    if not by_ci or any(_path(place) in by_ci for place in said):
        ranked = sorted(said, key=lambda place: bool(by_ci) and _path(place) not in by_ci)
        return tuple(dict.fromkeys(ranked)), ()
    waiting = {fact.service for fact in held}
    defined = [
        place
        for fact in facts
        if fact.kind == "service" and fact.name in waiting
        for place in (fact.source, *fact.also)
        if _path(place) in by_ci
    ]
    apart = tuple(dict.fromkeys(map(_path, said))) if defined else ()
    return tuple(dict.fromkeys((*defined, *said))), apart


def _path(place: str) -> str:
    return place.rpartition(":")[0] or place


def _holds(fact: Fact) -> bool:
    return fact.value in {"service_healthy", "service_completed_successfully"}
