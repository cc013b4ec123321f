"""What a Helm template writes, worked out from its syntax tree and values. Runs nothing, and ends by its budget."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from releasekit.errors import ParseError
from releasekit.facts.helm import functions as builtins
from releasekit.facts.traced import (
    NIL,
    UNKNOWN,
    Row,
    Said,
    Table,
    UnknownError,
    Value,
    is_unknown,
    of_data,
    places,
    text,
    truth,
)
from releasekit.syntax.gotemplate import Action, Block, Chain, Literal, Name, Operand, Part, Pipeline, Text, parse


@dataclass(slots=True)
class Budget:
    """Steps of one chart: actions, blocks and rounds of loops. A bomb ends here (A22)."""

    steps: int = 200_000
    depth: int = 40

    def step(self) -> None:
        self.steps -= 1
        if self.steps < 0:
            raise UnknownError("too many steps")


@dataclass(frozen=True, slots=True)
class Problem:
    """What was not understood, and where: ``path:line``."""

    place: str
    reason: str


@dataclass(slots=True)
class Rendered:
    """A text, line by line: what is written, where the template says it, which values gave it."""

    lines: list[str] = field(default_factory=lambda: [""])
    templates: list[str] = field(default_factory=lambda: [""])
    values: list[tuple[str, ...]] = field(default_factory=lambda: [()])
    size: int = 0

    def write(self, said: Said, path: str, line: int, moving: bool = False) -> None:
        """Add a text. ``moving``: it stands in the template itself, so that its lines are the template's."""
        for number, part in enumerate(text(said).split("\n")):
            if number:
                self.lines.append("")
                self.templates.append("")
                self.values.append(())
            if not part:
                continue
            self.size += len(part)
            if self.size > 1 << 20:
                raise UnknownError("more than a mebibyte")
            if not self.lines[-1].strip():
                self.templates[-1] = _place(path, line + number if moving else line)
            self.lines[-1] += part
            given = said.lines[number] if number < len(said.lines) else said.places
            self.values[-1] = tuple(dict.fromkeys((*self.values[-1], *given)))

    def said(self) -> Said:
        """The whole as one value, for ``include``."""
        lines = tuple(
            (*given, here) if here else given for given, here in zip(self.values, self.templates, strict=True)
        )
        every = tuple(dict.fromkeys(place for line in lines for place in line))
        return Said("\n".join(self.lines), every, lines)


@dataclass(frozen=True, slots=True)
class _Stop(Exception):  # noqa: N818 - it is no error: break and continue
    word: str


@dataclass(slots=True)
class Renderer:
    """The templates of one release: named ones by name (path, body), files that may be read, problems so far."""

    named: dict[str, tuple[str, tuple[Part, ...]]]
    read: Callable[[str], str]
    problems: list[Problem] = field(default_factory=list)
    budget: Budget = field(default_factory=Budget)
    partial: bool = False

    def define(self, parts: Sequence[Part], path: str) -> None:
        """Take the named templates of a file; a later one of the same name replaces an earlier one."""
        for part in parts:
            if isinstance(part, Block) and part.word in {"define", "block"}:
                self.named[part.name] = (path, part.body)

    def file(self, parts: Sequence[Part], path: str, root: Value) -> Rendered:
        """What one template file writes."""
        out = Rendered()
        try:
            _Frame(self, path, root).parts(parts, root, out)
        except (UnknownError, _Stop, RecursionError) as error:
            self.miss(path, 1, str(error) or "it goes too deep")
        return out

    def include(self, name: str, dot: Value) -> Said:
        """What a named template writes for a dot. Raises UnknownError when there is none of that name."""
        if name not in self.named:
            raise UnknownError(f"no template is called {name!r}")
        path, body = self.named[name]
        self.budget.depth -= 1
        if self.budget.depth < 0:
            self.budget.depth += 1
            raise UnknownError(f"{name!r} includes itself too often")
        out = Rendered()
        try:
            _Frame(self, path, dot).parts(body, dot, out)
        finally:
            self.budget.depth += 1
        return out.said()

    def expand(self, template: str, dot: Value, path: str) -> Said:
        """``tpl``: a text of the values as a template of its own."""
        try:
            parts = parse(template, path)
        except ParseError as error:
            raise UnknownError(error.problems[0].what) from None
        out = Rendered()
        _Frame(self, path, dot).parts(parts, dot, out)
        return out.said()

    def miss(self, path: str, line: int, reason: str) -> None:
        problem = Problem(_place(path, line), reason)
        if problem not in self.problems:
            self.problems.append(problem)


