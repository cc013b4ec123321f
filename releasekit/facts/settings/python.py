"""Variables that Python code reads, from its syntax tree: os.environ, helpers, settings classes. Imports nothing."""

import ast
import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from releasekit.facts.settings.model import NAME, Read
from releasekit.syntax.expression import Expression

_SPEAKS = Expression(
    r"\benviron\b|\bgetenv\b|\bBaseSettings\b|Settings\)\s*:|\b(?:config|\w*env|\w*secret\w*)(?:\.\w+)?\(\s*[\"'][A-Z]",
    re.IGNORECASE,
)
_LINE = Expression(r"environ|getenv|Settings\b|\b(?:config|\w*env\w*|\w*secret\w*)[.(]", re.IGNORECASE)
_CAPITALS = Expression(r"\b[A-Z][A-Z0-9_]{2,}\b|Settings")
_CAST = frozenset(
    (
        "str",
        "int",
        "bool",
        "float",
        "list",
        "url",
        "db",
        "json",
        "dict",
        "tuple",
        "path",
        "db_url",
        "cache",
        "get_value",
    )
)
_READERS = frozenset(("env", "config", "environ", "Env", "env_config", "decouple_config"))
_PRODUCTION = ("prod", "debug", "env", "stage", "deploy", "heroku", "testing")
_OPTIONAL = ("Optional", "None")


@dataclass(slots=True)
class _Helper:
    """A function of this module that reads the variable named by its first parameter."""

    demands: bool
    secret: bool
    default: bool


@dataclass(slots=True)
class _Scan:
    """What is known of one module while it is walked."""

    path: str
    helpers: dict[str, _Helper] = field(default_factory=dict)
    bound: dict[str, str] = field(default_factory=dict)
    demanded: set[str] = field(default_factory=set)
    found: list[Read] = field(default_factory=list)
    settings: set[str] = field(default_factory=set)
    lines: list[int] = field(default_factory=list)

    def touches(self, node: ast.stmt) -> bool:
        """Whether a statement has a line that may read a variable: the others need not be walked."""
        index = bisect_left(self.lines, node.lineno)
        return index < len(self.lines) and self.lines[index] <= (node.end_lineno or node.lineno)


def may_read(text: str) -> bool:
    """Whether a module's text speaks of the environment at all, so that parsing it is worth the time."""
    return _SPEAKS.search(text) is not None and _CAPITALS.search(text) is not None


def reads(module: ast.Module, text: str, path: str) -> Iterator[Read]:
    """Every read of a variable in a module, in order; those that are checked later in it count as required."""
    scan = _Scan(path)
    scan.lines = _lines(text, _LINE)
    for node in _functions(module.body):
        helper = _helper(node) if node.args.args and scan.touches(node) else None
        if helper:
            scan.helpers[node.name] = helper
    if scan.helpers:
        called = "|".join(rf"\b{re.escape(name)}\(" for name in scan.helpers)
        scan.lines = _lines(text, Expression(f"{_LINE.text}|{called}", re.IGNORECASE))
    _walk(scan, module.body, False)
    for read in scan.found:
        yield replace(read, required=True) if read.name in scan.demanded and read.default is None else read


def _lines(text: str, pattern: Expression) -> list[int]:
    return [number for number, line in enumerate(text.split("\n"), 1) if pattern.search(line)]


def _functions(body: list[ast.stmt]) -> Iterator[ast.FunctionDef]:
    for statement in body:
        if isinstance(statement, ast.FunctionDef):
            yield statement
        elif isinstance(statement, ast.ClassDef):
            yield from _functions(statement.body)


def _helper(node: ast.FunctionDef) -> _Helper | None:
    parameter = node.args.args[0].arg
    called = [part for part in ast.walk(node) if _environment_key(part, parameter)]
    if not called:
        return None
    subscripts = any(isinstance(part, ast.Subscript) for part in called)
    values = {
        part.targets[0].id
        for part in ast.walk(node)
        if isinstance(part, ast.Assign) and isinstance(part.targets[0], ast.Name)
        if any(_environment_key(inner, parameter) for inner in ast.walk(part.value))
    }
    checks = any(
        isinstance(part, ast.If) and _is_absence(part.test) and _stops(part.body) and _mentions(part.test, values)
        for part in ast.walk(node)
    )
    named = any(word in node.name.lower() for word in ("require", "must", "mandatory", "or_raise", "or_fail", "strict"))
    secret = any(word in node.name.lower() for word in ("secret", "password", "credential"))
    return _Helper(subscripts or checks or named, secret, len(node.args.args) > 1 or bool(node.args.kwonlyargs))


