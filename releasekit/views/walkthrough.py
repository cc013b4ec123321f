"""What the cells of the release notebook call: one object that shows the parts of a run. Keeps no state of its own."""

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from releasekit.checklist.model import Applies
from releasekit.document.blocks import Block
from releasekit.errors import InputError, SourceError
from releasekit.parameters.reading import validate
from releasekit.plan.compose import locate, request
from releasekit.plan.model import Plan
from releasekit.probes.collect import collect
from releasekit.probes.evidence import Evidence
from releasekit.probes.judges.metrics import LINE, NONE, judged
from releasekit.probes.request import Request
from releasekit.run.run import Run
from releasekit.run.state import RunState
from releasekit.views import opening, parts
from releasekit.views.failure import told_plainly
from releasekit.views.presence import attended
from releasekit.views.shown import Panel, show_widget

if TYPE_CHECKING:
    from releasekit.views.boxes import Boxes


@told_plainly
def open(  # noqa: A001 - the notebook says walkthrough.open(...)
    application: object = None,
    configuration: object = None,
    *,
    defaults: str | None = None,
    base: str = "parameters",
    run_id: str | None = None,
    interactive: bool | None = None,
) -> "Walkthrough":
    """The walkthrough of run ``run_id``; without one, of a run in memory made of ``application`` and ``configuration``.

    Relative paths start at ``base``. ``interactive`` None means: where a person can answer (JupyterLab, Voilà). Every
    error is one message in the cell, and fails it.
    """
    here = Path.cwd()
    if run_id:
        opened = opening.named(run_id, base, here, os.environ)
    elif application is None:
        raise InputError(
            "there is nothing to show: neither a run nor an application is given",
            do="papermill notebooks/release.ipynb out.ipynb -f PARAMETERS, or: releasekit open PARAMETERS",
        )
    else:
        opened = opening.unkept(
            {"defaults": defaults, "application": application, "configuration": configuration}, base, here, os.environ
        )
    return Walkthrough(opened.run, opened.folder, attended() if interactive is None else interactive)


class Walkthrough:
    """The parts of one run, each a cell. ``interactive`` builds widgets; without, no widget library is imported."""

    def __init__(self, run: Run, folder: Path, interactive: bool) -> None:
        self.run = run
        self._folder = folder
        self._interactive = interactive
        self._panels: dict[str, Panel] = {}
        self._boxes: Boxes | None = None
        Panel("style", run.run_id).show(parts.style(), self._mark())
        if interactive:
            run.subscribe(lambda _events, _state: self._update())

    def __repr__(self) -> str:
        state = self.run.state
        return f"<release {state.service} {state.version} to {state.environment}, run {self.run.run_id}>"

    @told_plainly
    def card(self) -> None:
        """What is released, to where, by whom."""
        self._show("card")

    @told_plainly
    def findings(self) -> None:
        """What the analysis found wrong, or could not read."""
        self._show("findings")

    @told_plainly
    def facts(self) -> None:
        """What the files say, with their lines."""
        self._show("facts")

    @told_plainly
    def change(self) -> None:
        """What differs from the version that runs."""
        self._show("change")

    @told_plainly
    def checklist(self) -> None:
        """The checklist; with check boxes where a person can tick them."""
        if self._interactive and not self.run.state.outcome:
            from releasekit.views.boxes import Boxes

            if self._boxes is not None:
                self._boxes.close()
            self._boxes = Boxes(self.run)
            show_widget(self._boxes.widget)
        self._show("checklist")

    @told_plainly
    def collect(self) -> None:
        """Ask the sources, while the run is open; what they bring is in the log, and shown wherever it belongs."""
        state = self.run.refresh()
        wanted = [] if state.outcome or state.plan is None else [*_probes(state.plan)]
        panel = Panel("collecting", self.run.run_id)
        panel.show(parts.bundle(parts.asked(0, len(wanted)), "collecting"), self._mark())
        if wanted:
            found: list[Evidence] = []
            for evidence in collect(wanted, self._request(state)):
                found.append(evidence)
                if self._interactive:
                    panel.update(parts.bundle(parts.asked(len(found), len(wanted)), "collecting"), self._mark())
            self.run.add_evidence(*found)
            panel.update(parts.bundle(parts.asked(len(found), len(wanted)), "collecting"), self._mark())
            self._update()

    @told_plainly
    def evidence(self) -> None:
        """What the sources said, item by item."""
        self._show("evidence")

    @told_plainly
    def metrics(self) -> None:
        """The objectives now and before, while the run is open; afterwards what the log says of them."""
        state = self.run.state
        Panel("metrics", self.run.run_id).show(parts.bundle(self._metrics(state), "metrics"), self._mark())

    def _metrics(self, state: RunState) -> tuple[Block, ...]:
        if state.outcome or state.plan is None:
            return parts.without_metrics(state)
        asked = self._request(state)
        configured = asked.parameters.configuration.metrics
        if not configured.objectives or not (configured.csv or configured.prometheus):
            return parts.unmeasured(f"No metrics: {NONE}. To have them, {LINE}.")
        try:
            return parts.measured(judged(asked))
        except SourceError as error:
            return parts.unmeasured(f"No metrics: {error}")

    @told_plainly
    def signoff(self) -> None:
        """Who signs for what, and who has."""
        self._show("signoff")

    @told_plainly
    def result(self) -> None:
        """Whether the release may go on, and why."""
        self._show("result")

    def _show(self, part: str) -> None:
        state = self.run.refresh()
        panel = self._panels.setdefault(part, Panel(part, self.run.run_id))
        panel.show(parts.replayed(part, state), self._mark())

    def _update(self) -> None:
        for part, panel in self._panels.items():
            panel.update(parts.replayed(part, self.run.state), self._mark())

    def _mark(self) -> dict[str, object]:
        state = self.run.state
        return {"events": state.size, "as_of": state.last_at}

    def _request(self, state: RunState) -> Request:
        if state.plan is None:
            raise InputError(f"no plan is bound to run {self.run.run_id}")
        parameters = validate(state.plan.parameters, self._folder)
        return request(state.plan, locate(parameters, self._folder), _now, os.environ)


def _probes(plan: Plan) -> Iterator[tuple[str, str]]:
    for item in plan.checklist.items:
        if item.probe and item.applies not in (Applies.NO, Applies.REMOVED):
            yield item.id, item.probe


def _now() -> datetime:
    return datetime.now(UTC)
