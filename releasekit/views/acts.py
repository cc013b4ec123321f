"""What a person can do from the screen: an intent of the guard becomes an act of the run. Knows no widget."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from releasekit.checklist.model import Applies
from releasekit.errors import InputError, RefusedError
from releasekit.run.run import Run
from releasekit.run.standing import worst
from releasekit.run.state import RunState, Status


@dataclass(frozen=True, slots=True)
class Intent:
    """What was clicked: the act, the item and the version of it that the person saw, and what forms gave."""

    act: str
    given: Mapping[str, str]
    item: str = ""
    seen: int | None = None

    def word(self, name: str) -> str:
        """A field's text; "" where the form has none."""
        return self.given.get(name, "").strip()


def intent(content: Mapping[str, Any]) -> Intent:
    """An intent from what the browser sent. Raises InputError for what is none."""
    act, item, seen = content.get("act"), content.get("item", ""), content.get("seen")
    if not isinstance(act, str) or not isinstance(item, str) or not (seen is None or isinstance(seen, int)):
        raise InputError("this click cannot be understood", do="reload the page")
    words = {name: value for name, value in content.items() if isinstance(value, str)}
    return Intent(act, words, item, seen)


def perform(run: Run, asked: Intent) -> str:
    """Do it; what was done, in words. Raises RefusedError, InputError and StoreError as the run's acts do."""
    act = ACTS.get(asked.act)
    if act is None:
        raise InputError(f"there is no act {asked.act!r}", do="reload the page")
    act(run, asked)
    return f"saved: event {run.state.size}"


def unconfirmed(state: RunState) -> tuple[str, ...]:
    """The items that are proposed not to apply and that nobody answered yet."""
    if state.plan is None:
        return ()
    return tuple(
        item.id
        for item in state.plan.checklist.items
        if item.applies is Applies.PROPOSED
        and state.items[item.id].status in (Status.OPEN, Status.UNKNOWN)
        and not state.items[item.id].included_by
    )


def _untick(run: Run, asked: Intent) -> None:
    one = run.state.items.get(asked.item)
    evidence = worst(one) if one else None
    if one and evidence and not one.ticked and not one.cleared_by and one.status is Status.PASSED:
        raise RefusedError(
            f"this box is ticked by evidence, not by a person: {evidence.probe} says {evidence.sentence}",
            do="collect it again; or say under More what is wrong with it",
        )
    run.untick(asked.item, expect=asked.seen, note=asked.word("text"))


def _waive(run: Run, asked: Intent) -> None:
    run.waive(asked.item, asked.word("reason"), asked.word("until"), asked.word("approver"), expect=asked.seen)


def _tick(run: Run, asked: Intent) -> None:
    run.tick(asked.item, expect=asked.seen, note=asked.word("text"), link=asked.word("link"))


def _clear(run: Run, asked: Intent) -> None:
    run.clear(asked.item, expect=asked.seen, note=asked.word("text"), link=asked.word("link"))


ACTS: Mapping[str, Callable[[Run, Intent], None]] = {
    "tick": _tick,
    "untick": _untick,
    "clear": _clear,
    "note": lambda run, asked: run.note(asked.item, asked.word("text"), asked.word("link")),
    "assign": lambda run, asked: run.assign(asked.item, asked.word("to"), expect=asked.seen),
    "waive": _waive,
    "unwaive": lambda run, asked: run.unwaive(asked.item, asked.word("reason"), expect=asked.seen),
    "exclude": lambda run, asked: run.exclude([asked.item], asked.word("reason")),
    "confirm": lambda run, asked: run.exclude(unconfirmed(run.state), asked.word("reason")),
    "include": lambda run, asked: run.include(asked.item, asked.word("text")),
    "sign": lambda run, asked: run.sign(asked.word("role"), asked.word("scope")),
    "refuse": lambda run, asked: run.refuse(asked.word("role"), asked.word("reason"), asked.word("scope")),
    "enter": lambda run, asked: run.enter(asked.word("phase"), asked.word("override")),
    "rollback": lambda run, asked: run.begin_rollback(asked.word("reason")),
    "close": lambda run, asked: run.close(asked.word("outcome"), asked.word("reason")),
}
