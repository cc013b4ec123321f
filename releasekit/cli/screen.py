"""What people see in a terminal: problems, tables, progress. Respects NO_COLOR and anything that is no terminal."""

import json
import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from typing import TYPE_CHECKING, Protocol

from releasekit.errors import ReleasekitError

if TYPE_CHECKING:
    from rich.box import Box
    from rich.console import Console
    from rich.progress import Progress

    from releasekit.document.board import Row

VERDICTS = {"pass": "green", "go": "green", "warn": "yellow", "fail": "red", "no-go": "red", "unknown": "magenta"}


@lru_cache(maxsize=2)
def console(*, error: bool = False) -> "Console":
    """The terminal; lines are not broken where the output is a file or a pipe."""
    from rich.console import Console

    stream = sys.stderr if error else sys.stdout
    width = None if stream.isatty() else 10_000
    return Console(stderr=error, highlight=False, soft_wrap=True, width=width)


def say(text: str, *, error: bool = False, style: str = "") -> None:
    """One line of plain text; nothing in it is markup."""
    console(error=error).print(_plain(text), style=style or None, markup=False)


def out(text: str) -> None:
    """A text for programs, as it is."""
    sys.stdout.write(text if text.endswith("\n") else text + "\n")


def as_json(data: object) -> None:
    """JSON alone on standard output."""
    out(json.dumps(data, indent=2, ensure_ascii=False))


def problems(error: ReleasekitError) -> None:
    """Every problem of an error: what, where, what to do."""
    from rich.markup import escape

    for problem in error.problems:
        head = f"{problem.where}: {problem.what}" if problem.where else problem.what
        console(error=True).print(f"[bold red]error:[/] {escape(_plain(head))}")
        if problem.do:
            console(error=True).print(f"       {escape(_plain(problem.do))}")


def table(columns: Sequence[str], rows: Iterable[Sequence[object]], title: str = "") -> None:
    """A table for people; on a pipe, columns without frames."""
    from rich.markup import escape
    from rich.table import Table

    plain = not sys.stdout.isatty()
    grid = Table(*columns, title=escape(title) or None, box=None if plain else _box(), title_justify="left")
    for column in grid.columns:
        column.overflow = "fold"
    for row in rows:
        grid.add_row(*(_cell(value) for value in row))
    console().print(grid)


class Bar(Protocol):
    """What reports progress: how many of how many, and what is being done."""

    def __call__(self, done: int, total: int, doing: str) -> None: ...


@contextmanager
def progress(title: str) -> Iterator[Bar]:
    """A progress bar on standard error; silent where that is no terminal."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}", markup=False), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console(error=True), disable=not sys.stderr.isatty(), transient=True) as bar:
        task = bar.add_task(title, total=None)

        def tell(done: int, total: int, doing: str) -> None:
            bar.update(task, completed=done, total=total, description=_plain(f"{title}: {doing}"))

        yield tell


class Watching:
    """What a batch is at: a bar with what runs now and the time left; on a pipe, a line for each service done."""

    def __init__(self, bar: "Progress", total: int) -> None:
        self._bar = bar
        self._task = bar.add_task("", total=total)
        self._now: dict[str, str] = {}

    def doing(self, service: str, what: str) -> None:
        """A service has come to this place of its notebook."""
        self._now[service] = what
        self._show(0)

    def done(self, row: "Row") -> None:
        """A service has its row."""
        self._now.pop(row.service, None)
        self._show(1)
        if row.problem or not sys.stderr.isatty():
            said = f"{row.service} {row.version}".strip()
            say(f"{said}: {row.problem or row.verdict}", error=True, style="red" if row.problem else "")

    def _show(self, more: int) -> None:
        now = ", ".join(f"{service} ({what})" for service, what in self._now.items())
        self._bar.update(self._task, advance=more, description=_plain(now[:100]))


@contextmanager
def watching(total: int) -> Iterator[Watching]:
    """Show on standard error how a batch of so many services goes."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(elapsed_when_finished=True),
        TextColumn("{task.description}", markup=False),
    )
    with Progress(*columns, console=console(error=True), disable=not sys.stderr.isatty(), transient=True) as bar:
        yield Watching(bar, total)


def silence() -> None:
    """The reader of a pipe went away: write nothing more, complain about nothing."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _plain(text: str) -> str:
    """Text from elsewhere without control characters, so that it cannot steer the terminal (A23)."""
    return "".join(
        character
        if character in "\n\t" or (character.isprintable() and character not in _BIDI)
        else "\N{REPLACEMENT CHARACTER}"
        for character in text
    )


# characters that reverse or isolate what follows them (Unicode TR36, bidirectional text spoofing)
_BIDI = frozenset(map(chr, (*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200E, 0x200F)))


def _cell(value: object) -> str:
    from rich.markup import escape

    text = "" if value is None else _plain(str(value))
    style = VERDICTS.get(text)
    return f"[{style}]{escape(text)}[/]" if style else escape(text)


def _box() -> "Box":
    from rich import box

    return box.SIMPLE_HEAD
