"""The checklist as check boxes. Holds no run's state: a box shows what the log says, and a click asks the run."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import ipywidgets as widgets
from ipywidgets.widgets.widget_bool import CheckboxStyle
from ipywidgets.widgets.widget_string import HTMLStyle

from releasekit.checklist.model import Item
from releasekit.run.people import Actor
from releasekit.run.readiness import ORDER, holding
from releasekit.run.signing import policy
from releasekit.run.state import ItemState, RunState
from releasekit.views import progress, rows
from releasekit.views.guard import Guard
from releasekit.views.rows import Standing
from releasekit.views.sheets import hides

Moved = Callable[[str, bool, int], None]


class Boxes:
    """The widget of a run's checklist: one box and one HTML an item, one HTML a section.

    All share one layout and one style of a kind, since each would be a model of its own in the browser. ``moved`` is
    told of a box that moved although the guard should have held it: (item, ticked, version seen).
    """

    def __init__(self, state: RunState, guard: Guard, actor: Actor, moved: Moved) -> None:
        self._actor = actor
        self._opened: set[str] = set()
        self._refused: dict[str, str] = {}
        self._head_refused = ""
        self._looks = _Looks()
        self._rows: list[_Row] = []
        self._sections = state.plan.checklist.sections if state.plan else ()
        self._titles: list[widgets.HTML] = []
        self._head = self._looks.html()
        children = [self._looks.html(hides("checklist")), self._head, self._looks.html(progress.tools())]
        of = []
        for at, section in enumerate(self._sections):
            title = self._looks.html()
            self._titles.append(title)
            children.append(title)
            for item in section.items:
                row = _Row(len(self._rows), item, self._looks, moved)
                self._rows.append(row)
                of.append(at)
                children += row.children
        guard.items = [row.item.id for row in self._rows]
        guard.sections = of
        due = {at for at, one in enumerate(self._sections) if any(item.phase is state.phase for item in one.items)}
        guard.folded = [at for at, one in enumerate(self._sections) if one.items and at not in due]
        self.widget = widgets.VBox(children, layout=self._looks.layout)
        for name in ("rk-boxes", guard.mark):
            self.widget.add_class(name)
        self.show(state)

    def close(self) -> None:
        """End the models of this view."""
        for child in self.widget.children:
            child.close()
        self.widget.close()

    def toggle(self, item: str, state: RunState) -> None:
        """Open the rest of an item's row, or close it."""
        self._opened ^= {item}
        self.show(state)

    def refuse(self, item: str, why: str, state: RunState) -> None:
        """Show at the item, or at the head of the checklist, why a click did not become an event; "" takes it away."""
        if item:
            self._refused[item] = why
        else:
            self._head_refused = why
        self.show(state)

    def show(self, state: RunState) -> None:
        """Set boxes and texts to what the log says; only what differs goes to the browser."""
        target = progress.following(state)
        held = holding(state, target, datetime.now(UTC)) if target in ORDER and not state.outcome else {}
        _set(self._head, progress.head(state, held, self._head_refused))
        for at, (section, title) in enumerate(zip(self._sections, self._titles, strict=True)):
            _set(title, progress.section_head(at, section, state))
        team = policy(state.plan.parameters) if state.plan else None
        for row in self._rows:
            one, item = state.items[row.item.id], row.item
            named = one.assignee or (team.team.get(item.role, "") if team else "")
            mine = bool(team and named and team.everybody.same(named, self._actor.name))
            standing = Standing(item.id in self._opened, self._refused.get(item.id, ""), mine, item.id in held)
            row.show(state, one, standing)


class _Looks:
    """The models of layout and style that all rows share."""

    def __init__(self) -> None:
        self.layout = widgets.Layout(width="auto")
        self.box = CheckboxStyle(description_width="0")
        self._text = HTMLStyle()

    def html(self, value: str = "") -> widgets.HTML:
        """A piece of HTML."""
        return widgets.HTML(value=value, layout=self.layout, style=self._text)


class _Row:
    """One item: its box, and below it what the checklist says about it."""

    def __init__(self, at: int, item: Item, looks: _Looks, moved: Moved) -> None:
        self.item = item
        self._at = at
        self._moved_by_hand = moved
        self._setting = False
        self._shown: tuple[object, ...] = ()
        self._seen = 0
        self.box = widgets.Checkbox(description=item.text, indent=False, layout=looks.layout, style=looks.box)
        for name in ("rk-box", f"rk-at-{at}"):
            self.box.add_class(name)
        self.text = looks.html()
        self.children = (self.box, self.text)
        self.box.observe(self._moved, names="value")

    def show(self, state: RunState, one: ItemState, standing: Standing) -> None:
        """Set box and text to what the log says."""
        shown = (one, standing, state.phase, state.outcome, state.signoffs)
        if shown == self._shown:
            return
        self._shown, self._seen = shown, one.version
        self._setting = True
        try:
            self.box.value = rows.ticked(state, self.item)
            self.box.disabled = rows.fixed(state, self.item)
            self.box.description = rows.words(state, self.item)
        finally:
            self._setting = False
        _set(self.text, rows.row(self._at, state, self.item, standing))

    def _moved(self, change: Any) -> None:
        """The box was moved in a browser without a guard: back to what the log says, until the log says otherwise."""
        if self._setting:
            return
        self._setting = True
        try:
            self.box.value = change["old"]
        finally:
            self._setting = False
        self._moved_by_hand(self.item.id, bool(change["new"]), self._seen)


def _set(widget: widgets.HTML, value: str) -> None:
    if widget.value != value:
        widget.value = value