class _Frame:
    """The execution of one template: its root ``$`` and its variables, innermost scope last."""

    def __init__(self, renderer: Renderer, path: str, root: Value) -> None:
        self.renderer, self.path = renderer, path
        self.scopes: list[dict[str, Value]] = [{"$": root}]

    def parts(self, parts: Sequence[Part], dot: Value, out: Rendered) -> None:
        for part in parts:
            self.renderer.budget.step()
            if isinstance(part, Text):
                out.write(Said(part.text), self.path, part.line, moving=True)
            elif isinstance(part, Action):
                self.action(part, dot, out)
            else:
                self.block(part, dot, out)

    def action(self, part: Action, dot: Value, out: Rendered) -> None:
        try:
            value = self.pipeline(part.pipeline, dot)
            shown = value if isinstance(value, Said) or part.pipeline.names else Said(text(value))
        except UnknownError as error:
            self.renderer.miss(self.path, part.line, str(error))
            # a block that `nindent` would put below, or that stands below its key, does not end up beside it
            head = part.pipeline.commands[-1][0]
            below = head == Name("nindent") or out.lines[-1].endswith(":")
            shown = Said("\n" + UNKNOWN if below else UNKNOWN)
            for name in part.pipeline.names:
                self.set(name, shown, part.pipeline.declares)
        if not part.pipeline.names and isinstance(shown, Said):
            out.write(shown, self.path, part.line)

    def block(self, part: Block, dot: Value, out: Rendered) -> None:
        if part.word in {"break", "continue"}:
            raise _Stop(part.word)
        if part.word == "define":
            return
        if part.word in {"template", "block"}:
            try:
                inner = self.pipeline(part.pipeline, dot) if part.pipeline else NIL
                out.write(self.renderer.include(part.name, inner), self.path, part.line)
            except UnknownError as error:
                self.renderer.miss(self.path, part.line, str(error))
                out.write(Said(UNKNOWN), self.path, part.line)
            return
        self.scopes.append({})
        try:
            self.control(part, dot, out)
        except UnknownError as error:
            # which way it goes is not known: neither is written, and what is missing may not be called missing
            self.renderer.miss(self.path, part.line, str(error))
            self.renderer.partial = True
        finally:
            self.scopes.pop()

    def control(self, part: Block, dot: Value, out: Rendered) -> None:
        if part.pipeline is None:
            return
        if part.word == "range":
            self.range(part, part.pipeline, dot, out)
            return
        value = self.pipeline(part.pipeline, dot)
        if is_unknown(value):
            raise UnknownError("a condition that depends on what is not understood")
        inner = value if part.word == "with" else dot
        self.parts(part.body, inner, out) if truth(value) else self.parts(part.otherwise, dot, out)

    def range(self, part: Block, pipeline: Pipeline, dot: Value, out: Rendered) -> None:
        bare = Pipeline(pipeline.commands, line=pipeline.line)
        rounds = _rounds(self.pipeline(bare, dot))
        if not rounds:
            self.parts(part.otherwise, dot, out)
        for key, value in rounds:
            self.renderer.budget.step()
            names = pipeline.names
            if names:
                self.set(names[-1], value, pipeline.declares)
            if len(names) > 1:
                self.set(names[0], key, pipeline.declares)
            self.scopes.append({})
            try:
                self.parts(part.body, value, out)
            except _Stop as stop:
                if stop.word == "break":
                    break
            finally:
                self.scopes.pop()

    def set(self, name: str, value: Value, declares: bool) -> None:
        scope = next((s for s in reversed(self.scopes) if name in s), None) if not declares else None
        (self.scopes[-1] if scope is None else scope)[name] = value

    def variable(self, name: str) -> Value:
        for scope in reversed(self.scopes):
            if name in scope:
                return scope[name]
        raise UnknownError(f"the variable {name} is not set")

    def pipeline(self, pipeline: Pipeline, dot: Value) -> Value:
        value: Value | None = None
        for command in pipeline.commands:
            value = self.command(command, dot, value)
        result = NIL if value is None else value
        for name in pipeline.names:
            self.set(name, result, pipeline.declares)
        return result

    def command(self, command: tuple[Operand, ...], dot: Value, piped: Value | None) -> Value:
        self.renderer.budget.step()
        head, rest = command[0], command[1:]
        if isinstance(head, Name):
            return self.call(head.name, rest, dot, piped)
        if isinstance(head, Chain):
            method = builtins.method(head)
            if method:
                arguments = [self.operand(operand, dot) for operand in rest]
                return method(self.renderer.read, arguments if piped is None else [*arguments, piped])
        if rest or piped is not None:
            raise UnknownError("a value that is called like a function")
        return self.operand(head, dot)

    def call(self, name: str, rest: tuple[Operand, ...], dot: Value, piped: Value | None) -> Value:
        if name in {"and", "or"}:
            return self.choose(name, rest, dot, piped)
        arguments = [self.operand(operand, dot) for operand in rest]
        if piped is not None:
            arguments.append(piped)
        if name == "include" and len(arguments) == 2:
            return self.renderer.include(text(arguments[0]), arguments[1])
        if name == "tpl" and len(arguments) == 2:
            written = arguments[0]
            if "{{" not in text(written):
                return written
            made = self.renderer.expand(text(written), arguments[1], (places(written) or (self.path,))[0])
            return Said(made.value, tuple(dict.fromkeys((*places(written), *made.places))))
        return builtins.call(name, arguments)

    def choose(self, name: str, rest: tuple[Operand, ...], dot: Value, piped: Value | None) -> Value:
        """``and`` and ``or`` give the argument that decides, and look at no further one."""
        value: Value = NIL
        for operand in rest:
            value = self.operand(operand, dot)
            if truth(value) == (name == "or"):
                return value
        return value if piped is None else piped

    def operand(self, operand: Operand, dot: Value) -> Value:
        if isinstance(operand, Literal):
            return Said(operand.value)
        if isinstance(operand, Name):
            return self.call(operand.name, (), dot, None)
        if isinstance(operand.start, Pipeline):
            value = self.pipeline(operand.start, dot)
        else:
            value = dot if operand.start == "." else self.variable(operand.start)
        for name in operand.fields:
            value = value.pairs.get(name, NIL) if isinstance(value, Table) else NIL
        return value


