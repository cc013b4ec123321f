"""What the cells of the release notebook call: one object that shows the parts of a run. Keeps no state of its own."""

import os
import threading
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from releasekit.document.blocks import Block
from releasekit.document.timeline import SHOWN, timeline
from releasekit.errors import InputError, SourceError
from releasekit.metrics.table import rows, table
from releasekit.parameters.reading import validate
from releasekit.plan.compose import locate, request
from releasekit.probes.collect import collect
from releasekit.probes.evidence import Evidence
from releasekit.probes.judges.metrics import LINE, NONE, measured
from releasekit.probes.request import Request
from releasekit.run.gathering import informed, not_due, wanted
from releasekit.run.keeping import keeper
from releasekit.run.run import Run
from releasekit.run.state import RunState
from releasekit.views import opening, parts
from releasekit.views.failure import told_plainly
from releasekit.views.presence import attended
from releasekit.views.shown import Bundle, Panel, show_widget

if TYPE_CHECKING:
    import pandas as pd

    from releasekit.views.live import Live

_OPEN: dict[str, "Walkthrough"] = {}  # by run: who shows it in this kernel, so that the next one can take its place


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
        self._panels: dict[str, Panel] = {}
        self._live: Live | None = None
        self._writing = threading.Lock()
        Panel("style", run.run_id).show(parts.style(), self._mark())
        if interactive and not run.state.outcome:
            self._go_live()

    def _go_live(self) -> None:
        """Show the run live in this kernel; what showed it before ends, and its places in the notebook come over."""
        from releasekit.views.live import Live

        before = _OPEN.pop(self.run.run_id, None)
        if before is not None:
            before.end()
            self._panels = before._panels
        self._live = Live(self.run, self._request, self._update, self._record)
        _OPEN[self.run.run_id] = self
        show_widget(self._live.guard)

    def end(self) -> None:
        """Show nothing any more."""
        if self._live is not None:
            self._live.close()

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
        self._show("checklist")

    @told_plainly
    def collect(self) -> None:
        """Ask the sources, while the run is open; what they bring is in the log, and shown wherever it belongs.

        Live, nobody waits: what was never answered is asked in a thread, the rest when somebody wants it again.
        """
        state = self.run.refresh()
        if self._live is not None:
            self._live.gathering.start(missing=True)
            self._display("collecting", parts.bundle(parts.asking(), "collecting"))
            return
        pairs, later = wanted(state), len(not_due(state))
        panel = self._display("collecting", parts.bundle(parts.asked(0, len(pairs), later), "collecting"))
        if pairs:
            asked = self._request(state)
            kept = keeper(self._record, asked)
            found: list[Evidence] = list(collect(pairs, asked, keep=kept.keep if kept else None))
            # in the checklist's order, not in that of the answers: the same release gives the same record
            found.sort(key=lambda evidence: pairs.index((evidence.item, evidence.probe)))
            self.run.add_evidence(*found)
            trouble = parts.unmeasured(kept.trouble) if kept and kept.trouble else ()
            said = (*parts.asked(len(found), len(pairs), later), *trouble)
            panel.update(parts.bundle(said, "collecting"), self._mark())
            self._update()

    @told_plainly
    def evidence(self) -> None:
        """What the sources said, item by item."""
        self._show("evidence")

    @told_plainly
    def metrics(self, every: float = 15.0) -> None:
        """The objectives now and before, while the run is open, live every so many seconds; then the log's word."""
        if self._live is not None:
            self._live.measuring.start(every)
        self._display("metrics", parts.bundle(self._metrics(), "metrics"))

    def _metrics(self) -> tuple[Block, ...]:
        state = self.run.state
        if state.outcome or state.plan is None:
            return parts.without_metrics(state)
        if self._live is not None:
            return self._live.measuring.blocks
        asked = self._request(state)
        configured = asked.parameters.configuration.metrics
        if not configured.objectives or not (configured.csv or configured.prometheus):
            return parts.unmeasured(f"No metrics: {NONE}. To have them, {LINE}.")
        try:
            found = measured(asked)
        except SourceError as error:
            return parts.unmeasured(f"No metrics: {error}")
        return parts.measured(found, rows([one.judged for one in found]))  # who only reads them needs no pandas

    @told_plainly
    def table(self) -> "pd.DataFrame":
        """The objectives now, as a pandas table to work with in a cell of your own. Raises SourceError."""
        return table([one.judged for one in measured(self._request(self.run.state))])

    @told_plainly
    def signoff(self) -> None:
        """Who signs for what, and who has."""
        self._show("signoff")

    @told_plainly
    def result(self) -> None:
        """Whether the release may go on, and why."""
        self._show("result")

    @told_plainly
    def timeline(self) -> None:
        """What happened, the newest first."""
        self._display("timeline", self._bundle("timeline"))

    def _show(self, part: str) -> None:
        self.run.refresh()
        self._display(part, self._bundle(part))

    def _display(self, part: str, bundle: Bundle) -> Panel:
        live = self._live.part(part) if self._live else None
        if live is not None:
            show_widget(live.widget)
        panel = self._panels[part] = Panel(part, self.run.run_id)
        panel.show(bundle, self._mark())
        return panel

    def _bundle(self, part: str) -> Bundle:
        state = self.run.state
        if part == "timeline":
            # before somebody's eyes the newest will do; a record has all of it
            limit = SHOWN if self._live is not None and not state.outcome else None
            return parts.bundle(timeline(self.run.store.events(self.run.run_id), state.plan, limit), part)
        if part == "metrics":
            return parts.bundle(self._metrics(), part)
        return parts.replayed(part, state)

    def _update(self) -> None:
        """Show anew what was displayed and says something else now."""
        with self._writing:
            for part, panel in tuple(self._panels.items()):
                if part != "collecting":
                    panel.update(self._bundle(part), self._mark())

    def _mark(self) -> dict[str, object]:
        state = self.run.state
        return {"events": state.size, "as_of": state.last_at}

    @property
    def _record(self) -> Path | None:
        """The run's folder, in which its notebook lies and runs; None for a run that has none."""
        here = Path.cwd()
        return here if here.name == self.run.run_id else None

    def _request(self, state: RunState) -> Request:
        if state.plan is None:
            raise InputError(f"no plan is bound to run {self.run.run_id}")
        parameters = validate(state.plan.parameters, self._folder)
        asked = request(state.plan, locate(parameters, self._folder), _now, os.environ)
        return informed(asked, self.run.store.events(self.run.run_id))


def _now() -> datetime:
    return datetime.now(UTC)
