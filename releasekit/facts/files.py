"""A tree as detectors see it: parsed once, under budgets, with what could not be read kept for the findings."""

import ast
from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass, field
from functools import wraps
from typing import Any, TypeVar

from releasekit.errors import ParseError, SourceError
from releasekit.facts.model import Finding, Severity
from releasekit.syntax import json, toml
from releasekit.syntax.node import ABSENT, Node
from releasekit.syntax.yaml import Dialect
from releasekit.syntax.yaml import parse as parse_yaml
from releasekit.tree import Tree

T = TypeVar("T")


@dataclass(slots=True)
class Files:
    """The readable files of a tree; nothing here raises for a bad file: it is noted and read as empty.

    ``chosen`` are globs of the deployment files that the person says are production; () leaves it to the evidence.
    ``job`` is the pipeline's job that the person says releases (``FILE#JOB``); "" leaves that to the evidence too.
    """

    tree: Tree
    chosen: tuple[str, ...] = ()
    job: str = ""
    unread: dict[str, str] = field(default_factory=dict)
    # what several detectors ask of the same files, worked out once (`once`)
    _known: dict[tuple[Hashable, ...], Any] = field(default_factory=dict, repr=False)
    _nodes: dict[tuple[str, str], tuple[Node, ...]] = field(default_factory=dict)
    _modules: dict[str, ast.Module | None] = field(default_factory=dict)

    def once(self, ask: Callable[..., T], *about: Hashable) -> T:
        """What a function says of these files and of what else it is given, asked once however many want to know it."""
        key = (ask, *about)
        if key not in self._known:
            self._known[key] = ask(self, *about)
        found: T = self._known[key]
        return found

    def text(self, path: str) -> str:
        """The text of a file; "" when it is not there or cannot be read (then noted)."""
        if path not in self.tree:
            return ""
        try:
            return self.tree.text(path)
        except (ParseError, SourceError) as error:
            self.note(path, error)
            return ""

    def lines(self, path: str) -> Iterator[tuple[int, str]]:
        """(line number from 1, line without its end) of a file."""
        return enumerate(self.text(path).split("\n"), 1)

    def yaml(self, path: str, dialect: Dialect = Dialect.YAML_1_2) -> tuple[Node, ...]:
        """The documents of a YAML file; () when it cannot be read."""
        return self._read(path, dialect.value, lambda text: parse_yaml(text, path, dialect))

    def json(self, path: str, *, comments: bool = False) -> Node:
        """A JSON file, with comments where its program takes them; ABSENT when it cannot be read."""
        kind = "json with comments" if comments else "json"
        return next(iter(self._read(path, kind, lambda text: (json.parse(text, path, comments=comments),))), ABSENT)

    def toml(self, path: str) -> Node:
        """A TOML file; ABSENT when it cannot be read."""
        return next(iter(self._read(path, "toml", lambda text: (toml.parse(text, path),))), ABSENT)

    def python(self, path: str) -> ast.Module | None:
        """The syntax tree of a Python file, never imported; None when it cannot be parsed."""
        if path not in self._modules:
            self._modules[path] = self._parse_python(path)
        return self._modules[path]

    def note(self, path: str, error: ParseError | SourceError) -> None:
        """Keep the reason why a file could not be read; the first one counts."""
        problem = error.problems[0]
        self.unread.setdefault(path, f"{problem.where or path}: {problem.what}")

    def findings(self) -> Iterator[Finding]:
        """One *not analysed* finding for each file that was asked for and could not be read."""
        for path, reason in sorted(self.unread.items()):
            line = reason.removeprefix(path).removeprefix(":").partition(":")[0]
            place = f"{path}:{line}" if line.isdigit() else path
            yield Finding("not-analysed", Severity.WARNING, f"could not be read: {reason}", (place,))

    def _parse_python(self, path: str) -> ast.Module | None:
        text = self.text(path)
        try:
            return ast.parse(text) if text else None
        except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
            line = getattr(error, "lineno", None) or 1
            self.note(path, ParseError("not valid Python for this interpreter", f"{path}:{line}"))
            return None

    def _read(self, path: str, kind: str, parse: Callable[[str], tuple[Node, ...]]) -> tuple[Node, ...]:
        if (path, kind) not in self._nodes:
            text = self.text(path)
            try:
                self._nodes[path, kind] = parse(text) if text.strip() else ()
            except ParseError as error:
                self.note(path, error)
                self._nodes[path, kind] = ()
        return self._nodes[path, kind]


def remembered(ask: Callable[[Files], T]) -> Callable[[Files], T]:
    """A function of files whose answer several want, which is worked out once: nobody may change what it gives."""

    @wraps(ask)
    def known(files: Files) -> T:
        return files.once(ask)

    return known
