"""Patches of Kubernetes objects: strategic merge, and the operations of RFC 6902. Changes no node, makes new ones."""

from types import MappingProxyType

from releasekit.syntax.node import ABSENT, Node

# lists that are merged by a key of their elements (Kubernetes API, `patchMergeKey`); all others are replaced
_MERGED_BY: dict[str, tuple[str, ...]] = {
    "containers": ("name",),
    "initContainers": ("name",),
    "ephemeralContainers": ("name",),
    "env": ("name",),
    "volumes": ("name",),
    "volumeMounts": ("mountPath",),
    "volumeDevices": ("devicePath",),
    "imagePullSecrets": ("name",),
    "ports": ("containerPort", "port"),
    "hostAliases": ("ip",),
    "topologySpreadConstraints": ("topologyKey",),
}


def merged(node: Node, patch: Node, key: str = "") -> Node:
    """A strategic merge: mappings key by key, null removes, known lists element by element, the rest is replaced."""
    if patch.is_map and node.is_map:
        return _merged_maps(node, patch)
    if patch.is_list and node.is_list and key in _MERGED_BY:
        return _merged_lists(node, patch, _MERGED_BY[key])
    return patch


def _merged_maps(node: Node, patch: Node) -> Node:
    directive = patch.at("$patch").text
    pairs = {} if directive == "replace" else dict(node.items())
    keys = {} if directive == "replace" else dict(node.keys)
    for key, child in patch.items():
        if key.startswith("$"):
            continue
        if child.is_scalar and child.value is None:
            pairs.pop(key, None)
            continue
        old = pairs.get(key, ABSENT)
        pairs[key] = merged(old, child, key)
        if not (old.is_map and child.is_map):
            keys[key] = patch.line_of(key)
    return Node(MappingProxyType(pairs), node.line, keys=MappingProxyType(keys))


def _merged_lists(node: Node, patch: Node, by: tuple[str, ...]) -> Node:
    elements = list(node)
    for change in patch:
        name = next((change.at(key).text for key in by if change.at(key).text), None)
        places = [i for i, old in enumerate(elements) if name and any(old.at(key).text == name for key in by)]
        if change.at("$patch").text == "delete":
            elements = [old for i, old in enumerate(elements) if i not in places]
        elif places:
            elements[places[0]] = merged(elements[places[0]], change)
        else:
            elements.append(change)
    return Node(tuple(elements), node.line)


def edited(node: Node, operations: Node) -> tuple[Node, list[int]]:
    """A JSON patch applied, and the lines of the operations that could not be."""
    missed = []
    for operation in operations:
        name = operation.at("op").text
        path = [part.replace("~1", "/").replace("~0", "~") for part in operation.at("path").text.split("/")[1:]]
        value = operation.at("value") if name in {"add", "replace"} else ABSENT
        made = _edit(node, path, name, value) if path and name in {"add", "replace", "remove"} else None
        if made is None:
            missed.append(operation.line)
        else:
            node = made
    return node, missed


def _edit(node: Node, path: list[str], operation: str, value: Node) -> Node | None:
    step, rest = path[0], path[1:]
    if node.is_map:
        pairs, keys = dict(node.items()), dict(node.keys)
        if rest:
            inner = _edit(pairs[step], rest, operation, value) if step in pairs else None
            if inner is None:
                return None
            pairs[step] = inner
        elif operation == "remove":
            if pairs.pop(step, None) is None:
                return None
        else:
            pairs[step], keys[step] = value, value.line
        return Node(MappingProxyType(pairs), node.line, keys=MappingProxyType(keys))
    return _edit_list(node, step, rest, operation, value) if node.is_list else None


def _edit_list(node: Node, step: str, rest: list[str], operation: str, value: Node) -> Node | None:
    elements = list(node)
    index = len(elements) if step == "-" else int(step) if step.isdigit() and len(step) < 7 else -1
    if index < 0 or index > len(elements) or (index == len(elements) and (rest or operation != "add")):
        return None
    if rest:
        inner = _edit(elements[index], rest, operation, value)
        if inner is None:
            return None
        elements[index] = inner
    elif operation == "remove":
        del elements[index]
    elif operation == "add":
        elements.insert(index, value)
    else:
        elements[index] = value
    return Node(tuple(elements), node.line)


def replaced(node: Node, path: tuple[str, ...], value: Node) -> Node:
    """The same mapping with the value under a path of keys replaced or added; mappings on the way are made."""
    pairs, keys = dict(node.items()), dict(node.keys)
    head, rest = path[0], path[1:]
    pairs[head] = replaced(pairs.get(head, ABSENT), rest, value) if rest else value
    if head not in keys or not rest:
        keys[head] = pairs[head].line or value.line
    return Node(MappingProxyType(pairs), node.line or value.line, keys=MappingProxyType(keys))
