"""Feature flags that a program declares in a table of its own, with the default of each. Knows no flag system.

Read are JavaScript, TypeScript, Python and Go as they are written; Spring's, .NET's and GitLab's files of flags.
"""

import ast
import re
from collections.abc import Iterator

from releasekit.facts.code import folder, kept, line_at, own
from releasekit.facts.files import Files
from releasekit.facts.model import Fact, Value
from releasekit.syntax import script
from releasekit.syntax.expression import Expression
from releasekit.syntax.node import Node
from releasekit.syntax.script import Tree

# what a table of flags is called; `flags` alone may be anything, so that its file or type must speak of features too
_TABLE = Expression(
    r"(?:feature|experiment\w*|beta|release)_?(?:flags?|toggles?|switch(?:es)?|gates?)(?:_?(?:defaults?|config\w*|values?))?$"
    r"|^(?:default|initial|all)_?(?:feature_?)?(?:flags?|toggles?)$|^(?:feature_?)?(?:flags|toggles)$|^experiments$",
    re.IGNORECASE,
)
_PLAIN = Expression(r"^(?:flags|toggles|(?:default|all|initial)_?flags?)$", re.IGNORECASE)
_SPEAKS = Expression(r"feature|flag|toggle|experiment", re.IGNORECASE)
_DEFAULTS = ("default", "defaultValue", "default_value", "enabled", "enabledByDefault", "isEnabled", "value", "on")
_NAMES = ("key", "name", "id", "flag")
_DECLARED = Expression(r"\b(?:const|let|var)\s+(\w+)")
_HINT = Expression(r"(?:flag|toggle|switch|gate|experiment)\w*\b", re.IGNORECASE)
_SCRIPTS = {".ts": "typescript", ".mts": "typescript", ".js": "javascript", ".mjs": "javascript", ".cjs": "javascript"}
_WRAPPERS = {"as_expression", "satisfies_expression", "parenthesized_expression"}
_YES = {"true": True, "1": True, "on": True, "yes": True, "enabled": True, "false": False, "0": False}
_GO_TABLE = Expression(r"\b(\w+)\s*(?::=|=)\s*map\[[\w.]*\]bool\s*\{")
_GO_ENTRY = Expression(
    r"^\s*(?:\"([\w.:/-]{2,100})\"|([A-Z]\w{2,100}))\s*:\s*(true|false)\s*,?\s*(?://.*)?$", re.MULTILINE
)
_GO_GATE = Expression(
    r"^\s*(?:\w+\.)?([A-Z]\w{2,100})\s*:\s*\{\s*(?:\{[^{}\n]*)?\bDefault:\s*(true|false)\b", re.MULTILINE
)
_SPRING = Expression(r"(?:.*/)?application(?:-prod\w*)?\.ya?ml")
_SPRING_TABLES = ("features", "feature-flags", "featureFlags", "feature-toggles", "featureToggles", "toggles")
_SETTINGS = Expression(r"(?:.*/)?appsettings(?:\.Production)?\.json")
_ONE_A_FILE = Expression(r"(?:.*/)?feature_flags?/(?:.+/)?[\w.-]+\.ya?ml")


def detect(files: Files) -> Iterator[Fact]:
    """One fact a flag; a table counts when most of what it holds is switched on or off by default."""
    for ending, language in _SCRIPTS.items():
        for path in own(files, ending):
            text = files.text(path)
            if _HINT.search(text) and ("false" in text or "true" in text):
                yield from _script(path, text, language)
    for path in own(files, ".py"):
        text = files.text(path)
        if _HINT.search(text) and "FLAGS" in text.upper():
            yield from _python(files, path)
    for path in own(files, ".go"):
        text = files.text(path)
        if "map[" in text and _SPEAKS.search(text):
            yield from _go(path, text)
    yield from _configured(files)


