"""Command lines as the real programs take them: verbs, options with and without a value, how many arguments.

What a real program does not have is refused here too; the effect of a verb is a function that is registered with it.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


class RefusedError(Exception):
    """A stand-in ends as the real program would: with this message and a status that is not 0."""

    def __init__(self, message: str, status: int = 1) -> None:
        super().__init__(message)
        self.status = status


@dataclass
class Call:
    """One command line, understood."""

    verb: str
    cwd: Path
    options: dict[str, list[str]] = field(default_factory=dict)
    args: list[str] = field(default_factory=list)
    rest: list[str] = field(default_factory=list)
    stdin: Callable[[], str] = lambda: ""

    def has(self, *names: str) -> bool:
        """Whether one of these options is given."""
        return any(name in self.options for name in names)

    def all(self, *names: str) -> list[str]:
        """The values of these options, in the order in which they are given."""
        return [value for name in names for value in self.options.get(name, [])]

    def one(self, *names: str, default: str = "") -> str:
        """The last value of these options."""
        return (self.all(*names) or [default])[-1]

    def path(self, text: str) -> Path:
        """A path as the command takes it; it has to be there."""
        place = self.cwd / text
        if not place.exists():
            raise RefusedError(f"{text}: no such file or directory")
        return place


Effect = Callable[[Any, Call], str | None]
_ANY = 1_000_000


@dataclass(frozen=True)
class Verb:
    """``least`` and ``most`` arguments; ``tail`` says that everything after so many arguments is passed on as it is."""

    options: frozenset[str]
    effect: Effect
    least: int = 0
    most: int = _ANY
    tail: int | None = None


@dataclass
class Tool:
    """A program. Options are written as in its help, with ``=`` behind those that take a value.

    ``before`` stand between the program and its verb, ``anywhere`` also behind it. ``single`` is for programs of Go's
    `flag` package: long options have one dash, and end where arguments begin. ``strict`` refuses a value that begins
    with a dash, as Python's argparse does.
    """

    name: str
    before: str = ""
    anywhere: str = ""
    single: bool = False
    strict: bool = False
    verbs: dict[str, Verb] = field(default_factory=dict)

    def verb(
        self, names: str, options: str = "", *, least: int = 0, most: int = _ANY, tail: int | None = None
    ) -> Callable[[Effect], Effect]:
        """Register what verbs do (several names: with commas between them)."""

        def registered(effect: Effect) -> Effect:
            known = frozenset((*options.split(), *self.anywhere.split()))
            for name in names.split(","):
                self.verbs[" ".join(name.split())] = Verb(known, effect, least, most, tail)
            return effect

        return registered

    def looks(self, names: str, options: str = "", *, least: int = 0, most: int = _ANY, says: str = "") -> None:
        """Register verbs that only look."""
        self.verb(names, options, least=least, most=most)(lambda world, call: says or f"{self.name} {call.verb}: ok\n")

    def run(self, world: Any, words: list[str], cwd: Path, stdin: Callable[[], str]) -> str:
        """What the program prints; RefusedError when it would fail."""
        verb, call = self.understood(words, cwd)
        call.stdin = stdin
        return verb.effect(world, call) or ""

    def understood(self, words: list[str], cwd: Path) -> tuple[Verb, Call]:
        """The verb of a command line, and the line taken apart."""
        options: dict[str, list[str]] = {}
        before = frozenset((*self.before.split(), *self.anywhere.split()))
        at, said = 0, ""
        while at < len(words):
            if words[at].startswith("-") and words[at] != "-":
                if said in self.verbs:
                    break
                at = self._option(words, at, before, options, said or self.name)
                continue
            longer = f"{said} {words[at]}".strip()
            if not any(name == longer or name.startswith(f"{longer} ") for name in self.verbs):
                break
            said, at = longer, at + 1
        if said not in self.verbs:
            raise RefusedError(f"{self.name}: unknown command {' '.join(words[: at + 1])!r}")
        verb = self.verbs[said]
        call = Call(said, cwd, options)
        self._behind(verb, call, words[at:])
        if not verb.least <= len(call.args) <= verb.most:
            raise RefusedError(f"{self.name} {said}: takes {verb.least} to {verb.most} arguments, not {call.args}")
        return verb, call

    def _behind(self, verb: Verb, call: Call, words: list[str]) -> None:
        at = 0
        while at < len(words):
            word = words[at]
            if verb.tail is not None and len(call.args) >= verb.tail:
                call.rest = words[at + 1 :] if word == "--" else words[at:]
                return
            if word == "--":
                call.rest = words[at + 1 :]
                return
            if word.startswith("-") and word != "-" and not (self.single and call.args):
                at = self._option(words, at, verb.options, call.options, call.verb)
            else:
                call.args.append(word)
                at += 1

    def _option(
        self, words: list[str], at: int, known: frozenset[str], options: dict[str, list[str]], where: str
    ) -> int:
        """Take one option in, and return where the next word is."""
        word = words[at]
        name, equals, value = word.partition("=")
        if not self.single and name not in known and f"{name}=" not in known and not word.startswith("--"):
            return self._short(words, at, known, options, where)
        if f"{name}=" in known:
            if equals:
                options.setdefault(name, []).append(value)
                return at + 1
            if at + 1 >= len(words) or (self.strict and words[at + 1].startswith("-")):
                raise RefusedError(f"{self.name} {where}: flag needs an argument: {name}")
            options.setdefault(name, []).append(words[at + 1])
            return at + 2
        if name not in known:
            raise RefusedError(f"{self.name} {where}: unknown flag: {name}")
        options.setdefault(name, []).append(value or "true")
        return at + 1

    def _short(
        self, words: list[str], at: int, known: frozenset[str], options: dict[str, list[str]], where: str
    ) -> int:
        """``-it`` is two switches, ``-nshop`` an option with its value."""
        word = words[at]
        if f"{word[:2]}=" in known and len(word) > 2:
            options.setdefault(word[:2], []).append(word[2:])
            return at + 1
        for letter in word[1:]:
            if f"-{letter}" not in known:
                raise RefusedError(f"{self.name} {where}: unknown flag: {word}")
            options.setdefault(f"-{letter}", []).append("true")
        return at + 1
