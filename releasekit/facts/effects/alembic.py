"""Alembic migrations to effects, from their syntax tree: the calls on ``op`` in ``upgrade`` and ``downgrade``."""

import ast
from collections.abc import Callable, Iterable, Iterator, Mapping

from releasekit.facts.effects.calls import argument, called, keyword, literal, text_of
from releasekit.facts.effects.model import Effect, Effects, Operation, shift
from releasekit.facts.effects.sql import classify

# operations of alembic.op, https://alembic.sqlalchemy.org/en/latest/ops.html
_ADDITIVE = frozenset(
    {
        "create_table_comment",
        "drop_table_comment",
        "bulk_insert",
        "drop_index",
        "drop_constraint",
        "get_bind",
        "get_context",
        "f",
        "inline_literal",
        "batch_alter_table",
        "autocommit_block",
    }
)
_LOCKING = frozenset(
    {
        "create_foreign_key",
        "create_check_constraint",
        "create_unique_constraint",
        "create_primary_key",
        "create_exclude_constraint",
    }
)


def read(module: ast.Module, dialect: str | None = "postgres") -> Effects:
    """The effects of ``upgrade``; calls that are not understood are ``unknown``. The way down is ``downgrade``."""
    upgrade, downgrade = _function(module, "upgrade"), _function(module, "downgrade")
    if upgrade is None:
        return Effects()
    operations = tuple(_operations(upgrade.body, _Scope(module, dialect, {})))
    return Effects(operations, _reversible(downgrade))


class _Scope:
    """Names that stand for ``op``: the module itself, and batch contexts with the table they alter."""

    def __init__(self, module: ast.Module, dialect: str | None, batches: Mapping[str, str]) -> None:
        self.module, self.dialect, self.batches = module, dialect, dict(batches)


def _function(module: ast.Module, name: str) -> ast.FunctionDef | None:
    return next((node for node in module.body if isinstance(node, ast.FunctionDef) and node.name == name), None)


def _reversible(downgrade: ast.FunctionDef | None) -> bool:
    """A way down is declared when ``downgrade`` does something other than pass or raise."""
    if downgrade is None:
        return False
    body = [node for node in downgrade.body if not _is_text(node)]
    return bool(body) and not all(isinstance(node, ast.Pass | ast.Raise) for node in body)


