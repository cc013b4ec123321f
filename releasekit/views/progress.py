"""The head of the live checklist: phases as steps with their gates, filters, search; and the head of each section."""

from collections.abc import Mapping

from releasekit import document
from releasekit.checklist.model import Kind, Phase, Section
from releasekit.document.blocks import Heading
from releasekit.document.html import Html, element, text
from releasekit.document.items import progress
from releasekit.run.readiness import ORDER
from releasekit.run.state import RunState
from releasekit.views.acts import unconfirmed
from releasekit.views.controls import Field, form, group, look
from releasekit.views.rows import BOXLESS, SETTLED

Held = Mapping[str, tuple[str, ...]]
_FILTERS = (("All", ""), ("Mine", "mine"), ("Open", "open"), ("Blocking", "blocking"), ("Failed", "failed"))


def head(state: RunState, held: Held, refused: str = "") -> str:
    """Title, counts, the phases with the gate that comes next."""
    title = (Heading(state.plan.checklist.title, 1, 3),) if state.plan else ()
    steps = element("ol", *(_step(state, phase) for phase in phases(state)), cls="rk-phases", aria_label="Phases")
    parts = [Html(document.html((*title, *progress(state)))), group(steps, cls="rk-steps")]
    if refused:
        parts.append(group(element("p", text(refused), cls="rk-refused", role="note")))
    if not state.outcome:
        parts += [_gate(state, held), _proposed(state)]
    return Html("".join(parts))


def tools() -> str:
    """Filters and search; the guard does what they say, in the browser."""
    search = element("input", void=True, type="search", name="q", data_rk_ui="search", autocomplete="off")
    asked = element("label", element("span", text("Search")), search)
    filters = (look(label, "filter", {"filter": name}) for label, name in _FILTERS)
    hint = "Keys: space ticks, arrows go from box to box, o opens a row, / goes to the search."
    return group(
        *filters,
        asked,
        element("span", cls="rk-count", role="status"),
        element("span", cls="rk-recording"),
        element("p", text(hint), cls="rk-hint"),
        label="Which items are shown",
        cls="rk-tools",
    )


def section_head(at: int, section: Section, state: RunState) -> str:
    """A section's title as the button that folds it, with how much of it is settled."""
    if not section.items:
        return document.html((Heading(section.title, section.level, section.level + 2),))
    counted = [item for item in section.items if state.items[item.id].status not in BOXLESS]
    settled = sum(state.items[item.id].status in SETTLED for item in counted)
    said = f"{settled} of {len(counted)}" if counted else "none applies"
    button = element(
        "button", element("span", text(section.title)), element("span", text(said), cls="rk-quiet"),
        cls="rk-fold", type="button", data_rk_ui="fold", data_rk_section=str(at), data_rk_key=f"fold-{at}",
        aria_expanded="true",
    )  # fmt: skip
    return group(element(f"h{min(6, section.level + 2)}", button), cls="rk-section")


def phases(state: RunState) -> tuple[Phase, ...]:
    """The phases of this run, in the order in which they come."""
    if not state.rollback_at:
        return ORDER
    gone = tuple(dict.fromkeys(one.phase for one in state.entered if one.phase not in (Phase.ROLLBACK, Phase.CLOSE)))
    return (Phase.PREPARE, *gone, Phase.ROLLBACK, Phase.CLOSE)


def following(state: RunState) -> Phase | None:
    """The phase that comes next; None where there is none."""
    listed = phases(state)
    after = listed[listed.index(state.phase) + 1 :]
    return after[0] if after else None


def _step(state: RunState, phase: Phase) -> Html:
    items = [item for item in state.plan.checklist.items if item.phase is phase] if state.plan else []
    counted = [item for item in items if item.kind is not Kind.TRIGGER and state.items[item.id].status not in BOXLESS]
    settled = sum(state.items[item.id].status in SETTLED for item in counted)
    listed = phases(state)
    now = phase is state.phase
    word = "now" if now else "done" if listed.index(phase) < listed.index(state.phase) else "to come"
    bar = element("progress", value=str(settled), max=str(max(1, len(counted))), aria_label=f"{phase}: settled items")
    return element(
        "li", element("strong", text(str(phase))), element("span", text(f"{word}, {settled} of {len(counted)}")), bar,
        cls=f"rk-phase{' rk-now' if now else ''}", aria_current="step" if now else "",
    )  # fmt: skip


def _gate(state: RunState, held: Held) -> Html:
    target = following(state)
    if target is None:
        return Html("")
    sentences = [sentence for why in held.values() for sentence in why]
    if not sentences:
        said = element("p", text(f"The gate to {target} is open: a person decides."), cls="rk-gate-open")
        return group(said, form(f"Go on to {target}", "enter", "enter", (), given={"phase": target}), cls="rk-gate")
    summary = element("summary", text(f"The gate to {target} is shut: {len(sentences)} reasons"))
    why = element("ul", *(element("li", text(sentence)) for sentence in sentences))
    asked = (Field("override", "Reason to go on all the same", required=True),)
    override = form(f"Go on to {target} all the same", "enter", "override", asked, given={"phase": target})
    return group(
        element("details", summary, why, override),
        form(f"Go on to {target}", "enter", "enter", (), given={"phase": target}),
        cls="rk-gate",
    )


def _proposed(state: RunState) -> Html:
    waiting = unconfirmed(state)
    if not waiting:
        return Html("")
    said = f"{len(waiting)} items are proposed not applicable, and wait for a person."
    asked = (Field("reason", "Reason", required=True, hint="looked at each: this release has none of them"),)
    return group(
        element("details", element("summary", text(said)), form("Confirm all of them", "confirm", "confirm", asked)),
        cls="rk-gate",
    )
