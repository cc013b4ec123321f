"""The checklist as check boxes. Holds no state: a box shows what the log says, and a click asks the run."""

import html
from collections.abc import Callable
from functools import partial
from typing import Any

import ipywidgets as widgets

from releasekit.checklist.model import Item, Kind, Section
from releasekit.document.items import item_line
from releasekit.errors import ReleasekitError
from releasekit.run.run import Run
from releasekit.run.state import RunState, Status
from releasekit.views import parts

BOXLESS = frozenset({Status.NOT_APPLICABLE, Status.NOT_ENTERED})


class Boxes:
    """The widget of a run's checklist: one box and one HTML an item, one fold a section.

    All share one layout and one style, since each would be a model of its own in the browser.
    """

    def __init__(self, run: Run) -> None:
        self._run = run
        self._layout = widgets.Layout(width="auto")
        self._style = widgets.CheckboxStyle(description_width="0")
        self._rows: dict[str, _Row] = {}
        state = run.state
        sections = state.plan.checklist.sections if state.plan else ()
        filled = [section for section in sections if section.items]
        self._folds = widgets.Accordion(
            children=[self._section(section) for section in filled],
            titles=[section.title for section in filled],
            layout=self._layout,
        )
        self._counts = [(section, number) for number, section in enumerate(filled)]
        # the twin below says the same for where no widget can live; where this one lives, it hides the twin
        self._head = widgets.HTML(
            value=f"<style>.{parts.TWIN}-checklist {{ display: none; }}</style>", layout=self._layout
        )
        self.widget = widgets.VBox([self._head, self._folds], layout=self._layout)
        self.widget.add_class("rk-boxes")
        self._show(state)
        run.subscribe(lambda _events, new: self._show(new))

    def _section(self, section: Section) -> widgets.Widget:
        children: list[widgets.Widget] = []
        for item in section.items:
            row = _Row(item, self._layout, self._style, partial(self._clicked, item))
            self._rows[item.id] = row
            children += row.children
        return widgets.VBox(children, layout=self._layout)

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
        for row in self._rows.values():
            row.show(state)
        titles = list(self._folds.titles)
        for section, number in self._counts:
            titles[number] = _title(section, state)
        if titles != list(self._folds.titles):
            self._folds.titles = titles


class _Row:
    """One item: its box, and below it what the checklist says about it."""

    def __init__(
        self, item: Item, layout: widgets.Layout, style: widgets.CheckboxStyle, clicked: Callable[[bool], None]
    ) -> None:
        self._item = item
        self._clicked = clicked
        self._setting = False
        self._said = ""
        self.box = widgets.Checkbox(description=item.text, indent=False, layout=layout, style=style)
        self.text = widgets.HTML(layout=layout)
        self.children = (self.box, self.text)
        self.box.observe(self._moved, names="value")

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
