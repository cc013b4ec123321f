"""Judged objectives as rows, and as a pandas table of them; pandas is imported only where such a table is made."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from releasekit.metrics.judge import Judged

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = ("metric", "baseline", "now", "change %", "criteria", "verdict", "why")

Row = tuple[str, float | None, float | None, float | None, str, str, str]


def rows(judged: Sequence[Judged]) -> list[Row]:
    """One row an objective, with the values of COLUMNS; numbers in the metric's unit, None where there is no data."""
    return [
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


def table(judged: Sequence[Judged]) -> "pd.DataFrame":
    """The rows as a table with COLUMNS; NaN where there is no data."""
    import pandas as pd

    frame = pd.DataFrame(rows(judged), columns=list(COLUMNS))
    return frame.astype({"baseline": float, "now": float, "change %": float})
