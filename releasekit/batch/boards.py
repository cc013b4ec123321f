"""Makes the board, of a batch or of the log, writes board.html, board.md and board.json, shows it in a notebook."""

import json
import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from releasekit.batch.order import ordered
from releasekit.batch.standing import page, row
from releasekit.batch.work import STORE, store_address
from releasekit.document.board import Board, Row, board_data, board_markdown, counted, ranked
from releasekit.document.board_page import board_html, board_page
from releasekit.document.when import moment
from releasekit.errors import InputError
from releasekit.record.place import Place, at
from releasekit.run.events import written
from releasekit.run.log import DamagedError
from releasekit.run.replay import replay
from releasekit.run.store import Store, open_store
from releasekit.views.failure import told_plainly
from releasekit.views.parts import style
from releasekit.views.shown import Panel

NAMES = ("board.html", "board.md", "board.json")
_AT_ONCE = 16  # questions to an object store


def board(rows: Sequence[Row], notes: Sequence[str] = (), now: datetime | None = None) -> Board:
    """The rows in order, blockers first."""
    found, cycles = ordered(rows)
    return Board(ranked(found), moment(written(now or datetime.now(UTC))), cycles, tuple(notes))


def write(made: Board, out: Place) -> tuple[str, ...]:
    """Write the three files, and say where they are. Raises InputError, SourceError when they cannot be written."""
    data = json.dumps(board_data(made), indent=2, ensure_ascii=False) + "\n"
    return out.write(dict(zip(NAMES, (board_page(made), board_markdown(made), data), strict=True)))


def of_log(store: Store, out: Place, now: datetime | None = None) -> Board:
    """The board as the log has it now: the newest run of each service in each environment.

    ``out`` is where the records are. A run whose log is damaged is a row that says so. Raises StoreError when the store
    cannot be read, SourceError when an object store does not answer.
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
            rows.append(row(state, page(state), moment_of_it))
    with ThreadPoolExecutor(_AT_ONCE) as asking:  # an object store is asked for each
        there = asking.map(lambda one: bool(one.record) and out.holds(one.record), rows)
        rows = [one if found else replace(one, record="") for one, found in zip(rows, there, strict=True)]
    return board(rows, now=moment_of_it)


@told_plainly
def show(out: str = "reports") -> None:
    """Show in the notebook's cell the board of the records in a folder or at an address of an object store.

    RELEASEKIT_STORE names the store of their runs, if it is not the folder's own.
    """
    place = at(out)
    address = store_address(place, os.environ)
    if "RELEASEKIT_STORE" not in os.environ and not place.holds(STORE):
        raise InputError("there are no runs", place.below(STORE).name, "make some: releasekit batch PARAMETERS...")
    made = of_log(open_store(address, Path()), place)
    Panel("style", "board").show(style(), {})
    shown = {
        "text/plain": counted(made),
        "text/markdown": board_markdown(made),
        "text/html": board_html(made),
    }
    Panel("board", "board").show(shown, {"as_of": made.at})
