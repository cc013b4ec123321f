"""Judged objectives as a pandas table. Imported only where a table is shown."""

from collections.abc import Sequence

import pandas as pd

from releasekit.metrics.judge import Judged

COLUMNS = ("metric", "baseline", "now", "change %", "criteria", "verdict", "why")


def table(judged: Sequence[Judged]) -> pd.DataFrame:
    """One row an objective, columns as COLUMNS; numbers in the metric's unit, NaN where there is no data."""
    rows = [
        (
            item.objective.name,
            item.baseline,
            item.now,
            item.change,
            " and ".join(criterion.text for criterion in item.objective.passes)
            + "".join(f"; fails at {criterion.text}" for criterion in item.objective.fails),
            str(item.outcome),
            item.sentence,
        )
        for item in judged
    ]
    frame = pd.DataFrame(rows, columns=list(COLUMNS))
    return frame.astype({"baseline": float, "now": float, "change %": float})
