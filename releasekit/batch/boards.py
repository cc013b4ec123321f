"""Makes the board, of a batch or of the log, writes board.html, board.md and board.json, shows it in a notebook."""

import json
import os
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from releasekit.batch.order import ordered
from releasekit.batch.standing import row
from releasekit.document.board import Board, Row, board_data, board_markdown, counted, ranked
from releasekit.document.board_page import board_html, board_page
from releasekit.document.when import moment
from releasekit.errors import InputError
from releasekit.record.files import write_set
from releasekit.run.events import written
from releasekit.run.log import DamagedError
from releasekit.run.replay import replay
from releasekit.run.store import Store, open_store
from releasekit.views.failure import told_plainly
from releasekit.views.parts import style
from releasekit.views.shown import Panel

NAMES = ("board.html", "board.md", "board.json")


def board(rows: Sequence[Row], notes: Sequence[str] = (), now: datetime | None = None) -> Board:
    """The rows in order, blockers first."""
    found, cycles = ordered(rows)
    return Board(ranked(found), moment(written(now or datetime.now(UTC))), cycles, tuple(notes))


def write(made: Board, out: Path) -> tuple[Path, ...]:
    """Write the three files into ``out``, all or none. Raises InputError when it cannot be written."""
    data = json.dumps(board_data(made), indent=2, ensure_ascii=False) + "\n"
    return write_set(out, dict(zip(NAMES, (board_page(made), board_markdown(made), data), strict=True)))


def of_log(store: Store, out: Path, now: datetime | None = None) -> Board:
    """The board as the log has it now: the newest run of each service in each environment.

    A run whose log is damaged is a row that says so. Raises StoreError when the store cannot be read.
    """
    moment_of_it = now or datetime.now(UTC)
    newest = {(line.service, line.environment): line for line in reversed(store.runs())}
    rows = []
    for line in newest.values():
        try:
            state = replay(store.events(line.run))
        except DamagedError as error:
            rows.append(Row(line.service, line.version, line.environment, run=line.run, problem=error.problems[0].what))
        else:
            rows.append(row(state, out / line.service / line.version / line.run, out, moment_of_it))
    return board(rows, now=moment_of_it)


@told_plainly
def show(out: str = "reports") -> None:
    """Show the board of an output folder in the notebook's cell. RELEASEKIT_STORE names another store."""
    folder = Path(out)
    address = os.environ.get("RELEASEKIT_STORE")
    if not address and not (folder / "releases.db").is_file():
        raise InputError("there are no runs", str(folder / "releases.db"), "make some: releasekit batch PARAMETERS...")
    made = of_log(open_store(address, folder), folder)
    Panel("style", "board").show(style(), {})
    shown = {
        "text/plain": counted(made),
        "text/markdown": board_markdown(made),
        "text/html": board_html(made),
    }
    Panel("board", "board").show(shown, {"as_of": made.at})
