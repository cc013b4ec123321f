"""Kubernetes objects as files hold them: one manifest each, with the places its lines came from. Judges nothing."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from releasekit.facts.files import Files
from releasekit.facts.model import Fact, Finding, Severity, Value
from releasekit.syntax.expression import Expression
from releasekit.syntax.node import Node
from releasekit.syntax.yaml import Dialect

# both keys at the start of a line (or of a list element, for `kind: List`), before anything is parsed
_HINT = Expression(r'^[ \t-]*"?apiVersion"?[ \t]*:', re.MULTILINE)
_KIND = Expression(r'^[ \t-]*"?kind"?[ \t]*:', re.MULTILINE)
# what other programs fill in before a cluster sees the file: Jinja and Go templates, ERB
_TEMPLATED = Expression(r"\{\{|\{%|<%")


@dataclass(frozen=True, slots=True)
class Place:
    """Where something is written: ``path:line``, further places, and how it was derived if the line does not say it."""

    source: str
    also: tuple[str, ...] = ()
    how: str = ""


Where = Callable[[int, str], Place]


@dataclass(frozen=True, slots=True, eq=False)
class Manifest:
    """One object. ``where`` turns a line of ``node``, and the text looked for, into its place; ``folder`` is POSIX."""

    node: Node
    where: Where
    folder: str

    @property
    def kind(self) -> str:
        return self.node.at("kind").text

    @property
    def api(self) -> str:
        """The API group without the version; "" is the core group."""
        version = self.node.at("apiVersion").text
        return version.rpartition("/")[0]

    @property
    def name(self) -> str:
        """``metadata.name``, else ``generateName`` without the dash before the random part."""
        metadata = self.node.at("metadata")
        return metadata.at("name").text or metadata.at("generateName").text.rstrip("-")

    @property
    def name_line(self) -> int:
        metadata = self.node.at("metadata")
        return metadata.at("name").line or metadata.at("generateName").line or self.node.line

    @property
    def namespace(self) -> str:
        return self.node.at("metadata", "namespace").text

    def annotation(self, key: str) -> Node:
        """The annotation of the object itself, or ABSENT."""
        return self.node.at("metadata", "annotations", key)

    def place(self, at: Node | int, text: str = "") -> str:
        """``path:line`` of a node or a line of this manifest."""
        return self.where(at if isinstance(at, int) else at.line, text).source

    def fact(
        self, kind: str, name: str, value: Value, at: Node | int, service: str | None = None, how: str = ""
    ) -> Fact:
        """A fact that stands at a node or a line of this manifest."""
        line = at if isinstance(at, int) else at.line
        place = self.where(line, name if value is None else str(value))
        return Fact(kind, name, value, place.source, service, place.also, how or place.how)

    def finding(self, rule: str, severity: Severity, sentence: str, at: Node | int, do: str = "") -> Finding:
        """A finding about this manifest, at a node or a line of it."""
        return Finding(rule, severity, sentence, (self.place(at),), self.name or None, do)


def labels(node: Node) -> Mapping[str, str]:
    """A mapping of scalars as text, such as labels and selectors."""
    return {key: child.text for key, child in node.items() if child.is_scalar}


def looks_like(text: str) -> bool:
    """Whether a text may hold Kubernetes objects; cheap, so that thousands of files can be asked."""
    return "apiVersion" in text and bool(_HINT.search(text)) and bool(_KIND.search(text))


def is_templated(value: str) -> bool:
    """Whether another program fills this value in before it is used."""
    return bool(_TEMPLATED.search(value))


def in_file(files: Files, path: str) -> Iterator[Manifest]:
    """The objects of one YAML file, lists flattened; nothing when it holds none. Unreadable files are noted."""
    text = files.text(path)
    if not looks_like(text):
        return
    folder = path.rpartition("/")[0]

    def where(line: int, _text: str) -> Place:
        return Place(f"{path}:{line}")

    for document in files.yaml(path, Dialect.YAML_1_1):
        yield from objects(document, where, folder)


def objects(document: Node, where: Where, folder: str) -> Iterator[Manifest]:
    """The objects of one document: itself, or the items of a List."""
    if not document.at("apiVersion").text or not document.at("kind").text:
        return
    if document.at("kind").text.endswith("List") and document.at("items").is_list:
        for item in document.at("items"):
            yield from objects(item, where, folder)
    else:
        yield Manifest(document, where, folder)


def shifted(manifest: Manifest, offset: int) -> Where:
    """The places of a text embedded in a manifest, whose line 1 is ``offset`` lines below the manifest's line 0."""
    return lambda line, text: manifest.where(line + offset, text)


def derived(facts: Iterable[Fact | Finding], how: str) -> Iterator[Fact | Finding]:
    """The same facts, with how they came about where nothing else is said."""
    for said in facts:
        yield replace(said, how=said.how or how) if isinstance(said, Fact) else said