def _is_text(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _operations(body: Iterable[ast.stmt], scope: _Scope) -> Iterator[Operation]:
    for node in body:
        if isinstance(node, ast.With):
            for item in node.items:
                yield from _batch(item, scope)
            yield from _operations(node.body, scope)
        elif isinstance(node, ast.If | ast.For | ast.While):
            yield from _operations([*node.body, *node.orelse], scope)
        elif isinstance(node, ast.Try):
            handled = [line for handler in node.handlers for line in handler.body]
            yield from _operations([*node.body, *handled, *node.orelse, *node.finalbody], scope)
        elif isinstance(node, ast.Raise):
            yield Operation(Effect.UNKNOWN, ast.unparse(node)[:200], node.lineno)
        else:
            for call in sorted(_calls(node), key=lambda call: (call.lineno, call.col_offset)):
                yield from _call(call, scope)


def _calls(node: ast.AST) -> list[ast.Call]:
    return [inner for inner in ast.walk(node) if isinstance(inner, ast.Call)]


def _batch(item: ast.withitem, scope: _Scope) -> Iterator[Operation]:
    call = item.context_expr
    if (
        isinstance(call, ast.Call)
        and called(call)[1] == "batch_alter_table"
        and isinstance(item.optional_vars, ast.Name)
    ):
        scope.batches[item.optional_vars.id] = text_of(argument(call, 0, "table_name"))
    elif isinstance(call, ast.Call) and called(call)[0] not in {"op", "op.get_context()"}:
        yield Operation(Effect.UNKNOWN, ast.unparse(call)[:200], call.lineno)


def _call(call: ast.Call, scope: _Scope) -> Iterator[Operation]:
    owner, name = called(call)
    if owner == "op":
        yield _judge(call, name, text_of(argument(call, 0, "table_name")), 1, scope)
    elif owner in scope.batches:
        yield _judge(call, name, scope.batches[owner], 0, scope)
    elif name in {"execute", "exec_driver_sql"}:
        yield from _execute(call, scope)
    elif not owner and (own := _function(scope.module, name)):
        yield from _operations(own.body, scope)
    elif name in {"drop", "drop_all", "delete", "update", "values"} and owner:
        yield Operation(Effect.UNKNOWN, ast.unparse(call)[:200], call.lineno)


def _judge(call: ast.Call, name: str, table: str, at: int, scope: _Scope) -> Operation:
    shown, line = ast.unparse(call)[:200], call.lineno
    if name == "create_table":
        return Operation(Effect.ADDITIVE, shown, line, creates=table)
    if name == "execute":
        found = tuple(_execute(call, scope))
        return Effects(found).decides or Operation(Effect.ADDITIVE, shown, line)
    if name in _ADDITIVE:
        return Operation(Effect.ADDITIVE, shown, line)
    if name in _LOCKING:
        return Operation(Effect.LOCKING, shown, line, table=_second(call, table, at))
    judge = _OPERATIONS.get(name)
    if judge is None:
        return Operation(Effect.UNKNOWN, shown, line)
    effect, removes = judge(call, table, at)
    return Operation(effect, shown, line, removes, table=_second(call, table, at) if name == "create_index" else table)


def _second(call: ast.Call, table: str, at: int) -> str:
    """The table of operations that name their index or constraint first; of the batch, inside one."""
    given = argument(call, 1, "table_name") or keyword(call, "source_table")
    return text_of(given) if at else table


def _add_column(call: ast.Call, _table: str, at: int) -> tuple[Effect, str]:
    column = argument(call, at, "column")
    if not isinstance(column, ast.Call):
        return Effect.UNKNOWN, ""
    required = literal(keyword(column, "nullable")) is False or literal(keyword(column, "primary_key")) is True
    default = keyword(column, "server_default") or any(
        called(inner)[1] in {"Computed", "Identity"} for inner in _calls(column)
    )
    return (Effect.DESTRUCTIVE if required and not default else Effect.ADDITIVE), ""


def _drop_column(call: ast.Call, table: str, at: int) -> tuple[Effect, str]:
    return Effect.DESTRUCTIVE, f"{table}.{text_of(argument(call, at, 'column_name'))}"


def _drop_table(call: ast.Call, _table: str, _at: int) -> tuple[Effect, str]:
    return Effect.DESTRUCTIVE, text_of(argument(call, 0, "table_name"))


def _rename_table(call: ast.Call, _table: str, _at: int) -> tuple[Effect, str]:
    return Effect.DESTRUCTIVE, text_of(argument(call, 0, "old_table_name"))


def _alter_column(call: ast.Call, table: str, at: int) -> tuple[Effect, str]:
    if keyword(call, "new_column_name"):
        return Effect.DESTRUCTIVE, f"{table}.{text_of(argument(call, at, 'column_name'))}"
    rewrites = keyword(call, "type_") or literal(keyword(call, "nullable")) is False
    return (Effect.LOCKING if rewrites else Effect.ADDITIVE), ""


def _create_index(call: ast.Call, _table: str, _at: int) -> tuple[Effect, str]:
    return (Effect.ADDITIVE if literal(keyword(call, "postgresql_concurrently")) is True else Effect.LOCKING), ""


_OPERATIONS: Mapping[str, Callable[[ast.Call, str, int], tuple[Effect, str]]] = {
    "add_column": _add_column,
    "drop_column": _drop_column,
    "drop_table": _drop_table,
    "rename_table": _rename_table,
    "alter_column": _alter_column,
    "create_index": _create_index,
}


def _execute(call: ast.Call, scope: _Scope) -> Iterator[Operation]:
    """SQL inside ``execute``: a text, or ``text("...")``; anything else cannot be read."""
    given = argument(call, 0, "sqltext")
    if isinstance(given, ast.Call) and called(given)[1] == "text":
        given = argument(given, 0, "text")
    sql = literal(given)
    if isinstance(sql, str):
        yield from shift(classify(sql, scope.dialect), (given or call).lineno - 1)
    else:
        yield Operation(Effect.UNKNOWN, ast.unparse(call)[:200], call.lineno)
