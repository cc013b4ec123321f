"""Shell text to tree-sitter's syntax trees, a piece at a time, around what is wrong in it. Knows no commands.

A text is cut at newlines into windows, since the grammar's parser needs the square of a damaged text's length (in time,
and for pipes in memory). Positions count characters: the parser is given a text of the same length in ASCII.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tree_sitter import Node as Tree

# characters of a window, and of one that is widened because a statement does not end in it
_WINDOW, _WIDEST = 1 << 13, 1 << 14
_PIPES = 1500
# squares of characters that may be parsed in vain; after that each line is read alone, when it is no longer than _LINE
_WASTE, _LINE = 2 * _WIDEST**2, 1 << 11
_MARKS = {"${{": "}}", "{{": "}}", "{% ": "%}", "{%-": "%}", "<%": "%>", "$[[ inputs.": "]]"}
_MARK = re.compile("|".join(map(re.escape, _MARKS)))
_LONGEST_MARK = 1000
_FOREIGN = re.compile(r"[^\t\n\x20-\x7e]")
# the grammar joins a word that begins with a backslash to the line before
_ESCAPED = re.compile(r"^([ \t]*)\\(?=\w)", re.MULTILINE)
_HEREDOC = re.compile(r"(?<!<)<<-?(?=[ \t]*[\"'\\]?(\w+))")


@dataclass(frozen=True, slots=True)
class Masked:
    """A text, the same in ASCII with placeholders for templates' markers, and where those are: [start, end)."""

    text: str
    ascii: str
    marks: tuple[tuple[int, int], ...]

    def marked(self, start: int, end: int) -> bool:
        """Whether a template's marker reaches into [start, end)."""
        at = bisect_right(self.marks, (end - 1, len(self.text)))
        return at > 0 and self.marks[at - 1][1] > start


@dataclass(frozen=True, slots=True)
class Piece:
    """Statements without an error, whose positions count from ``base``; or a line that was ``wrong``: [base, end).

    ``documents`` are those ([start, end), with the line that ends them) of ``<<`` that stand for redirections here.
    """

    nodes: "tuple[Tree, ...]"
    base: int
    end: int
    wrong: bool = False
    documents: tuple[tuple[int, int], ...] = ()


def mask(text: str) -> Masked:
    """What the grammar would stumble over is hidden from it: markers of templates, and what is not ASCII."""
    out, marks, at = [], [], 0
    while found := _MARK.search(text, at):
        start, closing = found.start(), _MARKS[found[0]]
        end = text.find(closing, found.end(), found.end() + _LONGEST_MARK)
        if end < 0 or ("\n" in text[start:end] and found[0] != "${{"):
            out.append(text[at : found.end()])
            at = found.end()
            continue
        # a full stop ends the name of a variable before it
        first = "." if re.match(r"[\w$]", text[max(start - 1, 0) : start]) else "_"
        out.append(text[at:start] + first + "_" * (end + len(closing) - start - 1))
        at = end + len(closing)
        marks.append((start, at))
    whole = "".join((*out, text[at:]))
    plain = _FOREIGN.sub(".", " " + whole[1:] if whole.startswith("\ufeff") else whole)
    return Masked(text, _ESCAPED.sub(r"\1.", plain), tuple(marks))


def pieces(masked: Masked) -> Iterator[Piece]:
    """All of a text in order."""
    text, at, size, waste = masked.ascii, 0, _WINDOW, 0
    while at < len(text):
        end = _window(text, at, size) if waste <= _WASTE else at
        nodes: tuple[Tree, ...] = ()
        stop = at
        if at < end <= at + _WIDEST and text.count("|", at, end) <= _PIPES:
            root = _parse(text[at:end])
            nodes, stop = _sound(root, text, at, end, end == len(text) or size == _WIDEST)
            waste += (end - at) * (end - stop) if root.has_error else 0
            if not nodes and stop < end < len(text) and size < _WIDEST:
                size = _WIDEST
                continue
        piece = Piece(nodes, at, stop) if stop > at else _alone(text, at)
        yield piece
        at, size = piece.end, _WINDOW


def _parse(text: str) -> "Tree":
    from releasekit.syntax.script import parse  # a tree without a script loads no grammar

    return parse(text, "bash")


def _window(text: str, at: int, size: int) -> int:
    """Where a window ends: at an end of a line, rather at a blank line or a closing brace."""
    most = at + size
    while text.count("|", at, most) > _PIPES:
        most = (at + most) // 2
    if most >= len(text):
        return len(text)
    for mark in ("\n}\n", "\n\n"):
        cut = text.rfind(mark, (at + most) // 2, most)
        if cut >= 0:
            return cut + len(mark)
    cut = text.rfind("\n", at, most)
    return cut + 1 if cut >= 0 else _after(text, at)


def _after(text: str, at: int) -> int:
    """Where the line after the one with a position begins."""
    return (text.find("\n", at) + 1) or len(text)


def _sound(root: "Tree", text: str, at: int, end: int, last: bool) -> tuple[tuple["Tree", ...], int]:
    """The statements at the beginning of a window that are without an error, and where what is left begins.

    Unless the window is the ``last``, its last statement may go on behind it, and is left for the next.
    """
    children = root.children
    if not root.has_error:
        named = [node for node in children if node.is_named and node.type != "comment"]
        if last or not named:
            return tuple(children), end
        stop = named[-1].start_byte
        return tuple(node for node in children if node.start_byte < stop) if len(named) > 1 else (), at + stop
    bad = next((n for n, node in enumerate(children) if _is_bad(node)), 0)
    cut = children[bad].start_byte if children else 0
    while True:
        cut = text.rfind("\n", at, at + cut) + 1 - at if "\n" in text[at : at + cut] else 0
        if not bad or children[bad - 1].end_byte <= cut:
            return tuple(children[:bad]), at + cut
        bad -= 1
        cut = min(cut, children[bad].start_byte)


def _is_bad(node: "Tree") -> bool:
    return node.has_error or node.is_missing or not (node.is_named or node.type in {";", "&"})


def _alone(text: str, at: int) -> Piece:
    """The line at a position, continued ones joined, by itself, with its documents.

    The grammar does not know two of them in a line, nor what may follow ``<<EOF`` but for a list or a pipe.
    """
    end = _after(text, at)
    while text.endswith("\\\n", at, end) and not text.endswith("\\\\\n", at, end) and end < len(text):
        end = _after(text, end)
    if end - at > _LINE:
        return Piece((), at, end, wrong=True)
    root = _parse(text[at:end])
    documents, stop = [], end
    for opened in _HEREDOC.finditer(text, at, end) if root.has_error else ():
        closed = re.compile(rf"^\t*{opened[1]}$", re.MULTILINE).search(text, stop, stop + _WINDOW)
        if closed:
            documents.append((stop, closed.end()))
            stop = _after(text, closed.start())
    if documents:
        root = _parse(_HEREDOC.sub(lambda sign: "<".ljust(len(sign[0])), text[at:end]))
    return Piece(() if root.has_error else tuple(root.children), at, stop, root.has_error, tuple(documents))
