"""The board: where many releases stand, services by sections, blockers first; as Markdown and as data. Knows no run."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any
from urllib.parse import quote

from releasekit.document.escape import markdown_cell, markdown_text

SCHEMA = "releasekit/board/1"
READY = {"no-go": "no-go", "cannot-tell": "cannot tell", "go": "go"}
_MOST_SENTENCES = 3


@dataclass(frozen=True, slots=True)
class Cell:
    """A section of one release: of the items that its level requires, how many are settled, and the worst of the rest.

    ``verdict`` is ``fail``, ``unknown``, ``open`` (people have not answered), ``ok`` or ``none`` (nothing is required);
    ``why`` names the items behind it.
    """

    title: str
    verdict: str
    settled: int
    required: int
    why: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One release. ``record`` is the path of its page as seen from the board, "" when there is none.

    ``status`` is as in a record (open, interrupted, deployed ...), or ``failed`` when there is no run to speak of, with
    the ``problem`` in one line. ``machine`` and ``all`` are readiness, "" when it is not known. ``needs`` are services
    of the same board that this one calls. ``wave`` counts from 1: those of one wave need nobody of a later one.
    ``seconds`` is how long it took, None when it was not executed this time.
    """

    service: str
    version: str = ""
    environment: str = ""
    file: str = ""
    run: str = ""
    record: str = ""
    status: str = "failed"
    problem: str = ""
    phase: str = ""
    machine: str = ""
    all: str = ""
    sections: tuple[Cell, ...] = ()
    blocked: tuple[str, ...] = ()
    waiting: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()
    wave: int = 0
    seconds: float | None = None

    @property
    def rank(self) -> int:
        """0 a problem, 1 no-go, 2 blocked by evidence, 3 waiting for people, 4 go: blockers come first."""
        if self.problem or not self.machine:
            return 0
        if "no-go" in (self.machine, self.all):
            return 1
        if self.machine == "cannot-tell":
            return 2
        return 4 if self.all == "go" else 3

    @property
    def verdict(self) -> str:
        """The rank in words."""
        return VERDICTS[self.rank]


VERDICTS = ("no record", "no-go", "blocked by evidence", "waiting for people", "go")


@dataclass(frozen=True, slots=True)
class Board:
    """All rows, as they are to be shown; ``cycles`` are services that need each other, ``notes`` what was left out."""

    rows: tuple[Row, ...]
    at: str
    cycles: tuple[tuple[str, ...], ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def titles(self) -> tuple[str, ...]:
        """The sections of all rows, in the order of the first that has them."""
        return tuple(dict.fromkeys(cell.title for row in self.rows for cell in row.sections))

    @property
    def counts(self) -> Mapping[str, int]:
        """How many rows have which verdict."""
        return {word: sum(row.verdict == word for row in self.rows) for word in VERDICTS}


def ranked(rows: Sequence[Row]) -> tuple[Row, ...]:
    """Blockers first; among equals providers before their consumers."""
    return tuple(sorted(rows, key=lambda row: (row.rank, row.wave, row.service, row.version, row.environment)))


def board_data(board: Board) -> dict[str, Any]:
    """The board as JSON data."""
    return {
        "schema": SCHEMA,
        "at": board.at,
        "counts": dict(board.counts),
        "order": [list(wave) for wave in waves(board)],
        "cycles": [list(cycle) for cycle in board.cycles],
        "notes": list(board.notes),
        "services": [{**_lists(asdict(row)), "verdict": row.verdict} for row in board.rows],
    }


def board_markdown(board: Board) -> str:
    """The board as Markdown: counts, one table, and what blocks each release."""
    return "\n".join(_lines(board)) + "\n"


def waves(board: Board) -> tuple[tuple[str, ...], ...]:
    """The order of release: services of one wave may go at the same time."""
    numbers = sorted({row.wave for row in board.rows if row.wave})
    return tuple(tuple(sorted({row.service for row in board.rows if row.wave == one})) for one in numbers)


def counted(board: Board) -> str:
    """The counts in one sentence."""
    said = ", ".join(f"{count} {word}" for word, count in board.counts.items() if count)
    return f"{len(board.rows)} services: {said}."


def cell_text(cell: Cell) -> str:
    """What a cell says without colour."""
    if cell.verdict == "none":
        return "-"
    return f"{cell.verdict} {cell.settled}/{cell.required}"


def _lines(board: Board) -> Iterator[str]:
    yield from ("# Release board", "", markdown_text(counted(board)), "", f"As of {markdown_text(board.at)}.", "")
    for note in board.notes:
        yield f"- {markdown_text(note)}"
    if len(waves(board)) > 1:
        yield from ("", "Providers before consumers: " + markdown_text(_order(board)), "")
    for cycle in board.cycles:
        yield f"- These need each other: {markdown_text(', '.join(cycle))}"
    titles = board.titles
    heads = ("service", "version", "to", "verdict", "evidence", "people", *titles)
    yield from ("", f"| {' | '.join(markdown_cell(markdown_text(head)) for head in heads)} |")
    yield f"|{'|'.join(' --- ' for _ in heads)}|"
    for row in board.rows:
        yield _table_row(row, titles)
    for row in board.rows:
        yield from _behind(row)


def _order(board: Board) -> str:
    return " → ".join(", ".join(wave) for wave in waves(board))


def _table_row(row: Row, titles: Sequence[str]) -> str:
    cells = {cell.title: cell for cell in row.sections}
    name = markdown_text(row.service)
    linked = f"[{name}](<{quote(row.record.removesuffix('.html'))}.md>)" if row.record else name
    said = [linked, *map(markdown_text, (row.version, row.environment, row.verdict))]
    said += [str(len(row.blocked)), str(len(row.waiting))]
    said += [cell_text(cells[title]) if title in cells else "" for title in titles]
    return f"| {' | '.join(map(markdown_cell, said))} |"


def _behind(row: Row) -> Iterator[str]:
    if not row.problem and not row.blocked:
        return
    yield from ("", f"## {markdown_text(f'{row.service} {row.version}'.strip())}: {row.verdict}", "")
    if row.problem:
        yield f"- {markdown_text(row.problem)}"
    for sentence in row.blocked[:_MOST_SENTENCES]:
        yield f"- {markdown_text(sentence)}"
    if len(row.blocked) > _MOST_SENTENCES:
        yield f"- and {len(row.blocked) - _MOST_SENTENCES} more, in the record"


def _lists(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _lists(one) for key, one in value.items()}
    return [_lists(one) for one in value] if isinstance(value, list | tuple) else value
