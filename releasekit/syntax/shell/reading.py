"""The syntax trees of a shell text to its commands and lines, by a walk that keeps its own stack."""

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from releasekit.errors import ParseError, Problem
from releasekit.syntax.node import Limits
from releasekit.syntax.shell import quoting, trees
from releasekit.syntax.shell.commands import Assignment, Command, Line, Redirect, Script
from releasekit.syntax.shell.printing import Printing
from releasekit.syntax.shell.quoting import Word

if TYPE_CHECKING:
    from tree_sitter import Node as Tree

_PROBLEMS = 50
# what may stand between an operator and the rest of a list
_GAP = re.compile(r"(?:[ \t\n]+|\\\n|#[^\n]*)*")
# a line that is not understood, and holds no command
_STRUCTURE = re.compile(r"(?:fi|done|esac|then|else|do|[{}();\s])*")

_STATEMENTS = frozenset(
    ("command", "declaration_command", "unset_command", "test_command", "variable_assignment", "variable_assignments")
)
_REDIRECTS = frozenset({"file_redirect", "heredoc_redirect", "herestring_redirect"})
_GROUPS = frozenset({"redirected_statement", "list", "pipeline", "negated_command"})
_SUBSTITUTIONS = frozenset({"command_substitution", "process_substitution"})
_SCOPES = {
    "if_statement": "if",
    "while_statement": "while",
    "for_statement": "for",
    "c_style_for_statement": "for",
    "case_statement": "case",
    "subshell": "subshell",
    **dict.fromkeys(_SUBSTITUTIONS, "substitution"),
}
_EXPRESSIONS = frozenset(
    ("test_command", "compound_statement", "binary_expression", "unary_expression", "parenthesized_expression")
)
_DECIDING = frozenset({"if", "while", "case"})
_TESTS = frozenset({"[", "[[", "((", "test"})
_OPERATORS = frozenset({"&&", "||", "|", "|&", ";", "&"})
_OPENERS = frozenset({"then", "do", "else", "elif", ")", "$(", "`", "<(", ">("})
# what is left of a block that was taken apart, since a line in it was not understood
_LEADING = frozenset({"then", "do", "else"})
_CLOSING = frozenset({"fi", "done", "esac", "}", *_LEADING})
_EMPTY = Command((), (), 0, 0, "")


@dataclass(slots=True)
class _Draft:
    """A command whose text is made when all is read: it is [start, end) and the document of a ``<<``."""

    start: int
    end: int
    command: Command
    document: tuple[int, int] | None = None

    @property
    def last(self) -> int:
        return self.document[1] if self.document else self.end