def _script(path: str, text: str, language: str) -> Iterator[Fact]:
    if not any(_TABLE.search(word) for word in dict.fromkeys(_DECLARED.findall(text))):
        return
    for node in script.walk(script.parse(text, language), stop=frozenset({"class_body", "function_declaration"})):
        if node.type != "variable_declarator":
            continue
        name = script.source(node.child_by_field_name("name"))
        table = _unwrapped(node.child_by_field_name("value"))
        kind = script.source(node.child_by_field_name("type"))
        if table is None or not _TABLE.search(name):
            continue
        if _PLAIN.match(name) and not (_SPEAKS.search(path.rpartition("/")[2]) or _SPEAKS.search(kind)):
            continue
        entries = list(_entries(table))
        known = [entry for entry in entries if entry[1] is not None]
        if len(known) * 2 > len(entries):
            for key, value, line in known:
                how = f"the table {name} of the code says what it is by default"
                yield Fact("feature_flag", key, value, f"{path}:{line}", how=how)


def _unwrapped(node: Tree | None) -> Tree | None:
    """The object or array of ``{...} as const``, ``Object.freeze({...})``, ``defineFlags({...})``; None for others."""
    while node is not None:
        if node.type in {"object", "array"}:
            return node
        if node.type in _WRAPPERS:
            node = node.named_children[0] if node.named_children else None
        elif node.type == "call_expression":
            arguments = node.child_by_field_name("arguments")
            node = arguments.named_children[0] if arguments is not None and arguments.named_children else None
        else:
            return None
    return None


def _entries(table: Tree) -> Iterator[tuple[str, Value, int]]:
    """(flag, default or None where it cannot be told, line) of an object by name or of an array of objects."""
    for part in table.named_children:
        if table.type == "object" and part.type == "pair":
            value = part.child_by_field_name("value")
            yield _key(part), _default(value), script.line(part)
        elif table.type == "array" and part.type == "object":
            fields = {_key(pair): pair.child_by_field_name("value") for pair in part.named_children}
            name = next((_text(fields[key]) for key in _NAMES if key in fields), "")
            default = _default(part)
            if name and isinstance(default, bool):
                yield name, default, script.line(part)


def _key(pair: Tree) -> str:
    return script.source(pair.child_by_field_name("key")).strip("\"'`")


def _text(node: Tree | None) -> str:
    return script.source(node).strip("\"'`") if node is not None and node.type == "string" else ""


def _default(node: Tree | None) -> Value:
    """What an expression is when nothing is configured: a literal, a call's last argument, a comparison's outcome."""
    if node is None:
        return None
    kind = node.type
    if kind in {"true", "false"}:
        return kind == "true"
    if kind == "object":
        fields = {_key(pair): pair.child_by_field_name("value") for pair in node.named_children if pair.type == "pair"}
        return next((_default(fields[key]) for key in _DEFAULTS if key in fields), None)
    if kind in _WRAPPERS and node.named_children:
        return _default(node.named_children[0])
    if kind == "call_expression":
        return _of_call(node)
    if kind == "unary_expression" and script.source(node).startswith("!!"):
        return False
    if kind == "binary_expression":
        return _of_comparison(node)
    return None


def _of_call(node: Tree) -> Value:
    arguments = node.child_by_field_name("arguments")
    given = list(arguments.named_children) if arguments is not None else []
    if given and given[-1].type in {"true", "false"}:
        return given[-1].type == "true"
    reads = "env" in script.source(node)
    if len(given) == 1 and reads and script.source(node.child_by_field_name("function")) == "Boolean":
        return False
    if len(given) > 1 and reads and given[-1].type == "string":
        return _text(given[-1])
    return None


def _of_comparison(node: Tree) -> Value:
    """``process.env.X === "true"`` is off when X is not set, ``!== "false"`` on; ``x ?? false`` is what stands last."""
    text = script.source(node)
    operator = script.source(node.child_by_field_name("operator"))
    right = node.child_by_field_name("right")
    if operator in {"??", "||"}:
        return _default(right)
    if operator in {"===", "=="} and "env" in text:
        return False
    return True if operator in {"!==", "!="} and "env" in text else None


