"""Whether a log is still the one that somebody saw: sizes and heads that were written down. Knows no store.

A hash chain shows a change in its middle; that its tail was cut, or that all of it was written anew, shows only beside
a size and head that were kept elsewhere: in a record, in a signature, in a bundle.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from releasekit.run.events import NO_EVENT, Event, first_break

_KEEPING = frozenset({"signoff.given", "checkpoint"})


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A log's number of events and the hash of its last, as seen; ``where`` says by whom or in which file."""

    size: int
    head: str
    where: str


def checkpoints(events: Iterable[Event]) -> tuple[Checkpoint, ...]:
    """Those that the log holds itself: at each signature and at its close."""
    return tuple(
        Checkpoint(event.data["size"], event.data["head"], f"event {event.seq} ({event.kind} by {event.actor})")
        for event in events
        if event.kind in _KEEPING and isinstance(event.data.get("size"), int) and "head" in event.data
    )


def broken(events: Sequence[Event], seen: Iterable[Checkpoint] = ()) -> tuple[str, ...]:
    """Sentences about what does not hold: the chain, the log's own checkpoints, those that were ``seen`` elsewhere."""
    found = []
    at = first_break(events)
    if at:
        found.append(f"the chain breaks at event {at}: it, or the one before it, was changed, or one is missing")
    heads = [NO_EVENT, *(event.hash for event in events)]
    for one in (*checkpoints(events), *seen):
        if not 0 <= one.size < len(heads):
            found.append(f"{one.where} saw {one.size} events and there are {len(events)}: cut off, or an old copy")
        elif heads[one.size] != one.head:
            found.append(
                f"{one.where} saw other events than the first {one.size} that are there: they were written anew"
            )
    return tuple(found)


def fork(ours: Sequence[Event], theirs: Sequence[Event]) -> int:
    """The number of the first event in which two copies of a log differ; 0 when one continues the other."""
    for one, other in zip(ours, theirs, strict=False):
        if one.hash != other.hash:
            return one.seq
    return 0
