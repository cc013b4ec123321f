"""Migrations that a Go program carries and runs itself: a table of functions, or embedded SQL. Runs none."""

import re
from collections.abc import Iterator

from releasekit.facts.code import folder, join, kept, line_at, own, owner
from releasekit.facts.files import Files
from releasekit.facts.model import Fact, Finding
from releasekit.facts.projects.migrations import History, Revision, facts, in_line
from releasekit.syntax.expression import Expression

_TABLE = Expression(r"\b(?:\w*[mM]igrations)\s*(?::=|=)\s*(?:\[(?:\.\.\.)?\]|map\[u?int\d*\])[^\n{]{0,200}\{")
_TOKEN = Expression(
    r"\"(?:[^\"\\\n]|\\.){0,2000}\"|`[^`]{0,20000}`|'(?:[^'\\\n]|\\.){1,10}'|//[^\n]*|/\*.*?\*/|[][(){}]|,", re.DOTALL
)
_BLANK = Expression(r"(?:\s|//[^\n]*\n)*")
_NAMED = Expression(r"(?:&?[\w.]+)?[({]\s*(?:\w+:\s*)?\"([^\"\n]{2,120})\"")
_EMBED = Expression(r"^//go:embed\s+([^\n]+)", re.MULTILINE)
_NUMBERED = Expression(r"v?\d[\w.-]*\.sql")
_KNOWN = Expression(r"\+goose\b|migrate:up|\+migrate\s", re.IGNORECASE)
# no table of a program is longer (A22)
_LONGEST = 1 << 20


def detect(files: Files) -> Iterator[Fact | Finding]:
    """One history a table or folder; the head of a table is the last entry's name, else their number."""
    for path in own(files, ".go"):
        text = files.text(path)
        if "igrations" in text:
            yield from _table(files, path, text)
        if "go:embed" in text and "igrat" in text:
            for match in _EMBED.finditer(text):
                for said in match[1].split():
                    yield from _embedded(files, path, said.strip('"`').removeprefix("all:"))


def _table(files: Files, path: str, text: str) -> Iterator[Fact | Finding]:
    match = _TABLE.search(text)
    starts = list(_entries(text, match.end())) if match else []
    if not match or not any(
        "func" in text[start : start + 200] or "(" in text[start : start + 200] for start in starts
    ):
        return
    revisions: list[Revision] = []
    for number, start in enumerate(starts, 1):
        blank = _BLANK.match(text, start)
        begin = blank.end() if blank else start
        named, line = _NAMED.match(text, begin), line_at(text, begin)
        before = (revisions[-1].name,) if revisions else ()
        revisions.append(Revision(named[1] if named else str(number), f"{path}:{line}", before))
    if len({revision.name for revision in revisions}) == len(revisions):
        place = f"{path}:{line_at(text, match.start())}"
        how = "a table of the program, which runs it itself"
        yield from facts(History("custom", folder(path) or ".", owner(files, path), place, how, tuple(revisions)))


def _entries(text: str, start: int) -> Iterator[int]:
    """Where each entry of a composite literal begins; nothing when its end is not found."""
    depth, begin = 0, start
    found: list[int] = []
    for token in _TOKEN.finditer(text, start, start + _LONGEST):
        sign = token[0]
        if sign in {"(", "[", "{"}:
            depth += 1
        elif sign in {")", "]", "}"}:
            depth -= 1
            if depth < 0:
                last = re.sub(r"//[^\n]*|\s", "", text[begin : token.start()])
                yield from (*found, begin) if last else found
                return
        elif sign == "," and depth == 0:
            found.append(begin)
            begin = token.end()


def _embedded(files: Files, path: str, said: str) -> Iterator[Fact | Finding]:
    where = join(folder(path), said.partition("*")[0].rstrip("/"))
    if not re.search(r"migrat", where, re.IGNORECASE):
        return
    groups: dict[str, list[str]] = {}
    for one in kept(files.tree.ending(".sql")):
        inside = one.startswith(f"{where}/") and _NUMBERED.fullmatch(one.rpartition("/")[2])
        if inside and not one.endswith((".up.sql", ".down.sql", "migration.sql")):
            parts = one[len(where) + 1 :].split("/")
            # a folder a data base, then perhaps a folder a version
            base = f"{where}/{parts[0]}" if len(parts) > 1 and not parts[0][:1].isdigit() else where
            groups.setdefault(base, []).append(one)
    for base, paths in sorted(groups.items()):
        newest = in_line([Revision(one[len(base) + 1 :], one) for one in paths])[-1]
        if _KNOWN.search(files.text(newest.source)):
            continue
        revisions = in_line([Revision(one[len(base) + 1 : -4], f"{one}:1") for one in paths])
        how = "SQL files that the program embeds and runs itself"
        yield from facts(History("custom", base, owner(files, path), revisions[-1].source, how, revisions))