def _mentions(test: ast.expr, names: set[str]) -> bool:
    return any(isinstance(node, ast.Name) and node.id in names for node in ast.walk(test))


def _environment_key(node: ast.AST, parameter: str) -> bool:
    """``os.environ[p]``, ``os.environ.get(p)`` or ``os.getenv(p)``."""
    if isinstance(node, ast.Subscript):
        return _is_environ(node.value) and isinstance(node.slice, ast.Name) and node.slice.id == parameter
    if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Name) and node.args[0].id == parameter:
        return _is_getenv(node.func)
    return False


def _is_environ(node: ast.expr) -> bool:
    return (isinstance(node, ast.Attribute) and node.attr == "environ") or (
        isinstance(node, ast.Name) and node.id in {"environ", "ENV", "_environ"}
    )


def _is_getenv(node: ast.expr) -> bool:
    if isinstance(node, ast.Attribute):
        return node.attr == "getenv" or (node.attr in {"get", "pop"} and _is_environ(node.value))
    return isinstance(node, ast.Name) and node.id == "getenv"


def _is_absence(test: ast.expr) -> bool:
    """``not x``, ``x is None``, ``x == ""``, ``"X" not in os.environ``, alone or joined by or."""
    if isinstance(test, ast.BoolOp):
        return any(_is_absence(value) for value in test.values)
    if isinstance(test, ast.UnaryOp):
        return isinstance(test.op, ast.Not)
    if isinstance(test, ast.Compare) and len(test.ops) == 1:
        right = test.comparators[0]
        empty = isinstance(right, ast.Constant) and right.value in {None, ""}
        return (isinstance(test.ops[0], ast.Is | ast.Eq) and empty) or isinstance(test.ops[0], ast.NotIn)
    return False


def _stops(body: list[ast.stmt]) -> bool:
    for statement in body:
        if isinstance(statement, ast.Raise):
            return True
        call = statement.value if isinstance(statement, ast.Expr) else None
        if isinstance(call, ast.Call) and ast.unparse(call.func) in {"sys.exit", "exit", "quit", "os._exit", "abort"}:
            return True
    return False


def _walk(scan: _Scan, body: list[ast.stmt], optional: bool) -> None:
    for statement in body:
        if not scan.touches(statement) and not (isinstance(statement, ast.If) and scan.bound):
            continue
        if isinstance(statement, ast.ClassDef):
            _settings_class(scan, statement)
            _walk(scan, statement.body, optional)
        elif isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef):
            _walk(scan, statement.body, optional)
        elif isinstance(statement, ast.If):
            _expressions(scan, [statement.test], True)
            if _is_absence(statement.test) and _stops(statement.body):
                _demand(scan, statement.test)
            aside = optional or not _is_production(statement.test)
            _walk(scan, statement.body, aside)
            _walk(scan, statement.orelse, aside)
        elif isinstance(statement, ast.Try):
            caught = any(_catches(handler) and not _stops(handler.body) for handler in statement.handlers)
            _walk(scan, statement.body, optional or caught)
            for handler in statement.handlers:
                _walk(scan, handler.body, True)
            _walk(scan, [*statement.orelse, *statement.finalbody], optional)
        elif isinstance(statement, ast.With | ast.AsyncWith | ast.For | ast.AsyncFor | ast.While):
            _expressions(
                scan, [part for part in ast.iter_child_nodes(statement) if isinstance(part, ast.expr)], optional
            )
            _walk(scan, statement.body, optional)
        else:
            _bind(scan, statement)
            _expressions(scan, [statement], optional)


def _is_production(test: ast.expr) -> bool:
    """Whether a condition chooses between development and production, or asks for the main program."""
    text = re.sub(r"\bgetenv\b|\bos\.environ\b", "", ast.unparse(test).lower())
    return "__name__" in text or any(word in text for word in _PRODUCTION)


def _catches(handler: ast.ExceptHandler) -> bool:
    text = ast.unparse(handler.type) if handler.type else "Exception"
    return any(name in text for name in ("KeyError", "Exception", "ImproperlyConfigured", "UndefinedValueError"))


def _demand(scan: _Scan, test: ast.expr) -> None:
    for node in ast.walk(test):
        if isinstance(node, ast.Name) and node.id in scan.bound:
            scan.demanded.add(scan.bound[node.id])
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and NAME.fullmatch(node.value):
            scan.demanded.add(node.value)


def _bind(scan: _Scan, statement: ast.stmt) -> None:
    if isinstance(statement, ast.Assign | ast.AnnAssign) and isinstance(statement.value, ast.Call | ast.Subscript):
        target = statement.targets[0] if isinstance(statement, ast.Assign) else statement.target
        read = _read(scan, statement.value, True)
        if read and isinstance(target, ast.Name):
            scan.bound[target.id] = read.name


