"""Calls in Python's syntax tree: what is called, with which literal arguments. Evaluates nothing."""

import ast


def called(call: ast.Call) -> tuple[str, str]:
    """(owner, name) of a call: ("op", "add_column"); the owner is "" for a plain name, source text for a chain."""
    if isinstance(call.func, ast.Attribute):
        return ast.unparse(call.func.value), call.func.attr
    return "", call.func.id if isinstance(call.func, ast.Name) else ""


def argument(call: ast.Call, position: int, name: str) -> ast.expr | None:
    """The argument given by position or by name; None when it is not given."""
    if len(call.args) > position and not any(isinstance(node, ast.Starred) for node in call.args[: position + 1]):
        return call.args[position]
    return keyword(call, name)


def keyword(call: ast.Call, name: str) -> ast.expr | None:
    """The argument given by name; None when it is not given, or given as ``None``."""
    found = next((given.value for given in call.keywords if given.arg == name), None)
    return None if isinstance(found, ast.Constant) and found.value is None else found


def literal(node: ast.expr | None) -> object:
    """The value of a literal, or of texts that are only joined; None for anything else."""
    if isinstance(node, ast.Constant):
        return node.value
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        left, right = literal(node.left), literal(node.right)
        return left + right if isinstance(left, str) and isinstance(right, str) else None
    return None


def text_of(node: ast.expr | None) -> str:
    """A literal text; the source in brackets for anything that is computed; "" for what is not given."""
    value = literal(node)
    return value if isinstance(value, str) else f"<{ast.unparse(node)}>" if node is not None else ""
