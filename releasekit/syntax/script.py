"""Ruby, JavaScript, TypeScript, C# and shell to syntax trees. Runs nothing; what is wrong in a text is read around."""

from collections.abc import Iterator
from functools import lru_cache
from importlib import import_module

import tree_sitter

Tree = tree_sitter.Node
# the module of a language's grammar, loaded with the first text in it, and what it is called there
_GRAMMARS = {
    "bash": ("tree_sitter_bash", "language"),
    "csharp": ("tree_sitter_c_sharp", "language"),
    "ruby": ("tree_sitter_ruby", "language"),
    "javascript": ("tree_sitter_javascript", "language"),
    "typescript": ("tree_sitter_typescript", "language_typescript"),
}


@lru_cache(maxsize=8)
def _parser(language: str) -> tree_sitter.Parser:
    module, grammar = _GRAMMARS[language]
    return tree_sitter.Parser(tree_sitter.Language(getattr(import_module(module), grammar)()))


def parse(text: str, language: str) -> Tree:
    """The root of a text in one of the languages of `_GRAMMARS`."""
    return _parser(language).parse(text.encode()).root_node


def walk(node: Tree, *, into: frozenset[str] | None = None, stop: frozenset[str] = frozenset()) -> Iterator[Tree]:
    """All nodes below, in the order of the text; those of a type in ``stop`` are given, and not what is below them.

    ``into`` limits which types are descended into (None: all).
    """
    waiting = list(reversed(node.named_children))
    while waiting:
        here = waiting.pop()
        yield here
        if here.type not in stop and (into is None or here.type in into):
            waiting.extend(reversed(here.named_children))


def source(node: Tree | None) -> str:
    """The node's own text."""
    return (node.text or b"").decode("utf-8", "replace") if node is not None else ""


def line(node: Tree) -> int:
    """The line on which a node begins, from 1."""
    return int(node.start_point[0]) + 1
