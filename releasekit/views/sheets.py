"""The live parts that are one piece of HTML each: card, sign-off, result, timeline, evidence. Hold no state."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import ipywidgets as widgets

from releasekit import document
from releasekit.checklist.model import Kind
from releasekit.document.blocks import Notice, Tone, plain
from releasekit.document.html import Html, element, text
from releasekit.document.timeline import SHOWN, timeline
from releasekit.run import covers
from releasekit.run.events import Event
from releasekit.run.readiness import readiness
from releasekit.run.rules import OUTCOMES
from releasekit.run.state import RunState
from releasekit.views.controls import Field, button, form, group
from releasekit.views.parts import TWIN, replayed_blocks

Drawn = Callable[[RunState], Html]


class Sheet:
    """One HTML widget that shows what ``draw`` makes of the state; where it lives, it hides its twin."""

    def __init__(self, part: str, mark: str, draw: Drawn) -> None:
        self._part = part
        self._draw = draw
        self._refused = ""
        self.widget: Any = widgets.HTML(layout=widgets.Layout(width="auto"))
        self.widget.add_class(mark)
        self.widget.add_class("rk-sheet")

    def show(self, state: RunState) -> None:
        """Draw the state; only what differs goes to the browser."""
        refused = (Notice(plain(self._refused), Tone.BAD),) if self._refused else ()
        value = f"{hides(self._part)}{document.html(refused) if refused else ''}{self._draw(state)}"
        if self.widget.value != value:
            self.widget.value = value

    def refuse(self, why: str, state: RunState) -> None:
        """Show above the part why a click did not become an event; "" takes it away."""
        self._refused = why
        self.show(state)

    def close(self) -> None:
        """End the widget's model."""
        self.widget.close()


def hides(part: str) -> Html:
    """The rule that hides a part's twin: it holds as long as the element that it stands in is in the page."""
    return Html(f"<style>.{TWIN}-{part} {{ display: none; }}</style>")


def static(part: str) -> Drawn:
    """A part that has nothing to press: what the document says."""
    return lambda state: Html(document.html(replayed_blocks(part, state)))


def card(state: RunState) -> Html:
    """The card, with the time that is left of the window."""
    said = Html(document.html(document.card(state)))
    window = (state.plan.parameters.get("configuration", {}).get("window") if state.plan else None) or {}
    if not window or state.outcome:
        return said
    left = element("strong", data_rk_from=str(window["start"]), data_rk_to=str(window["end"]))
    return Html(said + group(element("p", text("Maintenance window: "), left), cls="rk-window"))


def signoff(state: RunState) -> Html:
    """Who signs for what, with a button for each role that has not signed."""
    said = Html(document.html(document.signoff(state)))
    if state.plan is None or state.outcome:
        return said
    scope = covers.CLOSE if state.phase in ("close", "rollback") else covers.GO
    rows = []
    for item in state.plan.checklist.items:
        if item.kind is not Kind.SIGN_OFF or state.items[item.id].status == "not-applicable":
            continue
        given = [one for one in state.signoffs if (one.role, one.scope) == (item.role, scope)]
        if given and not given[-1].void and not given[-1].refused:
            continue
        name, asked = item.label or item.role, (Field("reason", "Reason", required=True),)
        for_what = {"role": item.role, "scope": scope}
        rows.append(
            group(
                button(f"Sign as {name} ({scope})", "sign", f"sign-{item.role}", given=for_what),
                form("Refuse", "refuse", f"refuse-{item.role}", asked, f"as {name}", given=for_what),
            )
        )
    return Html(said + "".join(rows))


def result(state: RunState) -> Html:
    """Go, no-go or cannot tell, and what ends the run."""
    said = Html(document.html(document.result(state, readiness(state, datetime.now(UTC)))))
    if state.outcome or state.plan is None:
        return said
    outcome = (Field("outcome", "Outcome", options=OUTCOMES), Field("reason", "Remark"))
    ends = [form("Close the run", "close", "close", outcome)]
    if not state.rollback_at and state.phase != "prepare":
        asked = (Field("reason", "What went wrong", required=True),)
        ends.insert(0, form("Begin the rollback", "rollback", "rollback", asked))
    return Html(said + group(*ends))


def happened(events: Callable[[], list[Event]]) -> Drawn:
    """The timeline of the events that ``events`` gives."""
    return lambda state: Html(document.html(timeline(events(), state.plan, None if state.outcome else SHOWN)))


def gathered(asked: Callable[[], tuple[int, int, str]]) -> Drawn:
    """How far the collection of evidence is, by ``asked``: done, total, what went wrong."""

    def draw(state: RunState) -> Html:
        done, total, trouble = asked()
        said = f"{done} of {total} sources answered." if total else "No source is being asked."
        bar = element("progress", value=str(done), max=str(max(1, total)), aria_label="sources that answered")
        parts = [element("p", text(said), role="status"), bar] if total else [element("p", text(said))]
        if trouble:
            parts.append(element("p", text(trouble), cls="rk-refused", role="note"))
        if not state.outcome:
            parts.append(button("Collect all again", "collect", "collect-all"))
        return group(*parts, cls="rk-gathering")

    return draw
