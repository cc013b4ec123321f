"""The live metric table: asks for samples again and again in a thread, and judges them. Waits for nobody."""

from collections.abc import Callable
from datetime import UTC, datetime
from threading import Event, Lock, Thread

from releasekit import document
from releasekit.document.blocks import Block, Paragraph, plain
from releasekit.document.html import Html
from releasekit.document.when import moment
from releasekit.errors import ReleasekitError
from releasekit.metrics.table import table
from releasekit.probes.judges.metrics import LINE, NONE, measured
from releasekit.probes.request import Request
from releasekit.run.run import Run
from releasekit.run.state import RunState
from releasekit.views import parts
from releasekit.views.controls import button, group

EVERY = 15.0  # seconds between samples


class Measuring:
    """The metrics of one run. ``told`` is called whenever ``blocks`` changed."""

    def __init__(self, run: Run, asking: Callable[[RunState], Request], told: Callable[[], None]) -> None:
        self._run = run
        self._asking = asking
        self._told = told
        self._lock = Lock()
        self._stop = Event()
        self._every = EVERY
        self._thread: Thread | None = None
        self._blocks: tuple[Block, ...] = (Paragraph(plain("The first sample is on its way.")),)

    @property
    def blocks(self) -> tuple[Block, ...]:
        """What the last sample said."""
        with self._lock:
            return self._blocks

    def draw(self, state: RunState) -> Html:
        """The table, and the button that keeps what it says as evidence."""
        if state.outcome:
            return Html(document.html(parts.without_metrics(state)))
        said = Html(document.html(self.blocks))
        asked = [item.id for item in state.plan.checklist.items if item.probe in parts.METRICS] if state.plan else []
        keep = button(
            "Keep as evidence", "collect", "keep", "what the metrics say now", given={"items": " ".join(asked)}
        )
        return Html(said + group(keep)) if asked else said

    def start(self, every: float = EVERY) -> None:
        """Begin to sample, or go on at another pace."""
        self._every = every
        if self._thread is None and not self._run.state.outcome:
            self._thread = Thread(target=self._sample, name="releasekit-metrics", daemon=True)
            self._thread.start()

    def stop(self) -> None:
        """Take no more samples."""
        self._stop.set()

    def _sample(self) -> None:
        request: Request | None = None
        while not self._stop.is_set() and not self._run.state.outcome:
            try:
                request = request or self._asking(self._run.state)
                blocks = _told(request, self._every)
            except ReleasekitError as error:
                blocks = parts.unmeasured(f"The metrics are unknown: {error}")
            except Exception as error:  # noqa: BLE001 - a table that stands still would look like one that is fine
                blocks = parts.unmeasured(f"The metrics are unknown: {type(error).__name__}: {error}")
            with self._lock:
                self._blocks = blocks
            self._told()
            self._stop.wait(self._every)


def _told(request: Request, every: float) -> tuple[Block, ...]:
    configured = request.parameters.configuration.metrics
    if not configured.objectives or not (configured.csv or configured.prometheus):
        return parts.unmeasured(f"No metrics: {NONE}. To have them, {LINE}.")
    said = f"Sampled {moment(datetime.now(UTC).isoformat())}, every {every:g} s."
    found = measured(request)
    shown = table([one.judged for one in found]).itertuples(index=False)
    return (*parts.measured(found, shown), Paragraph(plain(said)))