class Reader:
    """Walks over the trees with a stack of its own, so that depth is a budget and not a crash."""

    def __init__(self, text: str, name: str, line: int, limits: Limits) -> None:
        self.text, self.name, self.first, self.limits = text, name, line, limits
        self.masked = trees.mask(text)
        self.base = 0  # of the positions in the piece that is read
        self.documents: list[tuple[int, int]] = []  # of the piece, that no redirection has taken
        self.newlines = [match.start() for match in re.finditer("\n", text)]
        self.drafts: list[_Draft] = []
        # redirections of statements that are yet to come, by where those begin
        self.held: dict[int, list[Tree]] = {}
        self.joint = ("", 0)
        # of each block: whether its last command decides on what `&&` joins to it
        self.decides: dict[tuple[str, ...], bool] = {}
        self.printing = Printing(text)
        self.problems: list[Problem] = []
        self.loops: set[str] = set()

    def read(self) -> Script:
        for piece in trees.pieces(self.masked):
            self.base, self.documents = piece.base, list(piece.documents)
            if not piece.wrong:
                self.walk(piece.nodes)
            elif not _STRUCTURE.fullmatch(self.text, piece.base, piece.end):
                self.misread(piece.base, piece.end)
        self.printing.prepare((draft.start, draft.last) for draft in self.drafts)
        commands = tuple(self.finished(draft) for draft in self.drafts)
        return Script(commands, tuple(self.lines(commands)), tuple(self.problems), frozenset(self.loops))

    def line_at(self, position: int) -> int:
        return self.first + bisect_left(self.newlines, position)

    def where(self, position: int) -> str:
        return f"{self.name}:{self.line_at(position)}"

    def add(self, draft: _Draft) -> None:
        self.drafts.append(draft)
        if len(self.drafts) > self.limits.nodes:
            raise ParseError(f"more than {self.limits.nodes} commands", self.where(draft.start), "split the file")

    def misread(self, start: int, end: int) -> None:
        start += len(self.text[start:end]) - len(self.text[start:end].lstrip())
        if len(self.problems) < _PROBLEMS:
            self.problems.append(Problem("not understood as shell", self.where(start), "look at what this line does"))
        end = start + len(self.text[start:end].rstrip())
        self.add(_Draft(start, end, Command((), (), 0, 0, "", understood=False)))

    def walk(self, nodes: "tuple[Tree, ...]") -> None:
        # a node, the blocks around it, and whether it may be a statement (in a command only substitutions hold some)
        waiting: list[tuple[Tree, tuple[str, ...], bool]] = [(node, (), True) for node in reversed(nodes)]
        while waiting:
            node, within, free = waiting.pop()
            kind, start, end = node.type, self.base + node.start_byte, self.base + node.end_byte
            if not node.is_named:
                self.token(kind, end, free)
            elif kind == "comment":
                self.printing.leave_out(start, end)
            elif free and self.is_statement(node, start):
                inner = (*within, "if") if self.guarded(start, within) else within
                self.statement(node, start, within)
                waiting.extend((child, inner, child.type == "heredoc_redirect") for child in reversed(node.children))
            elif kind in {"raw_string", "ansi_c_string"}:
                self.printing.keep(start, end)
            elif kind not in {"heredoc_body", "heredoc_start", "heredoc_end"}:
                waiting.extend(reversed(self.below(node, within, free)))

    def token(self, kind: str, end: int, free: bool) -> None:
        if free and kind in _OPENERS:
            self.joint = ("", end)
        elif free and kind in _OPERATORS:
            self.joint = (kind, end)
            gap = _GAP.match(self.text, end)
            if gap and "\n" in gap[0] and kind not in {";", "&"}:
                self.printing.join(end, gap.end())

    def operator(self, start: int) -> str:
        """What joins a statement to the one before it."""
        kind, end = self.joint
        return "" if kind in {";", "&"} and "\n" in self.text[end:start] else kind

    def guarded(self, start: int, within: tuple[str, ...]) -> bool:
        """Whether a statement runs only if a test, or a command that may fail, before it says so."""
        operator = self.operator(start)
        return operator == "||" or (operator in {"&&", "|", "|&"} and self.decides.get(within, False))

    def below(self, node: "Tree", within: tuple[str, ...], free: bool) -> "list[tuple[Tree, tuple[str, ...], bool]]":
        """What is looked at inside a node that is no statement by itself."""
        kind, children = node.type, node.children
        substitution = kind in _SUBSTITUTIONS
        name = node.child_by_field_name("name") if kind == "function_definition" else None
        scope = f"function {self.source(name)}" if name else _SCOPES.get(kind, "")
        inner = within
        if (free or substitution) and (scope or kind == "compound_statement"):
            guarded = self.guarded(self.base + node.start_byte, within)
            inner = (*within, *(["if"] if guarded else []), *([scope] if scope else []))
            if len(inner) > self.limits.depth:
                what = f"nested deeper than {self.limits.depth} levels"
                raise ParseError(what, self.where(self.base + node.start_byte), "flatten the structure")
        if kind == "redirected_statement" and free:
            self.hold(node, children)
        if kind == "for_statement" and (variable := node.child_by_field_name("variable")):
            self.loops.add(self.source(variable))
        found = []
        condition = scope in _DECIDING
        for child in children:
            condition = condition and child.type not in {"then", "do_group", "in"}
            # the assignments in `for ((i = 0; ...))` are no statements
            counts = kind == "c_style_for_statement" and child.type not in {"do_group", "compound_statement"}
            inert = counts or child.type in {"file_redirect", "herestring_redirect"}
            may = substitution or (free and not inert)
            found.append((child, (*inner, "condition") if condition else inner, may))
        return found

    def hold(self, node: "Tree", children: "list[Tree]") -> None:
        """Keep the redirections for the statement that they are written behind; those of a block are nobody's."""
        here: Tree | None = node
        while here is not None and here.type in _GROUPS:
            named = [child for child in here.named_children if child.type not in {"comment", *_REDIRECTS}]
            here = named[-1] if named else None
        if here is not None and here.type in _STATEMENTS:
            redirects = [child for child in children if child.type in _REDIRECTS]
            self.held.setdefault(self.base + here.start_byte, []).extend(redirects)

    def is_statement(self, node: "Tree", start: int) -> bool:
        if node.type == "redirected_statement":
            return node.child_by_field_name("body") is None
        return node.type in _STATEMENTS or (
            node.type == "compound_statement" and self.masked.ascii.startswith("((", start)
        )

    def statement(self, node: "Tree", start: int, within: tuple[str, ...]) -> None:
        """Add the commands of a node: more than one where the grammar goes on behind a line, as after ``A=1 B=2``."""
        runs = [[node]] if node.type == "variable_assignment" else [node.children]
        if node.type in _STATEMENTS - _EXPRESSIONS:
            runs = self.runs(runs[0])
        held = self.held.pop(start, [])
        for run in runs:
            self.command(node.type, run, held if run is runs[-1] else [], within)

    def runs(self, nodes: "list[Tree]") -> "list[list[Tree]]":
        found: list[list[Tree]] = []
        for node in nodes:
            end = self.base + (found[-1][-1].end_byte if found else node.start_byte)
            gap = self.text[end : self.base + node.start_byte]
            if found and "\n" not in gap.replace("\\\n", ""):
                found[-1].append(node)
            else:
                found.append([node])
        return found

    def command(self, kind: str, run: "list[Tree]", held: "list[Tree]", within: tuple[str, ...]) -> None:
        start = self.base + run[0].start_byte
        draft = _Draft(start, self.base + run[-1].end_byte, _EMPTY)
        environment, nodes, redirects = [], [], [*held]
        for child in run:
            if child.type in _REDIRECTS:
                redirects.append(child)
                continue
            if child.type == "variable_assignment":
                environment.append(self.assignment(child))
            if child.type not in {"comment", "variable_assignment"} or kind == "declaration_command":
                nodes.append(child)
        given: list[Redirect] = []
        for redirect in sorted(redirects, key=_start):
            self.redirect(redirect, draft, given, nodes)
        said = self.words(kind, nodes)
        if held and self.text[self.base + run[-1].end_byte : self.base + held[0].start_byte].strip(" \t\n\\") == "-":
            # the grammar loses a word `-` before `<<` and `2>`
            at = sum(node.start_byte < held[0].start_byte for node in nodes)
            said = [*self.words(kind, nodes[:at]), Word("-", "-"), *self.words(kind, nodes[at:])]
        if said and said[0].raw in _CLOSING and len(said) == 1:
            return
        if said and said[0].raw in _LEADING:
            del said[0]
        operator, guarded = self.operator(start), self.guarded(start, within)
        self.joint = ("", draft.last)
        self.decides[within] = guarded or (bool(said) and said[0].text in _TESTS)
        inside = zip(within, (*within, "")[1:], strict=True)
        conditional = guarded or any(block in _DECIDING and then != "condition" for block, then in inside)
        draft.command = Command(tuple(said), tuple(environment), 0, 0, "", operator, within, conditional, tuple(given))
        self.add(draft)

    def words(self, kind: str, nodes: "list[Tree]") -> list[Word]:
        if kind == "compound_statement":  # (( )), whose signs need no blanks between them
            groups = [[part] for part in _flat(nodes)]
        else:
            groups = quoting.grouped(self.masked, self.base, sorted(_flat(nodes), key=_start))
        return [quoting.word(self.masked, self.base, group) for group in groups]

    def assignment(self, node: "Tree") -> Assignment:
        name, value = node.child_by_field_name("name"), node.child_by_field_name("value")
        start, end = self.base + node.start_byte, self.base + node.end_byte
        stop = self.base + name.end_byte if name else start
        read = quoting.word(self.masked, self.base, [value]) if value else Word("", "")
        appends = self.text.startswith("+=", stop, end)
        return Assignment(self.text[start:stop], read, self.line_at(start), appends)

    def redirect(self, node: "Tree", draft: _Draft, given: list[Redirect], nodes: "list[Tree]") -> None:
        """Add what a redirection says, and the arguments that the grammar counts to it."""
        if node.type == "heredoc_redirect":
            self.document(node, draft, given, nodes)
            return
        draft.end = max(draft.end, self.base + node.end_byte)
        targets = [child for child in node.named_children if child.type != "file_descriptor"]
        groups = quoting.grouped(self.masked, self.base, targets)
        target = quoting.word(self.masked, self.base, groups[0]) if groups else Word("", "")
        operator = self.operator_of(node, targets[0] if targets else None)
        if re.fullmatch(r"\d*<<-?", operator) and self.documents:
            target = self.taken(draft, operator, target.raw, *self.documents.pop(0))
        given.append(Redirect(operator, target))
        nodes.extend(child for group in groups[1:] for child in group)

    def document(self, node: "Tree", draft: _Draft, given: list[Redirect], nodes: "list[Tree]") -> None:
        parts = {child.type: child for child in node.children}
        opened, body, closed = (parts.get(f"heredoc_{part}") for part in ("start", "body", "end"))
        begin, end = body or closed, closed or body
        if opened is None or begin is None or end is None:
            return
        operator, start = self.operator_of(node, opened), self.base + begin.start_byte
        start = self.text.rfind("\n", 0, start) + 1
        target = self.taken(draft, operator, self.source(opened), start, self.base + end.end_byte)
        given.append(Redirect(operator, target))
        draft.end = max(draft.end, self.base + opened.end_byte)
        for at, child in enumerate(node.children):
            if child.type in _REDIRECTS:
                self.redirect(child, draft, given, nodes)
            elif node.field_name_for_child(at) == "argument":
                draft.end = max(draft.end, self.base + child.end_byte)
                nodes.append(child)

    def operator_of(self, node: "Tree", target: "Tree | None") -> str:
        stop = self.base + (target.start_byte if target else node.end_byte)
        return self.text[self.base + node.start_byte : stop].strip()

    def taken(self, draft: _Draft, operator: str, delimiter: str, start: int, end: int) -> Word:
        """The document in [start, end), which ends with its delimiter; it becomes part of the command."""
        draft.document = (draft.document[0] if draft.document else start, end)
        self.printing.keep(start, end)
        stop = self.text.rfind("\n", 0, end) + 1
        raw = self.text[start:stop]
        text = re.sub(r"^\t+", "", raw, flags=re.MULTILINE) if operator.endswith("-") else raw
        literal = re.search(r"[\"'\\]", delimiter) is not None
        static = (literal or re.search(r"[$`]", raw) is None) and not self.masked.marked(start, stop)
        return Word(text, raw, static)

    def source(self, node: "Tree") -> str:
        return self.text[self.base + node.start_byte : self.base + node.end_byte]

    def finished(self, draft: _Draft) -> Command:
        raw = self.printing.text_of(draft.start, draft.end)
        if draft.document:
            raw += "\n" + self.text[slice(*draft.document)]
        end = self.line_at(max(draft.start, draft.last - 1))
        return replace(draft.command, line=self.line_at(draft.start), end=end, raw=raw)

    def lines(self, commands: Iterable[Command]) -> Iterator[Line]:
        found: list[tuple[int, int, list[Command]]] = []
        for draft, command in zip(self.drafts, commands, strict=True):
            if not found or draft.start >= found[-1][1]:
                start, end = self.printing.around(draft.start)
                found.append((max(start, found[-1][1]) if found else start, end, []))
            found[-1][2].append(command)
        for start, end, those in found:
            number, last = self.line_at(start), self.line_at(max(start, end - 1))
            yield Line(number, last, self.printing.text_of(start, end).strip(), tuple(those))


def _start(node: "Tree") -> int:
    return int(node.start_byte)


def _flat(nodes: "list[Tree]") -> "Iterator[Tree]":
    """The operands and operators of a test, in their order."""
    waiting = nodes[::-1]
    while waiting:
        node = waiting.pop()
        if node.type in _EXPRESSIONS:
            waiting.extend(reversed(node.children))
        else:
            yield node
