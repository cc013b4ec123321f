"""What shell text says, as values: commands with their words, lines as people type them, variables it sets."""

from collections.abc import Iterator
from dataclasses import dataclass

from releasekit.errors import Problem
from releasekit.syntax.shell.quoting import Word, filled, unwrapped

LONGEST = 1 << 16  # characters of a value, or of a command, with variables put in: A=$B$B, B=$C$C doubles

_DECLARATIONS = frozenset({"export", "declare", "local", "readonly", "typeset"})
_SETS = frozenset({"read", "mapfile", "readarray", "getopts", "unset"})
SHELLS = frozenset({"sh", "bash", "dash", "ash", "zsh", "ksh"})


@dataclass(frozen=True, slots=True)
class Assignment:
    """``name=value``; ``appends`` for ``+=``. ``name`` may be that of an element: ``a[1]``."""

    name: str
    value: Word
    line: int
    appends: bool = False


@dataclass(frozen=True, slots=True)
class Redirect:
    """``operator`` with its descriptor (``2>&``), and what it names; of ``<<`` the text and raw are the document."""

    operator: str
    target: Word


@dataclass(frozen=True, slots=True)
class Command:
    """One program with its arguments; or assignments alone; or a line that was not understood, which has no words.

    ``environment`` are the assignments before the program, alone, or behind ``export`` and its like. ``line`` and
    ``end`` are those of its text, documents included; ``raw`` is verbatim, but that continued lines are joined.
    ``operator`` joins it to the command before: "&&", "||", "|", "|&", ";", "&"; "" where a line or a block begins.
    ``within``, outermost first, is of "if", "while", "for", "case", "subshell", "substitution", "function NAME", and
    "condition" behind the "if", "while" or "case" that it decides; what a test guards (``[ x ] && { y; }``) counts as
    in an "if". ``conditional``: whether it runs depends on a test, or on a command that failed.
    """

    words: tuple[Word, ...]
    environment: tuple[Assignment, ...]
    line: int
    end: int
    raw: str
    operator: str = ""
    within: tuple[str, ...] = ()
    conditional: bool = False
    redirects: tuple[Redirect, ...] = ()
    understood: bool = True

    @property
    def call(self) -> tuple[Word, ...]:
        """The words from the program on that does the work: without ``sudo -u app``, ``env A=1``, ``bundle exec``."""
        words = self.words
        while words and (inner := unwrapped(words)):
            words = inner
        return words

    @property
    def program(self) -> str:
        """The program of the call, without its folder; "" when only a run would tell."""
        call = self.call
        return call[0].text.rpartition("/")[2] if call and call[0].static else ""


@dataclass(frozen=True, slots=True)
class Line:
    """A line as a person would type it, and the commands that begin in it.

    Continued lines are joined, and so are lists and pipes over several lines; comments are left out; documents and
    quoted newlines are kept. The line of an ``if`` or ``for`` is one when a command stands on it.
    """

    number: int
    end: int
    text: str
    commands: tuple[Command, ...]


@dataclass(frozen=True, slots=True)
class Script:
    """All commands in the order of the text, the lines on which they stand, and what was not understood (the first
    fifty of it); ``loops`` are the variables that a ``for`` sets."""

    commands: tuple[Command, ...]
    lines: tuple[Line, ...]
    problems: tuple[Problem, ...] = ()
    loops: frozenset[str] = frozenset()

    @property
    def assignments(self) -> Iterator[Assignment]:
        """What the script sets for what follows: alone, or with ``export`` and its like; not in a subshell."""
        for command in self.commands:
            first = command.words[0].text if command.words else ""
            if not {"subshell", "substitution"}.intersection(command.within) and (not first or first in _DECLARATIONS):
                yield from command.environment

    def values(self) -> dict[str, str]:
        """The variables that have one static value wherever they are set, with known variables in it put in."""
        found: dict[str, str] = {}
        unknown = {word.text for one in self.commands if one.program in _SETS for word in one.call[1:]} | self.loops
        for one in self.assignments:
            words = filled(one.value, found)
            value = " ".join(word.text for word in words)
            known = all(word.static for word in words) and len(value) <= LONGEST and not one.appends
            if one.name in unknown or not known or found.setdefault(one.name, value) != value:
                unknown.add(one.name)
                found.pop(one.name, None)
        return found
