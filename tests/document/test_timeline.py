"""What happened, as sentences: the newest first, and what was cut off among it."""

from pathlib import Path

from releasekit.document.blocks import Span, Table
from releasekit.document.timeline import timeline
from releasekit.run.run import Run
from tests.run.samples import BOB, Clock, begin_in


def told(run: Run) -> list[str]:
    (table,) = timeline(run.store.events(run.run_id), run.state.plan)
    assert isinstance(table, Table)
    return ["".join(span.text for span in row[-1] if isinstance(span, Span)) for row in table.rows]


def test_where_a_notebook_was_executed_is_left_out_but_for_what_never_ended(tmp_path: Path) -> None:
    run = begin_in(tmp_path)
    run.started("Evidence")
    run.finished("Evidence")
    assert told(run) == ["bound a plan to the run", "opened the run"]
    run.started("Deploy")
    Run(run.store, run.run_id, BOB, Clock()).close("interrupted", "power cut")
    run.refresh()
    assert told(run)[:2] == ["closed the run: interrupted, power cut", "“Deploy” of the notebook began and never ended"]
