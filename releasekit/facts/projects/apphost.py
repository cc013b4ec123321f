"""What a .NET Aspire AppHost declares, followed through its C# as a syntax tree. Runs nothing, knows no kinds of facts.

Followed are declarations, chains of calls, branches for publishing and the AppHost's own extension methods; what a call
means is told by its name, as the Aspire.Hosting packages define it.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from releasekit.syntax import script
from releasekit.syntax.expression import Expression
from releasekit.syntax.script import Tree

_DEPTH = 5
# the most calls that are followed: an AppHost is short, and what is generated is none (A22)
_MOST = 20_000
_NESTED = 120
_RUNS_ONLY = Expression(r"\bIsRunMode\b|\bIsDevelopment\b")
_PUBLISHES = Expression(r"\bIsPublishMode\b|\bIsProduction\b")
_BUILDER = "builder"
_Arguments = list[tuple[str, Tree]]


@dataclass(slots=True)
class Resource:
    """Something that the AppHost adds: how (``AddRedis``), its name, further texts, where, and what is said of it."""

    name: str
    method: str
    texts: tuple[str, ...]
    source: str
    project: str = ""
    parent: "Resource | None" = None
    calls: list["Call"] = field(default_factory=list)

    @property
    def top(self) -> "Resource":
        """The resource that runs: a data base's server."""
        return self.parent.top if self.parent else self


@dataclass(frozen=True, slots=True)
class Call:
    """A method called on a resource: its texts, numbers and named arguments as written, the resources it is given."""

    method: str
    texts: tuple[str, ...]
    named: tuple[tuple[str, str], ...]
    given: tuple[Resource, ...]
    source: str


@dataclass(slots=True)
class _Scope:
    names: dict[str, "Resource | str"]
    path: str
    depth: int = 0


