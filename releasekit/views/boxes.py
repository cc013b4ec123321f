"""The checklist as check boxes. Holds no state: a box shows what the log says, and a click asks the run."""

import html
from collections.abc import Callable
from functools import partial
from typing import Any

import ipywidgets as widgets
from ipywidgets.widgets.widget_bool import CheckboxStyle
from ipywidgets.widgets.widget_string import HTMLStyle

from releasekit.checklist.model import Item, Kind, Section
from releasekit.document.items import item_line
from releasekit.errors import ReleasekitError
from releasekit.run.run import Run
from releasekit.run.state import RunState, Status
from releasekit.views import parts

BOXLESS = frozenset({Status.NOT_APPLICABLE, Status.NOT_ENTERED})


class Boxes:
    """The widget of a run's checklist: one box and one HTML an item, one fold a section.

    All share one layout and one style of a kind, since each would be a model of its own in the browser.
    """

    def __init__(self, run: Run) -> None:
        self._run = run
        self._looks = _Looks()
        self._rows: dict[str, _Row] = {}
        self._folds: list[tuple[Section, widgets.Accordion]] = []
        state = run.state
        # a twin beside it says the same for where no widget can live; where this one lives, it hides the twin
        style = f"<style>{parts.stylesheet()}.{parts.TWIN}-checklist {{ display: none; }}</style>"
        self._head = self._looks.html()
        children = [self._looks.html(style), self._head]
        sections = state.plan.checklist.sections if state.plan else ()
        children += [self._section(section, state) for section in sections]
        self.widget = widgets.VBox(children, layout=self._looks.layout)
        self.widget.add_class("rk-boxes")
        self._show(state)
        self._unsubscribe = run.subscribe(lambda _events, new: self._show(new))

    def close(self) -> None:
        """End this view: another took its place."""
        self._unsubscribe()
        for row in self._rows.values():
            row.close()
        for _, fold in self._folds:
            fold.close()
        self.widget.close()

    def _section(self, section: Section, state: RunState) -> widgets.Widget:
        if not section.items:
            return self._looks.html(parts.heading(section))
        children: list[widgets.Widget] = []
        for item in section.items:
            row = _Row(item, self._looks, partial(self._clicked, item))
            self._rows[item.id] = row
            children += row.children
        due = any(item.phase is state.phase for item in section.items)
        fold = widgets.Accordion(
            children=[widgets.VBox(children, layout=self._looks.layout)],
            titles=[section.title],
            selected_index=0 if due else None,
            layout=self._looks.layout,
        )
        self._folds.append((section, fold))
        return fold

    def _clicked(self, item: Item, wanted: bool) -> None:
        """Ask the run; it tells all subscribers, and by that this view, what the log then says."""
        row = self._rows[item.id]
        state = self._run.state
        seen = state.items[item.id].version
        try:
            if wanted:
                self._run.tick(item.id, expect=seen)
            else:
                self._run.untick(item.id, expect=seen)
        except ReleasekitError as error:
            self._run.refresh()
            row.refuse(self._run.state, str(error))

    def _show(self, state: RunState) -> None:
        head = parts.head(state)
        if self._head.value != head:
            self._head.value = head
        for row in self._rows.values():
            row.show(state)
        for section, fold in self._folds:
            title = _title(section, state)
            if fold.titles != (title,):
                fold.titles = (title,)


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

    def __init__(self, item: Item, looks: _Looks, clicked: Callable[[bool], None]) -> None:
        self._item = item
        self._clicked = clicked
        self._setting = False
        self._said = ""
        self.box = widgets.Checkbox(description=item.text, indent=False, layout=looks.layout, style=looks.box)
        self.text = looks.html()
        self.children = (self.box, self.text)
        self.box.observe(self._moved, names="value")

    def close(self) -> None:
        """End the models of this row."""
        for child in self.children:
            child.close()

    def show(self, state: RunState, refusal: str = "") -> None:
        """Set box and text to what the log says; only what differs goes to the browser."""
        one = state.items[self._item.id]
        self._setting = True
        try:
            self.box.value = bool(item_line(state, self._item).box)
            self.box.disabled = self._item.kind is Kind.SIGN_OFF or one.status in BOXLESS or bool(state.outcome)
        finally:
            self._setting = False
        said = parts.row(state, self._item) + (f'<p class="rk-refused">{html.escape(refusal)}</p>' if refusal else "")
        if said != self._said:
            self._said = self.text.value = said

    def refuse(self, state: RunState, why: str) -> None:
        """Show what the log says, and why the click did not become an event."""
        self.show(state, why)

    def _moved(self, change: Any) -> None:
        """The box was moved in the browser: back to what the log says, until the log says otherwise."""
        if self._setting:
            return
        self._setting = True
        try:
            self.box.value = change["old"]
        finally:
            self._setting = False
        self._clicked(bool(change["new"]))


def _title(section: Section, state: RunState) -> str:
    counted = [item for item in section.items if state.items[item.id].status not in BOXLESS]
    settled = sum(state.items[item.id].status in parts.SETTLED for item in counted)
    return f"{section.title} ({settled} of {len(counted)})" if counted else f"{section.title} (none applies)"
