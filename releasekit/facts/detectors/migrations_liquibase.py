"""Liquibase change logs: the change sets in the order in which includes bring them in. Runs nothing."""

import re
from collections.abc import Iterator

from releasekit.facts.code import folder, join, kept, owner
from releasekit.facts.files import Files
from releasekit.facts.model import Fact, Finding
from releasekit.facts.projects.migrations import History, Revision, facts
from releasekit.facts.xml import xml
from releasekit.syntax.element import Element
from releasekit.syntax.expression import Expression
from releasekit.syntax.node import Node

_LOG = Expression(
    r"(?:.*/)?[\w.-]*(?:changelog|changeset)[\w.-]*\.(?:xml|ya?ml|json|sql)"
    r"|(?:.*/)?(?:change-?(?:log|set)s?|liquibase|db|database|migrations?)/(?:.+/)?[^/]+\.(?:xml|ya?ml|sql)",
    re.IGNORECASE,
)
_SQL_SET = Expression(r"^--\s*changeset\s+([^\s:]+:)?(\S+)", re.IGNORECASE | re.MULTILINE)
_ROOT = Expression(
    r"(?:.*/)?(?:[\w.-]*(?:master|root|main|index)[\w.-]*|db\.changelog|changelog)\.(?:xml|ya?ml|json|sql)",
    re.IGNORECASE,
)
_DEPTH = 12
# contexts of data for development and tests, which production does not ask for
_ASIDE = Expression(
    r"(?:^|[\s,(])(?:test\w*|dev\w*|local|fak\w+|sample\w*|demo|e2e|ci|!\s*prod\w*)(?=$|[\s,)])", re.IGNORECASE
)
_PRODUCTION = Expression(r"(?:^|[\s,(])(?:prod\w*|live|default)(?=$|[\s,)])", re.IGNORECASE)


def detect(files: Files) -> Iterator[Fact | Finding]:
    """Each change log that no other one includes and that holds change sets."""
    logs = [path for path in kept(files.tree.paths) if _LOG.fullmatch(path) and _is_log(files, path)]
    included = {inner for path in logs for inner in _includes(files, path)}
    for path in logs:
        if path in included or (
            len(logs) > 1 and not _ROOT.fullmatch(path) and any(_ROOT.fullmatch(log) for log in logs)
        ):
            continue
        sets = list(_sets(files, path, set(), 0))
        revisions = tuple(
            Revision(name, source, (sets[index - 1][0],) if index else ()) for index, (name, source) in enumerate(sets)
        )
        unique = {revision.name for revision in revisions}
        if revisions and len(unique) == len(revisions):
            how = "a change log as Liquibase writes it"
            yield from facts(History("liquibase", folder(path), owner(files, path), f"{path}:1", how, revisions))
        elif revisions:  # ids repeat between authors: the order alone says which is the last
            last = Revision(revisions[-1].name, revisions[-1].source)
            how = "a change log as Liquibase writes it"
            yield from facts(History("liquibase", folder(path), owner(files, path), f"{path}:1", how, (last,)))


def _is_log(files: Files, path: str) -> bool:
    text = files.text(path)
    return "databaseChangeLog" in text or "--liquibase formatted sql" in text.lower()


def _includes(files: Files, path: str) -> list[str]:
    return [inner for kind, inner, _ in _entries(files, path) if kind == "file"]


def _sets(files: Files, path: str, seen: set[str], depth: int) -> Iterator[tuple[str, str]]:
    """(id, ``path:line``) of every change set, in order, includes followed."""
    if path in seen or depth > _DEPTH:
        return
    seen.add(path)
    for kind, value, line in _entries(files, path):
        if kind == "set":
            yield value, f"{path}:{line}"
        else:
            yield from _sets(files, value, seen, depth + 1)


def _entries(files: Files, path: str) -> Iterator[tuple[str, str, int]]:
    """("set", id, line) and ("file", path, line) of one log, in its order."""
    if path.endswith(".xml"):
        for element in xml(files, path).children:
            yield from _xml_entry(files, path, element)
    elif path.endswith(".sql"):
        text = files.text(path)
        for match in _SQL_SET.finditer(text):
            context = re.search(r"\bcontext(?:Filter)?:(\S+)", text[match.end() : text.find("\n", match.end())])
            if not _only_aside(context[1].strip("\"'") if context else ""):
                yield "set", match[2], text.count("\n", 0, match.start()) + 1
    else:
        documents = files.yaml(path) if path.endswith((".yml", ".yaml")) else (files.json(path),)
        for document in documents:
            for entry in document.at("databaseChangeLog"):
                yield from _node_entry(files, path, entry)


def _only_aside(context: str) -> bool:
    """Whether the contexts of a change set leave production out."""
    return bool(_ASIDE.search(context)) and not _PRODUCTION.search(re.sub(r"!\s*\w+", "", context))


def _xml_entry(files: Files, path: str, element: Element) -> Iterator[tuple[str, str, int]]:
    get = element.attributes.get
    if element.name == "changeSet":
        if not _only_aside(get("context") or get("contextFilter") or ""):
            yield "set", get("id", ""), element.line
    elif element.name in {"include", "includeAll"}:
        relative = get("relativeToChangelogFile", "") == "true"
        yield from _found(files, path, element.name, get("file") or get("path") or "", relative, element.line)


def _node_entry(files: Files, path: str, entry: Node) -> Iterator[tuple[str, str, int]]:
    change = entry.at("changeSet")
    if change and not _only_aside(change.at("context").text or change.at("contextFilter").text):
        yield "set", change.at("id").text, change.at("id").line
    for name in ("include", "includeAll"):
        node = entry.at(name)
        if node:
            said = node.at("file").text or node.at("path").text
            yield from _found(files, path, name, said, node.at("relativeToChangelogFile").text == "true", node.line)


def _found(files: Files, path: str, kind: str, said: str, relative: bool, line: int) -> Iterator[tuple[str, str, int]]:
    """The file, or all files of the folder, that an include means: beside the log, or on the class path."""
    said = said.removeprefix("classpath:").lstrip("/")
    places = [join(folder(path), said)] if relative else []
    above = folder(path)
    while above and not relative:
        places.append(join(above, said))
        above = folder(above)
    places.append(said)
    for place in places:
        if kind == "include" and place in files.tree:
            yield "file", place, line
            return
        inside = [inner for inner in files.tree.within(place.rstrip("/")) if _is_log(files, inner)]
        if kind == "includeAll" and inside:
            yield from (("file", inner, line) for inner in sorted(inside))
            return
