"""Kustomizations as manifests: bases, patches, images, replicas, names, generated objects. Runs and fetches nothing."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from types import MappingProxyType

from releasekit.errors import ParseError
from releasekit.facts.code import join
from releasekit.facts.files import Files
from releasekit.facts.images import reference
from releasekit.facts.kubernetes.manifests import Manifest, Place, looks_like
from releasekit.facts.kustomize.patches import edited, merged, replaced
from releasekit.facts.kustomize.reading import Kustomization
from releasekit.syntax.node import ABSENT, Node
from releasekit.syntax.yaml import Dialect
from releasekit.syntax.yaml import parse as parse_yaml

# a node's line says the file too: the number of the file times this, plus the line in it
_FILE = 10_000_000
_DEEPEST = 10  # overlays on overlays; a cycle ends here
_SCALED = frozenset({"Deployment", "StatefulSet", "ReplicaSet", "ReplicationController", "Rollout"})
_NOT_READ = ("helmCharts", "helmChartInflationGenerator", "generators", "transformers", "replacements", "vars")
# keys whose mapping names another object
_REFERENCES: dict[str, str] = {
    "configMapRef": "name",
    "configMapKeyRef": "name",
    "configMap": "name",
    "secretRef": "name",
    "secretKeyRef": "name",
    "secret": "secretName",
    "persistentVolumeClaim": "claimName",
    "scaleTargetRef": "name",
    "service": "name",
    "workloadRef": "name",
}


@dataclass(slots=True)
class Object:
    """One object on its way through the kustomizations; ``names`` are all it has had."""

    node: Node
    names: set[str]

    @property
    def kind(self) -> str:
        return self.node.at("kind").text

    @property
    def name(self) -> str:
        metadata = self.node.at("metadata")
        return metadata.at("name").text or metadata.at("generateName").text


@dataclass(slots=True)
class Build:
    """The making of one root: the files it took, and (place, reason) of what was not understood."""

    files: Files
    known: dict[str, Kustomization]
    paths: list[str] = field(default_factory=lambda: [""])
    problems: list[tuple[str, str]] = field(default_factory=list)

    def number(self, path: str) -> int:
        if path not in self.paths:
            self.paths.append(path)
        return self.paths.index(path) * _FILE

    def load(self, path: str) -> list[Node]:
        """The documents of a file, with lines that say the file."""
        base = self.number(path)
        return [_moved(document, base) for document in self.files.yaml(path, Dialect.YAML_1_1)]

    def place(self, line: int) -> str:
        return f"{self.paths[line // _FILE]}:{max(line % _FILE, 1)}"

    def miss(self, line: int, reason: str) -> None:
        self.problems.append((self.place(line), reason))


def built(files: Files, root: Kustomization, known: dict[str, Kustomization]) -> tuple[list[Manifest], Build]:
    """The objects that a kustomization deploys, and what of it was not understood."""
    build = Build(files, known)
    how = f"as {root.path} builds it"

    def where(line: int, _text: str) -> Place:
        return Place(build.place(line), (), how)

    return [Manifest(item.node, where, root.folder) for item in _build(build, root, 0)], build


def _build(build: Build, here: Kustomization, depth: int, given: list[Object] | None = None) -> list[Object]:
    """Resources first, then what is generated, then the changes (kustomize's own order). ``given``: for components."""
    found = given if given is not None else []
    base = build.number(here.path)
    node = _moved(here.node, base)
    if depth > _DEEPEST:
        build.miss(node.line, "overlays nested too deeply")
        return found
    for key in ("resources", "bases"):
        for entry in node.at(key):
            found.extend(_resource(build, here, entry, depth))
    for path, entry in here.entries("components"):
        if path in build.known:
            _build(build, build.known[path], depth + 1, found)
        else:
            build.miss(entry.line + base, f"the component {entry.text} is not in the repository")
    found.extend(_generated(build, here, node))
    _patches(build, here, node, found)
    for change in (_images, _replicas, _renamed, _namespaced):
        change(node, found)
    for key in _NOT_READ:
        if node.at(key):
            build.miss(node.line_of(key), f"{key} of a kustomization")
    return found


def _resource(build: Build, here: Kustomization, entry: Node, depth: int) -> Iterator[Object]:
    if "://" in entry.text or "?ref=" in entry.text or entry.text.startswith(("github.com/", "git@")):
        build.miss(entry.line, f"{entry.text} lies in another repository")
        return
    path = join(here.folder, entry.text)
    if path in build.known:
        yield from _build(build, build.known[path], depth + 1)
    elif path not in build.files.tree:
        build.miss(entry.line, f"{entry.text} is not in the repository")
    elif looks_like(build.files.text(path)):
        for document in build.load(path):
            listed = document.at("kind").text.endswith("List") and document.at("items").is_list
            for item in document.at("items") if listed else (document,):
                name = item.at("metadata", "name").text
                if item.at("kind").text:
                    yield Object(item, {name})


def _generated(build: Build, here: Kustomization, node: Node) -> Iterator[Object]:
    """ConfigMaps and Secrets from literals and files. The hash that kustomize adds to their names is left out."""
    for key, kind in (("configMapGenerator", "ConfigMap"), ("secretGenerator", "Secret")):
        for entry in node.at(key):
            name = entry.at("name")
            data: dict[str, Node] = {}
            for literal in entry.at("literals"):
                variable, _, value = literal.text.partition("=")
                data[variable] = Node(value, literal.line, value.strip("\"'"), plain=False)
            for listed in entry.at("files"):
                called, _, path = listed.text.rpartition("=")
                full = join(here.folder, path)
                text = build.files.text(full)
                data[called or path.rpartition("/")[2]] = Node(text, build.number(full) or 1, text, plain=False)
            for listed in (*entry.at("envs"), entry.at("env")):
                data.update(_variables(build, join(here.folder, listed.text)) if listed.text else {})
            if name.text:
                metadata = _mapping({"name": name}, name.line)
                pairs = {"apiVersion": _text("v1", name.line), "kind": _text(kind, name.line), "metadata": metadata}
                pairs["data"] = _mapping(data, name.line)
                yield Object(_mapping(pairs, name.line), {name.text})


def _variables(build: Build, path: str) -> dict[str, Node]:
    base, found = build.number(path), {}
    for number, line in build.files.lines(path):
        key, equals, value = line.strip().partition("=")
        if equals and not key.startswith("#"):
            found[key.strip()] = Node(value, base + number, value.strip(), plain=False)
    return found


def _patches(build: Build, here: Kustomization, node: Node, found: list[Object]) -> None:
    for entry in node.at("patchesStrategicMerge"):
        for patch in _patch(build, here, entry.text if "\n" not in entry.text else "", entry):
            _apply(build, patch, ABSENT, found)
    for entry in (*node.at("patches"), *node.at("patchesJson6902")):
        inline = entry.at("patch")
        for patch in _patch(build, here, entry.at("path").text, inline):
            _apply(build, patch, entry.at("target"), found)


def _patch(build: Build, here: Kustomization, path: str, inline: Node) -> list[Node]:
    """The documents of a patch, from its file or from the text of the kustomization."""
    if path:
        return build.load(join(here.folder, path))
    try:
        documents = parse_yaml(inline.text, here.path, Dialect.YAML_1_1)
    except ParseError as error:
        build.miss(inline.line, f"a patch that cannot be read: {error.problems[0].what}")
        return []
    # the text of a block scalar begins below its sign
    written = build.files.text(here.path).split("\n")[inline.line % _FILE - 1]
    above = inline.line if re.search(r"[|>][-+0-9]*\s*(?:#.*)?$", written) else inline.line - 1
    return [_moved(document, above) for document in documents]


def _apply(build: Build, patch: Node, target: Node, found: list[Object]) -> None:
    wanted = _targets(patch, target)
    hit = False
    for item in list(found):
        if not wanted(item):
            continue
        hit = True
        if patch.is_list:
            changed, missed = edited(item.node, patch)
            item.node = changed
            for line in missed:
                build.miss(line, "an operation of a JSON patch")
        elif patch.at("$patch").text == "delete":
            found.remove(item)
        else:
            named = item.node.at("metadata", "name")
            item.node = merged(item.node, patch)
            if named:  # a patch finds its target by name; it does not rename it
                item.node = replaced(item.node, ("metadata", "name"), named)
    if not hit and (patch.is_map or patch.is_list):
        build.miss(patch.line, "a patch whose target is not among the objects")


def _targets(patch: Node, target: Node) -> Callable[[Object], bool]:
    """Which objects a patch is for: its target's kind, name (a whole regular expression) and labels, else its own."""
    if not target.is_map:
        kind, name = patch.at("kind").text, patch.at("metadata", "name").text
        return lambda item: item.kind == kind and name in item.names
    kind, name = target.at("kind").text, target.at("name").text
    selector = dict(part.split("=", 1) for part in target.at("labelSelector").text.split(",") if "=" in part)

    def wanted(item: Object) -> bool:
        labels = item.node.at("metadata", "labels")
        return (
            (not kind or _whole(kind, item.kind))
            and (not name or any(_whole(name, called) for called in item.names))
            and all(labels.at(key.strip()).text == value.strip("= ") for key, value in selector.items())
        )

    return wanted


def _whole(pattern: str, text: str) -> bool:
    """Kustomize anchors its patterns; only simple ones are tried, so that none takes long."""
    if pattern == text or not re.fullmatch(r"[\w.*|()^$-]+", pattern) or len(re.findall(r"[*+]", pattern)) > 3:
        return pattern == text
    try:
        return bool(re.fullmatch(pattern, text[:253])) if ")*" not in pattern else False
    except re.error:
        return False


def _images(node: Node, found: list[Object]) -> None:
    for entry in node.at("images"):
        name, renamed = entry.at("name").text, entry.at("newName")
        tag, digest = entry.at("newTag"), entry.at("digest")
        at = next((part.line for part in (tag, digest, renamed) if part.text), entry.line)

        def change(text: str) -> str:
            image = reference(text)
            if image.repository != name:  # noqa: B023 - called before the loop goes on
                return text
            new = renamed.text or image.repository  # noqa: B023
            if digest.text:  # noqa: B023
                return f"{new}@{digest.text}"  # noqa: B023
            chosen = tag.text or image.tag  # noqa: B023
            return f"{new}:{chosen}" if chosen else new

        for item in found:
            item.node = _walk(item.node, "image", change, at)


def _replicas(node: Node, found: list[Object]) -> None:
    for entry in node.at("replicas"):
        for item in found:
            if entry.at("name").text in item.names and item.kind in _SCALED:
                item.node = replaced(item.node, ("spec", "replicas"), entry.at("count"))


def _renamed(node: Node, found: list[Object]) -> None:
    prefix, suffix = node.at("namePrefix").text, node.at("nameSuffix").text
    if not prefix and not suffix:
        return
    before = {item.name for item in found}
    for item in found:
        for key in ("name", "generateName"):
            named = item.node.at("metadata", key)
            if named.text and item.kind not in {"Namespace", "CustomResourceDefinition"}:
                new = f"{prefix}{named.text}{suffix}"
                item.names.add(new)
                item.node = replaced(item.node, ("metadata", key), Node(new, named.line, new, plain=False))
        item.node = _referring(item.node, before, prefix, suffix)


def _namespaced(node: Node, found: list[Object]) -> None:
    namespace = node.at("namespace")
    if namespace.text:
        for item in found:
            item.node = replaced(item.node, ("metadata", "namespace"), namespace)


def _referring(node: Node, before: set[str], prefix: str, suffix: str) -> Node:
    """The names of other objects inside an object, renamed with them."""
    if node.is_list:
        return Node(tuple(_referring(child, before, prefix, suffix) for child in node), node.line)
    if not node.is_map:
        return node
    pairs = {}
    for key, child in node.items():
        made = _referring(child, before, prefix, suffix)
        named = made.at(_REFERENCES[key]) if key in _REFERENCES else ABSENT
        if named.text in before and named:
            new = f"{prefix}{named.text}{suffix}"
            made = replaced(made, (_REFERENCES[key],), Node(new, named.line, new, plain=False))
        pairs[key] = made
    return _mapping(pairs, node.line, dict(node.keys))


def _walk(node: Node, key: str, change: Callable[[str], str], line: int) -> Node:
    """The same with every text under ``key`` changed; what is changed stands on ``line``."""
    if node.is_list:
        return Node(tuple(_walk(child, key, change, line) for child in node), node.line)
    if not node.is_map:
        return node
    pairs = {}
    for name, child in node.items():
        text = child.text
        new = change(text) if name == key and text else text
        pairs[name] = Node(new, line, new, plain=False) if new != text else _walk(child, key, change, line)
    return _mapping(pairs, node.line, dict(node.keys))


def _moved(node: Node, base: int) -> Node:
    line = node.line + base if node.line else 0
    if node.is_map:
        keys = {key: number + base for key, number in node.keys.items()}
        return _mapping({key: _moved(child, base) for key, child in node.items()}, line, keys)
    if node.is_list:
        return Node(tuple(_moved(child, base) for child in node), line)
    return Node(node.value, line, node.raw, node.plain)


def _mapping(pairs: dict[str, Node], line: int, keys: dict[str, int] | None = None) -> Node:
    where = keys if keys is not None else {key: child.line for key, child in pairs.items()}
    return Node(MappingProxyType(pairs), line, keys=MappingProxyType(where))


def _text(text: str, line: int) -> Node:
    return Node(text, line, text)
