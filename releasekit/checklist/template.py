"""The template: which items there are, in which words, and the names of their rules. Knows no facts and no release."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from difflib import get_close_matches
from functools import lru_cache
from importlib import resources
from pathlib import Path

from releasekit.checklist.model import Applies, Item, Kind, Phase
from releasekit.errors import InputError, Problem
from releasekit.syntax.node import Node
from releasekit.syntax.yaml import parse

LEVELS = ("A", "B", "C")
ROLES = ("technical_lead", "devops_engineer", "product_owner", "release_manager")
_KEYS = ("id", "text", "label", "kind", "phase", "role", "levels", "probe", "hint", "applies", "details", "because")
_ADD_KEYS = ("after", "id", "text", "kind", "phase", "role", "levels", "probe", "hint", "because")
_ACTS = {
    "add": _ADD_KEYS,
    "remove": ("id", "reason"),
    "reword": ("id", "text"),
    "relevel": ("id", "levels"),
}


@dataclass(frozen=True, slots=True)
class Entry:
    """An item as the template has it, and the names of its rules: ``applies`` ("" always applies), ``details``."""

    item: Item
    applies: str = ""
    details: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """A heading of the template with its entries; ``level`` is the number of ``#``."""

    title: str
    level: int
    entries: tuple[Entry, ...] = ()


@dataclass(frozen=True, slots=True)
class Template:
    """What a checklist is built from."""

    title: str
    parts: tuple[Part, ...]

    @property
    def entries(self) -> tuple[Entry, ...]:
        """All entries, in order."""
        return tuple(entry for part in self.parts for entry in part.entries)

    @property
    def ids(self) -> tuple[str, ...]:
        """The ids of all items, in order."""
        return tuple(entry.item.id for entry in self.entries)


@lru_cache(maxsize=1)
def bundled() -> Template:
    """The template that comes with releasekit: the 62 items."""
    text = resources.files("releasekit.checklist").joinpath("template.yaml").read_text(encoding="utf-8")
    return read(text, "template.yaml")


def load(path: Path | None = None) -> Template:
    """The bundled template, extended by a team's file when there is one.

    Raises InputError with every problem of the file, each with ``file:line``.
    """
    if path is None:
        return bundled()
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        what = error.strerror if isinstance(error, OSError) else "not UTF-8 text"
        raise InputError(f"the checklist template cannot be read: {what}", path.name, "see `template`") from None
    return extend(bundled(), text, path.name)


def read(text: str, name: str) -> Template:
    """A whole template from YAML. Raises InputError with every problem, each with ``name:line``."""
    reader = _Reader(name)
    top = reader.document(text)
    reader.keys(top, ("title", "sections"), "the template")
    parts = []
    for section in top.at("sections"):
        reader.keys(section, ("title", "level", "items"), "a section")
        entries = tuple(reader.entry(node, _KEYS) for node in section.at("items"))
        level = section.at("level").value
        parts.append(Part(section.at("title").text, level if isinstance(level, int) else 2, entries))
    template = Template(top.at("title").text, tuple(parts))
    reader.no_twins(template.ids)
    reader.finish()
    return template


def extend(template: Template, text: str, name: str) -> Template:
    """The template with a team's additions, removals, new words and levels, all by id.

    A removed item keeps its place with the reason. The file has the keys ``add`` (entries with ``after``), ``remove``
    (``id``, ``reason``), ``reword`` (``id``, ``text``) and ``relevel`` (``id``, ``levels``), each a list.
    Raises InputError with every problem of the file, each with ``name:line``.
    """
    reader = _Reader(name)
    top = reader.document(text)
    reader.keys(top, tuple(_ACTS), "a team's template")
    for act, keys in _ACTS.items():
        node = top.at(act)
        if node and not node.is_list:
            reader.fail(f"`{act}` is a list of mappings", node.line, f"write `{act}:` and below it `  - id: ...`")
        for line in node:
            reader.keys(line, keys, f"a line of `{act}`")
    added: list[tuple[Node, Entry]] = []
    for line in top.at("add"):
        if line.is_map:
            earlier = tuple(entry for _, entry in added)
            added.append((line, reader.added(line, (*template.entries, *earlier))))
    reader.no_twins((*template.ids, *(entry.item.id for _, entry in added)), [line for line, _ in added])
    known = (*template.ids, *(entry.item.id for _, entry in added))
    changes = {act: reader.named(top.at(act), known) for act in ("remove", "reword", "relevel")}
    result = _insert(template, [(line.at("after").text, entry) for line, entry in added])
    changed = {entry.item.id: entry for entry in result.entries}
    for item_id, line in changes["remove"]:
        reason = reader.text(line, "reason", "an item is removed with a reason")
        changed[item_id] = _with(changed[item_id], applies=Applies.REMOVED, reason=reason)
    for item_id, line in changes["reword"]:
        words = reader.text(line, "text", "an item is reworded with its new text")
        changed[item_id] = _with(changed[item_id], text=words, label="")
    for item_id, line in changes["relevel"]:
        changed[item_id] = _with(changed[item_id], levels=reader.levels(line))
    reader.finish()
    parts = (replace(part, entries=tuple(changed[entry.item.id] for entry in part.entries)) for part in result.parts)
    return Template(result.title, tuple(parts))


def _with(entry: Entry, **changes: object) -> Entry:
    return replace(entry, item=replace(entry.item, **changes))  # type: ignore[arg-type]  # names are those of Item