def _place(path: str, line: int) -> str:
    """``path:line``; a template that is itself a value (``tpl``) has its one place already."""
    return path if path.rpartition(":")[2].isdigit() else f"{path}:{line}"


def _rounds(value: Value) -> list[tuple[Value, Value]]:
    """(key or index, value) of what a range goes through: keys sorted; a number counts from 0 (Go 1.22)."""
    if isinstance(value, Table):
        where: Mapping[str, str] = value.places
        return [(Said(k, (where[k],) if where.get(k) else ()), value.pairs[k]) for k in sorted(value.pairs)]
    if isinstance(value, Row):
        return [(Said(index), item) for index, item in enumerate(value.items)]
    if isinstance(value.value, int) and not isinstance(value.value, bool):
        return [(Said(n), Said(n)) for n in range(min(value.value, 1000))]
    if value.value is None or value.value == "":
        return []
    raise UnknownError("a range over what is no collection")


def release(values: Value, chart: Value, name: str, called: str, inner: str) -> Table:
    """The dot that the template ``inner`` of a chart ``called`` so starts with (Helm docs, "Built-in Objects").

    The namespace is the cluster's default: who releases it says another one outside of the chart.
    """
    facts: dict[str, object] = {
        "Values": values,
        "Chart": chart,
        "Release": {
            "Name": name,
            "Namespace": "default",
            "Service": "Helm",
            "IsInstall": True,
            "IsUpgrade": False,
            "Revision": 1,
        },
        "Capabilities": builtins.CAPABILITIES,
        "Template": {"Name": f"{called}/{inner}", "BasePath": f"{called}/templates"},
        "Files": {},
    }
    made = of_data(facts)
    return made if isinstance(made, Table) else Table({}, {})