def _python(files: Files, path: str) -> Iterator[Fact]:
    """``FEATURE_FLAGS = {"NAME": False}`` and the fields of ``class FeatureFlags``."""
    module = files.python(path)
    for statement in module.body if module else ():
        if isinstance(statement, ast.ClassDef) and _TABLE.search(statement.name):
            for field in statement.body:
                if isinstance(field, ast.AnnAssign | ast.Assign) and isinstance(field.value, ast.Constant):
                    target = field.target if isinstance(field, ast.AnnAssign) else field.targets[0]
                    if isinstance(target, ast.Name) and isinstance(field.value.value, bool):
                        yield Fact("feature_flag", target.id, field.value.value, f"{path}:{field.lineno}")
            continue
        if isinstance(statement, ast.Assign | ast.AnnAssign) and isinstance(statement.value, ast.Dict):
            table = statement.targets[0] if isinstance(statement, ast.Assign) else statement.target
            if isinstance(table, ast.Name) and _TABLE.search(table.id):
                yield from _entries_of(statement.value, path)


def _entries_of(table: ast.Dict, path: str) -> Iterator[Fact]:
    for key, said in zip(table.keys, table.values, strict=True):
        if isinstance(key, ast.Constant) and isinstance(said, ast.Constant) and isinstance(said.value, bool):
            yield Fact("feature_flag", str(key.value), said.value, f"{path}:{key.lineno}")


def _go(path: str, text: str) -> Iterator[Fact]:
    """``map[string]bool`` by the name of a table of flags; feature gates as Kubernetes declares them."""
    for table in _GO_TABLE.finditer(text):
        if _TABLE.search(table[1]) and (not _PLAIN.match(table[1]) or _SPEAKS.search(path.rpartition("/")[2])):
            end = text.find("\n}", table.end())
            for match in _GO_ENTRY.finditer(text, table.end(), end if end >= 0 else len(text)):
                yield _line(path, text, match, match[1] or match[2], match[3])
    if "PreRelease" in text or "featuregate" in text:
        for match in _GO_GATE.finditer(text):
            yield _line(path, text, match, match[1], match[2])


def _line(path: str, text: str, match: re.Match[str], name: str, value: str) -> Fact:
    number = line_at(text, match.start() + len(match[0]) - len(match[0].lstrip()))
    return Fact("feature_flag", name, _YES[value], f"{path}:{number}")


def _configured(files: Files) -> Iterator[Fact]:
    """Switches that stand below a key of flags in Spring's and .NET's settings; GitLab's form of a flag a file."""
    for path in kept(files.tree.ending(".yml", ".yaml", ".json")):
        if _SPRING.fullmatch(path):
            text = files.text(path)
            for document in files.yaml(path) if any(f"{name}:" in text for name in _SPRING_TABLES) else ():
                for parent in (document, *(child for _, child in document.items())):
                    for name in _SPRING_TABLES:
                        yield from _switches(path, parent.at(name), "")
        elif _SETTINGS.fullmatch(path) and "FeatureManagement" in files.text(path):
            yield from _switches(path, files.json(path, comments=True).at("FeatureManagement"), "")
        elif _ONE_A_FILE.fullmatch(path) and "default_enabled" in files.text(path):
            for document in files.yaml(path):
                flag, value = document.at("name"), document.at("default_enabled")
                if flag.text and value.text.lower() in _YES:
                    yield Fact("feature_flag", flag.text, _YES[value.text.lower()], f"{path}:{flag.line}")


def _switches(path: str, table: Node, prefix: str) -> Iterator[Fact]:
    for name, node in table.items():
        full = f"{prefix}{name}"
        how, place = "a switch below a key of feature flags", f"{path}:{table.line_of(name)}"
        if node.is_map:
            enabled = node.at("enabled") or node.at("default")
            if isinstance(enabled.value, bool):
                yield Fact("feature_flag", full, enabled.value, place, how=how, scope=folder(path))
            elif node.at("EnabledFor"):
                told = "it is on only for those that its filters choose"
                yield Fact("feature_flag", full, False, place, how=told, scope=folder(path))
            else:
                yield from _switches(path, node, f"{full}.")
        elif isinstance(node.value, bool):
            yield Fact("feature_flag", full, node.value, f"{path}:{node.line}", how=how, scope=folder(path))
