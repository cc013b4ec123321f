"""Shell text as facts ask for it: lines as people type them, what is handed to other shells, what only prints, where
each command runs. Runs nothing, and reads through `syntax.shell` alone.
"""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import zip_longest

from releasekit.errors import ParseError
from releasekit.facts.code import at, has_below
from releasekit.facts.files import Files
from releasekit.syntax import shell
from releasekit.syntax.shell import SHELLS, Command, Redirect, Script

_SHEBANG = re.compile(r"#!\s*(?:\S*/)?(?:env\s+(?:-\S+\s+)*)?(?:\S*/)?(?P<program>\w+)")
# of ssh, those that take a value (ssh(1))
_SSH_OPTIONS = frozenset("-B -b -c -D -E -e -F -I -i -J -L -l -m -O -o -p -Q -R -S -W -w".split())
# what a script calls the function that speaks to people
_PRINTS = re.compile(
    r"(?:echo|printf|log|info|warn(?:ing)?|err(?:or)?|die|fail|abort|say|msg|message|print)(?:_\w+)?|(?:log|print|echo|msg)_\w+"
)
_WRITES = frozenset((">", ">>", ">|", "1>", "1>>", "&>", "&>>"))
_SCREEN = frozenset(("/dev/stderr", "/dev/stdout", "/dev/tty", "/dev/null"))
_DEPTH = 3
# budgets for what variables make of a text, in characters: of a value that is put in, of all that is put in, and by
# how much a text that is handed on may be longer than what is written
_LONGEST, _MOST, _LONGER = 500, 1 << 16, 100
_SHORT = 1 << 11  # characters


@dataclass(frozen=True, slots=True)
class Handed:
    """A text that a command hands to another shell, and the line on which it begins."""

    text: str
    line: int


def read(text: str, path: str, line: int = 1) -> Script:
    """The script, of which ``line`` is the first; an empty one when it is over its budgets."""
    return (_kept if len(text) < _SHORT else _read)(text, path, line)


def _parsed(text: str, path: str, line: int) -> Script:
    try:
        return shell.parse(text, path, line=line)
    except ParseError:
        return Script((), ())


# steps of pipelines are short and many, and several detectors ask for them; scripts are long and few
_kept, _read = lru_cache(maxsize=4096)(_parsed), lru_cache(maxsize=256)(_parsed)


def is_shell(path: str, text: str) -> bool:
    """Whether a file is a script of a shell: by its first line, else by its ending."""
    if text.startswith("#!"):
        found = _SHEBANG.match(text)
        return found is not None and found["program"] in SHELLS
    return path.endswith((".sh", ".bash"))


def lines(text: str, path: str, line: int = 1, depth: int = 0) -> Iterator[tuple[int, str]]:
    """(number, command line): continued lines joined, comments left out. A document (``<<``) stands line by line."""
    for one in read(text, path, line).lines:
        found = [(command, document) for command in one.commands for document in documents(command)]
        typed = one.text
        for _, document in found:
            at = typed.find(f"\n{document.target.raw}")
            ends = typed.find("\n", at + 1 + len(document.target.raw))
            typed = typed[:at] + (typed[ends:] if ends >= 0 else "") if at >= 0 else typed
        yield one.number, typed
        for command, document in found:
            first = command.end - document.target.raw.count("\n")
            if _reads(command) and depth < _DEPTH:
                yield from lines(document.target.raw, path, first, depth + 1)
            else:
                rows = enumerate(document.target.raw.split("\n"), first)
                yield from ((number, row.strip()) for number, row in rows if row.strip())


def handed(command: Command) -> Iterator[Handed]:
    """The texts that a command hands to another shell: ``sh -c``, here or in a container, ``ssh``, a document."""
    words = [word.text for word in command.call]
    at = next((n for n, word in enumerate(words) if word.rpartition("/")[2] in SHELLS), None)
    if command.program == "su":
        at = 0
    given = range(at + 1, len(words) - 1) if at is not None else ()
    text = next((words[n + 1] for n in given if re.fullmatch(r"-[a-z]*c", words[n])), "")
    if command.program == "ssh":
        text = " ".join(_behind_host(words[1:]))
    elif command.program == "eval":
        text = " ".join(words[1:])
    if text:
        start = max(command.raw.find(text), 0)
        yield Handed(text, max(command.line, command.end - command.raw.count("\n", start)))
    for document in documents(command) if _reads(command) else ():
        yield Handed(document.target.raw, command.end - document.target.raw.count("\n"))