def _insert(template: Template, added: Iterable[tuple[str, Entry]]) -> Template:
    """Each new entry behind the one it names; several behind one keep the order of the file."""
    behind: dict[str, list[Entry]] = {}
    for after, entry in added:
        behind.setdefault(after, []).append(entry)

    def with_followers(entry: Entry) -> list[Entry]:
        followers = behind.pop(entry.item.id, [])
        return [entry, *(one for follower in followers for one in with_followers(follower))]

    parts = []
    for part in template.parts:
        entries = [one for entry in part.entries for one in with_followers(entry)]
        parts.append(replace(part, entries=tuple(entries)))
    return Template(template.title, tuple(parts))


class _Reader:
    """Collects the problems of one file, so that all are told at once."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.problems: list[Problem] = []

    def fail(self, what: str, line: int, do: str = "") -> None:
        self.problems.append(Problem(what, f"{self.name}:{line or 1}", do))

    def finish(self) -> None:
        if self.problems:
            raise InputError(self.problems)

    def document(self, text: str) -> Node:
        documents = parse(text, self.name)
        if len(documents) != 1 or not documents[0].is_map:
            raise InputError("a template is one YAML mapping", f"{self.name}:1", f"its keys: {', '.join(_ACTS)}")
        return documents[0]

    def keys(self, node: Node, known: tuple[str, ...], what: str) -> None:
        if not node.is_map:
            self.fail(f"{what} is a mapping", node.line, f"its keys: {', '.join(known)}")
            return
        for key in node.keys:
            if key not in known:
                self.fail(f"{what} has no key {key!r}", node.line_of(key), _nearest(key, known))

    def text(self, node: Node, key: str, why: str) -> str:
        value = node.at(key)
        if not value.text.strip():
            self.fail(f"`{key}` is missing: {why}", value.line or node.line, f"add `{key}: ...`")
        return " ".join(value.text.split())

    def choice(self, node: Node, key: str, known: tuple[str, ...], default: str) -> str:
        value = node.at(key)
        if not value:
            return default
        if value.text not in known:
            self.fail(f"`{key}` cannot be {value.text!r}", value.line, _nearest(value.text, known))
            return default
        return value.text

    def levels(self, node: Node, default: tuple[str, ...] = LEVELS) -> tuple[str, ...]:
        value = node.at("levels")
        if not value:
            if not default:
                self.fail("`levels` is missing", node.line, "for example `levels: [A, B]`")
            return default
        given = tuple(level.text for level in value)
        if not value.is_list or any(level not in LEVELS for level in given):
            self.fail("`levels` is a list of A, B and C", value.line, "for example `levels: [A, B]`")
            return default
        return tuple(level for level in LEVELS if level in given)

    def entry(self, node: Node, keys: tuple[str, ...], like: Item | None = None) -> Entry:
        """One item; what is not said is as in ``like``."""
        self.keys(node, keys, "an item")
        item = Item(
            id=self.text(node, "id", "every item has one"),
            text=self.text(node, "text", "every item has one"),
            kind=Kind(self.choice(node, "kind", tuple(Kind), Kind.CHECK)),
            phase=Phase(self.choice(node, "phase", tuple(Phase), like.phase if like else Phase.PREPARE)),
            role=self.choice(node, "role", ROLES, like.role if like else ROLES[0]),
            levels=self.levels(node, like.levels if like else LEVELS),
            probe=node.at("probe").text,
            label=node.at("label").text,
            because=node.at("because").text,
            hint=node.at("hint").text,
        )
        return Entry(item, node.at("applies").text, node.at("details").text)

    def added(self, node: Node, earlier: tuple[Entry, ...]) -> Entry:
        """A new item: phase, role and levels are those of the item it comes after, where nothing else is said."""
        after = self.text(node, "after", "it says which item the new one follows")
        like = next((entry.item for entry in earlier if entry.item.id == after), None)
        if after and like is None:
            ids = tuple(entry.item.id for entry in earlier)
            self.fail(f"there is no item {after!r} above", node.at("after").line, _nearest(after, ids))
        return self.entry(node, _ADD_KEYS, like)

    def no_twins(self, ids: Iterable[str], lines: list[Node] | None = None) -> None:
        seen: set[str] = set()
        for item_id in ids:
            if item_id in seen:
                node = next((line for line in lines or [] if line.at("id").text == item_id), None)
                self.fail(
                    f"the id {item_id!r} stands twice", node.line if node else 1, "give one of the two another id"
                )
            seen.add(item_id)

    def named(self, lines: Node, known: tuple[str, ...]) -> list[tuple[str, Node]]:
        """The lines whose id is known, each id once; the others are problems."""
        found: dict[str, Node] = {}
        for line in lines:
            item_id = line.at("id").text
            if item_id not in known:
                self.fail(f"there is no item {item_id!r}", line.at("id").line or line.line, _nearest(item_id, known))
            elif item_id in found:
                self.fail(f"{item_id!r} stands twice in one list", line.line, "keep one of the two")
            else:
                found[item_id] = line
        return list(found.items())


def _nearest(name: str, known: Iterable[str]) -> str:
    names = tuple(known)
    near = get_close_matches(name, names, n=1, cutoff=0.5)
    if near:
        return f"did you mean {near[0]!r}?"
    return f"known: {', '.join(names)}" if len(names) <= 12 else "`releasekit checklist --format json` lists the ids"