def _expressions(scan: _Scan, roots: list[ast.expr] | list[ast.stmt], optional: bool) -> None:
    for root in roots:
        guarded = {
            id(part) for node in ast.walk(root) if isinstance(node, ast.IfExp | ast.BoolOp) for part in ast.walk(node)
        }
        for node in ast.walk(root):
            if isinstance(node, ast.Call | ast.Subscript):
                read = _read(scan, node, optional or id(node) in guarded)
                if read:
                    scan.found.append(read)


def _read(scan: _Scan, node: ast.Call | ast.Subscript, optional: bool) -> Read | None:
    if isinstance(node, ast.Subscript):
        name = _text(node.slice)
        if name and _is_environ(node.value) and isinstance(node.ctx, ast.Load):
            return Read(name, scan.path, node.lineno, required=not optional)
        return None
    name = _text(node.args[0]) if node.args else None
    if not name or not NAME.fullmatch(name):
        return None
    given = node.args[1] if len(node.args) > 1 else next((k.value for k in node.keywords if k.arg == "default"), None)
    default = None if given is None else (_text(given) or "")
    if isinstance(given, ast.Constant) and given.value not in {None, ""}:
        default = str(given.value)
    line = node.lineno
    if _is_getenv(node.func):
        return Read(name, scan.path, line, default=default)
    called = node.func.id if isinstance(node.func, ast.Name) else ""
    helper = scan.helpers.get(called)
    if helper:
        return Read(name, scan.path, line, helper.demands and given is None and not optional, default, helper.secret)
    owner = node.func.value.id if isinstance(node.func, ast.Attribute) and isinstance(node.func.value, ast.Name) else ""
    if called in _READERS or (owner in _READERS and isinstance(node.func, ast.Attribute) and node.func.attr in _CAST):
        return Read(name, scan.path, line, given is None and not optional, default)
    words = called.lower()
    if any(word in words for word in ("env", "secret")):
        demands = any(word in words for word in ("require", "must", "mandatory"))
        return Read(name, scan.path, line, demands and given is None, default, "secret" in words)
    return None


def _text(node: ast.expr) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def _settings_class(scan: _Scan, node: ast.ClassDef) -> None:
    """The fields of a pydantic settings class: each is a variable, required when it has no default."""
    bases = {ast.unparse(base).rpartition(".")[2] for base in node.bases}
    if not bases & ({"BaseSettings"} | scan.settings):
        return
    scan.settings.add(node.name)
    prefix = _prefix(node)
    for statement in node.body:
        if not isinstance(statement, ast.AnnAssign) or not isinstance(statement.target, ast.Name):
            continue
        name, kind = statement.target.id, ast.unparse(statement.annotation)
        if name.startswith("_") or name == "model_config" or kind.startswith("ClassVar") or kind in scan.settings:
            continue
        alias, required, default = _field(statement.value)
        optional = any(word in kind for word in _OPTIONAL)
        full = alias or f"{prefix}{name}".upper()
        if NAME.fullmatch(full):
            secret = "SecretStr" in kind or "SecretBytes" in kind
            plain = kind.partition(" ")[0] in {"bool", "int", "float"}
            given = required and not optional
            scan.found.append(Read(full, scan.path, statement.lineno, given, default, secret, plain, name))


def _prefix(node: ast.ClassDef) -> str:
    for part in ast.walk(node):
        if isinstance(part, ast.keyword) and part.arg == "env_prefix":
            return _text(part.value) or ""
        if (
            isinstance(part, ast.Assign)
            and isinstance(part.targets[0], ast.Name)
            and part.targets[0].id == "env_prefix"
        ):
            return _text(part.value) or ""
    return ""


def _field(value: ast.expr | None) -> tuple[str, bool, str | None]:
    """(variable named by the field, no default, default as text) of a field's right side."""
    if value is None:
        return "", True, None
    if not (isinstance(value, ast.Call) and ast.unparse(value.func).rpartition(".")[2] == "Field"):
        return "", False, _text(value)
    keywords = {keyword.arg: keyword.value for keyword in value.keywords}
    alias = next((_text(keywords[key]) or "" for key in ("validation_alias", "alias", "env") if key in keywords), "")
    first = value.args[0] if value.args else keywords.get("default")
    required = "default_factory" not in keywords and (
        first is None or (isinstance(first, ast.Constant) and first.value is Ellipsis)
    )
    return alias.upper(), required, _text(first) if first is not None else None