class AppHost:
    """Reads the texts of one AppHost project; ``resources`` and ``calls`` are in the order in which they are made.

    ``cut`` says that the texts are too large or too deeply nested, and that something may be missing.
    """

    def __init__(self, texts: Sequence[tuple[str, str]]) -> None:
        self.resources: dict[str, Resource] = {}
        self.calls: list[tuple[Resource, Call]] = []
        self.cut = False
        self._left, self._deep = _MOST, 0
        self._methods: dict[str, tuple[Tree, str]] = {}
        roots = [(path, script.parse(text, "csharp")) for path, text in texts]
        for path, root in roots:
            for node in script.walk(root):
                if node.type in {"method_declaration", "local_function_statement"}:
                    self._methods.setdefault(_name(node), (node, path))
        for path, root in roots:
            scope = _Scope({}, path)
            for node in root.named_children:
                if node.type == "global_statement":
                    self._statement(node, scope)
        if not self.resources and "Main" in self._methods:
            node, path = self._methods["Main"]
            self._statement(node.child_by_field_name("body"), _Scope({}, path))

    def _statement(self, node: Tree | None, scope: _Scope) -> None:
        """A statement, a block or an arrow's expression."""
        if node is None or node.type in {"local_function_statement", "class_declaration"}:
            return
        self._deep += 1
        self.cut = self.cut or self._deep > _NESTED
        if self._deep <= _NESTED:
            self._followed(node, scope)
        self._deep -= 1

    def _followed(self, node: Tree, scope: _Scope) -> None:
        if node.type == "if_statement":
            self._branches(node, scope)
        elif node.type == "variable_declarator":
            name = _name(node)
            value = node.named_children[-1] if node.named_child_count > 1 else None
            found = self._value(value, scope)
            scope.names[name] = found if found is not None else (script.source(value) if value else "")
        elif node.type == "assignment_expression":
            left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
            found = self._value(right, scope)
            if found is not None and left is not None and left.type == "identifier":
                scope.names[script.source(left)] = found
        elif node.type in _EXPRESSIONS:
            self._value(node, scope)
        else:
            for child in node.named_children:
                self._statement(child, scope)

    def _branches(self, node: Tree, scope: _Scope) -> None:
        condition = node.child_by_field_name("condition")
        said = script.source(condition)
        known = scope.names.get(said.removeprefix("!"))
        then, other = node.child_by_field_name("consequence"), node.child_by_field_name("alternative")
        holds: bool | None = None
        if known in {"true", "false"}:
            holds = known == "true"
        elif _RUNS_ONLY.search(said) or _PUBLISHES.search(said):
            holds = bool(_PUBLISHES.search(said))
        if holds is not None and said.startswith("!"):
            holds = not holds
        if holds is not False:
            self._statement(then, scope)
        if holds is not True:
            self._statement(other, scope)

    def _value(self, node: Tree | None, scope: _Scope) -> "Resource | str | None":
        """The resource that an expression stands for; ``_BUILDER`` for the application's builder; else None."""
        if node is None:
            return None
        self._left -= 1
        self._deep += 1
        self.cut = self.cut or self._left < 0 or self._deep > _NESTED
        found = None if self._left < 0 or self._deep > _NESTED else self._valued(node, scope)
        self._deep -= 1
        return found

    def _valued(self, node: Tree, scope: _Scope) -> "Resource | str | None":
        if node.type == "identifier":
            found = scope.names.get(script.source(node))
            return found if isinstance(found, Resource) or found == _BUILDER else None
        if node.type == "invocation_expression":
            return self._call(node, scope)
        if node.type == "conditional_expression":
            condition = script.source(node.child_by_field_name("condition"))
            run = bool(_RUNS_ONLY.search(condition)) != condition.startswith("!")
            sides = [self._value(node.child_by_field_name(f), scope) for f in ("consequence", "alternative")]
            return next((side for side in (reversed(sides) if run else sides) if side is not None), None)
        if node.type == "lambda_expression":
            self._statement(node.child_by_field_name("body"), scope)
            return None
        found = None
        for child in node.named_children:
            value = self._value(child, scope)
            found = found if found is not None else value
        return found

    def _call(self, node: Tree, scope: _Scope) -> "Resource | str | None":
        function, given = node.child_by_field_name("function"), node.child_by_field_name("arguments")
        if function is None or function.type != "member_access_expression":
            self._value(given, scope)
            return None
        name = function.child_by_field_name("name")
        method = script.source(name).partition("<")[0]
        on = self._value(function.child_by_field_name("expression"), scope)
        if method == "CreateBuilder":
            return _BUILDER
        arguments = list(_arguments(given))
        line = script.line(name) if name is not None else script.line(node)
        texts = tuple(text for _, value in arguments if (text := self._text(value, scope)))
        if on == _BUILDER and method.startswith("Add") and texts and method not in self._methods:
            made = Resource(texts[0], method, texts[1:], f"{scope.path}:{line}", _type_argument(name))
            self.resources.setdefault(made.name, made)
            return self.resources[made.name]
        if method in self._methods and on is not None and scope.depth < _DEPTH:
            return self._entered(method, on, [value for _, value in arguments], scope)
        if not isinstance(on, Resource):
            handed = [self._value(value, scope) for _, value in arguments]
            return next((one for one in handed if isinstance(one, Resource)), None) if on is None else None
        return self._told(on, method, arguments, f"{scope.path}:{line}", scope)

    def _told(self, on: Resource, method: str, arguments: _Arguments, at: str, scope: _Scope) -> Resource:
        """What a call says of a resource; the value is the resource itself, a part of it, or what it is handed."""
        texts = tuple(text for _, value in arguments if (text := self._text(value, scope)))
        handed: list[Resource] = []
        for _, value in arguments:
            inner = scope
            if value.type == "lambda_expression":
                parameters = value.child_by_field_name("parameters")
                names = re.findall(r"\w+", script.source(parameters))
                inner = _Scope({**scope.names, **dict.fromkeys(names[-1:], on)}, scope.path, scope.depth + 1)
                if method != "WithConfiguration":  # others only take values from what they mention
                    handed.extend(self._mentioned(value, scope))
                    continue
            found = self._value(value, inner)
            if isinstance(found, Resource):
                handed.append(found)
        if method.startswith("Add") and texts and not handed:
            return Resource(texts[0], method, texts[1:], at, parent=on)
        named = tuple((key, script.source(value).strip('"')) for key, value in arguments if key)
        plain = tuple(script.source(value) for key, value in arguments if not key and value.type == "integer_literal")
        call = Call(method, (*texts, *plain), named, tuple(handed), at)
        on.calls.append(call)
        self.calls.append((on, call))
        return handed[0] if method.startswith("Add") and handed else on

    def _mentioned(self, node: Tree, scope: _Scope) -> Iterator[Resource]:
        for part in script.walk(node):
            found = scope.names.get(script.source(part)) if part.type == "identifier" else None
            if isinstance(found, Resource):
                yield found

    def _entered(
        self, method: str, on: "Resource | str", arguments: list[Tree], scope: _Scope
    ) -> "Resource | str | None":
        """An extension method of the AppHost's own: its body, with its parameters bound."""
        declared, path = self._methods[method]
        listed = declared.child_by_field_name("parameters")
        parameters = [_name(one) for one in (listed.named_children if listed else []) if one.type == "parameter"]
        values: list[Resource | str | None] = [on]
        for argument in arguments:
            found = self._value(argument, scope)
            values.append(found if found is not None else (self._text(argument, scope) or script.source(argument)))
        names = {name: value for name, value in zip(parameters, values, strict=False) if value is not None}
        inner = _Scope(names, path, scope.depth + 1)
        body = declared.child_by_field_name("body")
        if body is None:
            return on
        self._statement(body, inner)
        returned = next((part for part in script.walk(body) if part.type == "return_statement"), None)
        result = self._bound(returned.named_children[0], inner) if returned and returned.named_children else None
        return result if result is not None else on

    def _bound(self, node: Tree, scope: _Scope) -> "Resource | str | None":
        """What a returned name stands for; calls in it have been followed already."""
        while node.type in {"invocation_expression", "member_access_expression"}:
            below = node.child_by_field_name("function") or node.child_by_field_name("expression")
            if below is None:
                return None
            node = below
        found = scope.names.get(script.source(node))
        return found if isinstance(found, Resource) or found == _BUILDER else None

    def _text(self, node: Tree, scope: _Scope) -> str:
        if node.type == "string_literal":
            return script.source(node)[1:-1]
        if node.type == "invocation_expression" and script.source(node).startswith("Path.Combine("):
            parts = [value for _, value in _arguments(node.child_by_field_name("arguments"))]
            return "/".join(
                text for part in parts if part.type == "string_literal" and (text := self._text(part, scope))
            )
        if node.type == "identifier":
            known = scope.names.get(script.source(node))
            if isinstance(known, str) and known.startswith('"') and known.endswith('"'):
                return known[1:-1]
        return ""


_EXPRESSIONS = {
    "invocation_expression",
    "await_expression",
    "conditional_expression",
    "lambda_expression",
    "parenthesized_expression",
}


def _name(node: Tree) -> str:
    return script.source(node.child_by_field_name("name"))


def _arguments(node: Tree | None) -> Iterator[tuple[str, Tree]]:
    """(name or "", expression) of each argument."""
    for argument in node.named_children if node is not None else ():
        if argument.type == "argument" and argument.named_children:
            name = argument.child_by_field_name("name")
            yield script.source(name), argument.named_children[-1]


def _type_argument(node: Tree | None) -> str:
    """``Identity_API`` of ``AddProject<Projects.Identity_API>``."""
    match = re.search(r"<\s*(?:global::)?(?:Projects\.)?(\w+)\s*>", script.source(node))
    return match[1] if match else ""
