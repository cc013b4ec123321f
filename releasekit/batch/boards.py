"""Makes the board of a batch and writes it: board.html, board.md, board.json."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from releasekit.batch.order import ordered
from releasekit.document.board import Board, Row, board_data, board_markdown, ranked
from releasekit.document.board_page import board_page
from releasekit.document.when import moment
from releasekit.record.files import write_set
from releasekit.run.events import written

NAMES = ("board.html", "board.md", "board.json")


def board(rows: Sequence[Row], notes: Sequence[str] = (), now: datetime | None = None) -> Board:
    """The rows in order, blockers first."""
    found, cycles = ordered(rows)
    return Board(ranked(found), moment(written(now or datetime.now(UTC))), cycles, tuple(notes))


def write(made: Board, out: Path) -> tuple[Path, ...]:
    """Write the three files into ``out``, all or none. Raises InputError when it cannot be written."""
    data = json.dumps(board_data(made), indent=2, ensure_ascii=False) + "\n"
    return write_set(out, dict(zip(NAMES, (board_page(made), board_markdown(made), data), strict=True)))