def given(words: Sequence[str], options: Collection[str]) -> Iterator[str]:
    """What these options are given: ``-f x``, ``--file=x``."""
    for option, then in zip_longest(words, words[1:], fillvalue=""):
        name, equals, value = option.partition("=")
        if name in options:
            yield value if equals else then


def documents(command: Command) -> Iterator[Redirect]:
    """The redirections of a command that give it a text: ``<<``."""
    return (one for one in command.redirects if re.fullmatch(r"\d*<<-?", one.operator))


def doing(script: Script) -> Iterator[Command]:
    """The commands that do something: without those that only print a text for people."""
    for command, then in zip_longest(script.commands, script.commands[1:]):
        if not prints(command) or (then and then.operator in {"|", "|&"}):
            yield command


def prints(command: Command) -> bool:
    """Whether a command prints the text it is given; into no file."""
    written = any(one.operator in _WRITES and one.target.text not in _SCREEN for one in command.redirects)
    shown = command.program == "cat" and any(documents(command))
    return not written and (shown or _PRINTS.fullmatch(command.program) is not None)


@dataclass(frozen=True, slots=True)
class Ran:
    """A command that a shell text runs, with known variables put in, and the folder it runs in ("" for the root).

    ``typed`` is the command of the text itself that leads to it, typed in ``place``: the same one, or the ``ssh``, the
    ``sh -c`` and the like that hands it to another shell.
    """

    command: Command
    folder: str
    typed: Command
    place: str


def everything(files: Files, text: str, path: str, line: int = 1, here: str = "") -> Iterator[Ran]:
    """All that a text does, what it hands to other shells included, each command behind the one that leads to it.

    A folder that is not there (it lies on a server) counts as the one before.
    """
    return _everything(files, Handed(text, line), path, here, None, 0)


def _everything(files: Files, given: Handed, path: str, here: str, outer: Ran | None, depth: int) -> Iterator[Ran]:
    script = read(given.text, path, given.line)
    values = _values(script)
    grown = 0
    places = [here]  # where the script is, and where each subshell around a command is: `( cd x )` ends with it
    for one in doing(script):
        command = shell.expand(one, values) if grown < _MOST else one
        grown += max(0, sum(len(word.text) for word in command.words) - len(one.raw))
        deep = sum(block in {"subshell", "substitution"} for block in command.within)
        places = [*places[: deep + 1], *places[-1:] * (deep + 1 - len(places))]
        ran = Ran(command, places[-1], outer.typed if outer else command, outer.place if outer else places[-1])
        yield ran
        if command.program in {"cd", "pushd"}:
            places[-1] = _moved(files, command, places[-1], here)
        for text in handed(command) if depth < _DEPTH else ():
            if len(text.text) <= 2 * len(command.raw) + _LONGER:
                yield from _everything(files, text, path, places[-1], ran, depth + 1)


def _values(script: Script) -> dict[str, str]:
    """The variables with one value wherever they are set, also where only a run would tell a part of it."""
    known = script.values()
    found: dict[str, str] = {}
    several = set(script.loops)
    for one in script.assignments:
        words = shell.expand(Command((one.value,), (), one.line, one.line, ""), known).words
        text = " ".join(word.text for word in words)
        whole = all(word.static for word in words)  # then it is known, or another value is
        if whole or one.appends or "$(" in text or "`" in text or found.setdefault(one.name, text) != text:
            several.add(one.name)
    partly = {name: text for name, text in found.items() if name not in several}
    return {name: text for name, text in (partly | known).items() if len(text) <= _LONGEST}


def _moved(files: Files, command: Command, here: str, start: str) -> str:
    """The folder after ``cd``, of a script that may be started from the root; ``start`` where only a run would tell."""
    if len(command.call) != 2 or not command.call[1].static:
        return start
    found = (at(files.tree, place, command.call[1].text) for place in (here, start, ""))
    return next((place for place in found if not place or has_below(files, f"{place}/")), here)


def _behind_host(words: list[str]) -> list[str]:
    at = 0
    while at < len(words) and words[at].startswith("-"):
        at += 2 if words[at] in _SSH_OPTIONS else 1
    return words[at + 1 :]


def _reads(command: Command) -> bool:
    """Whether a command is a shell that reads what it does from its input: here, on a host, or in a container."""
    names = [word.text.rpartition("/")[2] for word in command.call]
    return command.program in {"ssh", "su", "newgrp"} or any(name in SHELLS for name in names)
