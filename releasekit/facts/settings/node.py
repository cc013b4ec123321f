"""Variables that JavaScript and TypeScript take apart, rename or check in a class; plain reads are found as text.

Knows ``const {A} = process.env``, objects that stand for the environment, and class-validator's classes of settings.
"""

import re
from collections.abc import Iterator

from releasekit.facts.code import line_at, own
from releasekit.facts.files import Files
from releasekit.facts.settings.model import Read
from releasekit.facts.settings.text import NODE
from releasekit.syntax.expression import Expression

_NAME = r"[A-Z][A-Z0-9_]{1,80}"
_APART = Expression(r"\{(?P<names>[^{}]{1,4000})\}\s*=\s*process\.env\b(?!\s*[.\[])")
_PART = Expression(rf"\s*(?P<name>{_NAME})\s*(?::\s*\w+\s*)?(?:=\s*(?P<default>[^,]+))?")
# const env = process.env; a module that hands out the environment under its own name
_ALIAS = Expression(r"\b(?:const|let|var)\s+(?P<name>\w+)\s*(?::[^=\n]+)?=\s*process\.env\s*(?:;|$)", re.MULTILINE)
_HANDS_OUT = Expression(
    r"^export\s+default\s+(?:\w+\(\s*)*process\.env\b|^module\.exports\s*=\s*process\.env\b", re.MULTILINE
)
_IMPORT = Expression(r"^import\s+(?P<name>\w+)\s+from\s+['\"](?P<module>[^'\"\n]+)['\"]", re.MULTILINE)
_DEFAULT = Expression(r"\s*(?:\)\s*)?(?:\|\||\?\?)\s*(?P<default>[^\s;,)}]+)")
_CHECKED = Expression(r"class-validator['\"]")
# the class is held against the environment, in the class itself or by a function beside it
_OF_ENVIRONMENT = Expression(r"process\.env|validateSync|plainTo(?:Instance|Class)|[eE]nvironment")
_DECORATOR = Expression(r"\s*@(?P<name>\w+)")
_MEMBER = Expression(
    rf"\s*(?:public\s+|private\s+|protected\s+|readonly\s+|static\s+)*(?P<name>{_NAME})(?P<sign>[!?]?)\s*(?P<how>[:=])(?P<rest>.*)"
)
_DEMANDS = Expression(r"(?:Is(?!Optional|Boolean)\w+|Length|MinLength|Matches|Min|Max|ArrayNotEmpty)")
_LENIENT = frozenset(("IsOptional", "ValidateIf", "Allow", "CannotUseWithout"))
# lines that one value takes, and lines from a decorator to its member
_LONGEST = 12


def reads(files: Files) -> Iterator[Read]:
    """Every such read of the repository's own code."""
    paths = list(own(files, *NODE.endings))
    modules = {_stem(path) for path in paths if _HANDS_OUT.search(files.text(path))}
    for path in paths:
        text = files.text(path)
        if "process.env" in text or "class-validator" in text or modules:
            yield from _apart(text, path)
            yield from _renamed(text, path, modules)
            if _CHECKED.search(text) and _OF_ENVIRONMENT.search(text):
                yield from _members(text, path)


def _stem(path: str) -> str:
    """What an import calls a module: its file without ending, or its folder."""
    folder, _, name = path.rpartition("/")
    stem = name.partition(".")[0]
    return folder.rpartition("/")[2] if stem == "index" else stem


def _apart(text: str, path: str) -> Iterator[Read]:
    for match in _APART.finditer(text):
        offset = match.start("names")
        for part in match["names"].split(","):
            taken = _PART.fullmatch(part.rstrip())
            if taken:
                line = line_at(text, offset + taken.start("name"))
                default = taken["default"].strip("'\"` ") if taken["default"] else None
                yield Read(
                    taken["name"], path, line, default is None and _stops(text, match.end(), taken["name"]), default
                )
            offset += len(part) + 1


def _stops(text: str, offset: int, name: str) -> bool:
    """Whether the lines that follow end the program when the variable is missing."""
    after = "\n".join(text[offset:].split("\n", 20)[:20])
    return (
        re.search(
            rf"if\s*\([^\n]*!\s*{name}\b[^\n]*\n?(?:[^\n}}]*\n){{0,2}}?[^\n}}]*(?:throw\b|process\.exit\()", after
        )
        is not None
    )


def _renamed(text: str, path: str, modules: set[str]) -> Iterator[Read]:
    names = {match["name"] for match in _ALIAS.finditer(text)}
    names |= {
        match["name"]
        for match in _IMPORT.finditer(text)
        if re.sub(r"\.[cm]?[jt]s$", "", match["module"]).rpartition("/")[2] in modules
    }
    for alias in sorted(names):
        for match in re.finditer(rf"(?<![\w.]){re.escape(alias)}\.(?P<name>{_NAME})\b(?!\s*=[^=])", text):
            default = _DEFAULT.match(text, match.end())
            said = default["default"].strip("'\"` ") if default else None
            yield Read(match["name"], path, line_at(text, match.start()), False, said)


def _members(text: str, path: str) -> Iterator[Read]:
    """The members of a class with decorators that check them: required unless one of these, or a value, says else."""
    lines = text.split("\n")
    decorators: list[str] = []
    since = 0
    for index, line in enumerate(lines):
        decorator = _DECORATOR.match(line)
        member = _MEMBER.match(line)
        if decorator:
            decorators.append(decorator["name"])
            since = index
        elif member and decorators and index - since < _LONGEST:
            value = "\n".join((member["rest"], *lines[index + 1 : index + _LONGEST])).partition(";")[0]
            held = member["how"] == "=" or re.match(r"[^=\n]*=(?!>)", value)
            missing = not held or _is_empty(member["name"], value)
            demanded = any(map(_DEMANDS.fullmatch, decorators)) and not _LENIENT.intersection(decorators)
            required = demanded and missing and member["sign"] != "?"
            yield Read(member["name"], path, index + 1, required)
            decorators = []
        elif member or line.startswith("}") or "constructor" in line:
            decorators = []


def _is_empty(name: str, value: str) -> bool:
    """Whether a member's first value is nothing when the variable is not set: no other one, or an empty text."""
    if name not in value:
        return re.search(r"=?\s*(?:\"\"|'')\s*$", value) is not None
    if re.search(r"[oO]ptional|[bB]oolean", value):
        return False
    fallback = re.search(r"(?:\?\?|\|\|)(?P<rest>.*)", value, re.DOTALL)
    return fallback is None or re.search(r"\"\"|''", fallback["rest"]) is not None
