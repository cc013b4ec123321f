"""One row of the live checklist as HTML: what the document says of the item, and what can be done with it."""

from dataclasses import dataclass, replace

from releasekit import document
from releasekit.checklist.model import Applies, Item, Kind
from releasekit.document.blocks import Items, Line, Tone, plain
from releasekit.document.html import Html, element
from releasekit.document.items import item_line
from releasekit.run.state import ItemState, RunState, Status
from releasekit.views.controls import Field, button, form, group

BOXLESS = frozenset({Status.NOT_APPLICABLE, Status.NOT_ENTERED})
SETTLED = frozenset({Status.PASSED, Status.DONE, Status.WAIVED, Status.CLEAR})
_FAILED = frozenset({Status.FAILED, Status.FIRED})
_WAIVER = (
    Field("reason", "Reason", required=True),
    Field("until", "Until", hint="2026-12-01"),
    Field("approver", "Approved by"),
)
_NOTE = (Field("text", "Note"), Field("link", "Link", hint="https://…"))


@dataclass(frozen=True, slots=True)
class Standing:
    """How a row stands on this screen: whether it is open, what was refused, what it is to whoever looks."""

    opened: bool = False
    refused: str = ""
    mine: bool = False
    blocking: bool = False


def ticked(state: RunState, item: Item) -> bool:
    """Whether the box shows a tick."""
    return bool(item_line(state, item).box)


def words(state: RunState, item: Item) -> str:
    """What the box is called: the item's words, with who signed and when."""
    return "".join(getattr(span, "text", "") for span in item_line(state, item).words)


def fixed(state: RunState, item: Item) -> bool:
    """Whether nobody can move the box now."""
    return item.kind is Kind.SIGN_OFF or state.items[item.id].status in BOXLESS or bool(state.outcome)


def row(at: int, state: RunState, item: Item, standing: Standing) -> str:
    """The row's HTML; ``at`` is its number in the checklist."""
    one = state.items[item.id]
    line = replace(item_line(state, item), words=(), box=None, struck=False)
    if standing.refused:
        line = replace(line, lines=(Line(plain(standing.refused), Tone.BAD, "refused"), *line.lines))
    said = Html(document.html((Items((line,)),)))
    flags = {
        "open": one.status not in SETTLED | BOXLESS,
        "failed": one.status in _FAILED,
        "mine": standing.mine,
        "blocking": standing.blocking,
    }
    return element(
        "div", said, Html("") if state.outcome else _controls(at, item, one, standing.opened),
        cls="rk-row", data_rk_row=str(at), data_rk_seen=str(one.version),
        data_rk_ticked="1" if ticked(state, item) else "", data_rk_is=" ".join(k for k, v in flags.items() if v) or "-",
    )  # fmt: skip


def _controls(at: int, item: Item, one: ItemState, opened: bool) -> Html:
    about = f"about {item.text}"
    shown = [button("Less" if opened else "More", "open", f"open-{at}", about, expanded=opened)]
    if (item.probe or item.hint) and one.status is not Status.NOT_APPLICABLE:
        shown.append(button("Collect again", "collect", f"collect-{at}", about))
    if item.kind is Kind.TRIGGER and one.status not in BOXLESS and not one.cleared_by:
        shown.append(button("Did not fire", "clear", f"clear-{at}", about))
    if item.applies is Applies.PROPOSED and one.status not in BOXLESS and not one.included_by:
        shown.append(button("It applies", "include", f"include-{at}", about))
    short = group(*shown)
    return Html(short + group(*_more(at, item, one, about), label=f"More {about}", cls="rk-more")) if opened else short


def _more(at: int, item: Item, one: ItemState, about: str) -> list[Html]:
    """What is asked less often, built when the row is opened."""
    if item.kind is Kind.SIGN_OFF:
        return [form("Keep the note", "note", f"note-{at}", _NOTE, about)]
    if one.status is Status.NOT_APPLICABLE:
        return [form("It applies", "include", f"applies-{at}", (Field("text", "Why"),), about)]
    parts = [form("Keep the note", "note", f"note-{at}", _NOTE, about)]
    if one.status not in BOXLESS and not one.ticked:
        word = "Tick: it fired" if item.kind is Kind.TRIGGER else "Tick with this note"
        parts.append(form(word, "tick", f"tick-{at}", _NOTE, about))
    if item.kind is Kind.TRIGGER and one.status not in BOXLESS and not one.cleared_by:
        parts.append(form("Did not fire, with this note", "clear", f"clearing-{at}", _NOTE, about))
    if one.assignee:
        parts.append(button(f"Give back (taken by {one.assignee})", "assign", f"back-{at}", about, given={"to": "-"}))
    else:
        parts.append(button("Take it", "assign", f"take-{at}", about))
        parts.append(form("Give it to them", "assign", f"assign-{at}", (Field("to", "Person", required=True),), about))
    if one.waiver:
        asked = (Field("reason", "Why the waiver ends", required=True),)
        parts.append(form("Take the waiver back", "unwaive", f"unwaive-{at}", asked, about))
    elif one.status not in SETTLED | BOXLESS:
        parts.append(form("Waive", "waive", f"waive-{at}", _WAIVER, about))
    if one.status not in BOXLESS:
        asked = (Field("reason", "Why it does not apply", required=True),)
        parts.append(form("Not applicable", "exclude", f"exclude-{at}", asked, about))
    return parts
