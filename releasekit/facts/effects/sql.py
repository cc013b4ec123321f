"""SQL statements to effects, through a SQL parser with the project's dialect. Runs nothing.

What locks follows PostgreSQL's documentation ("ALTER TABLE", "Explicit Locking") and the rules of squawk and
strong_migrations; for other databases the same is assumed, which errs towards caution.
"""

import logging
import re
from collections.abc import Callable, Iterator, Mapping

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from releasekit.facts.effects.model import Effect, Operation
from releasekit.syntax.expression import Expression

logging.getLogger("sqlglot").setLevel(logging.ERROR)  # what is not understood becomes `unknown`, which says so

_HARMLESS = frozenset(
    {"BEGIN", "COMMIT", "START", "END", "SET", "RESET", "ROLLBACK", "PRAGMA", "SHOW", "ANALYZE", "VACUUM"}
)
# statements the parser keeps as text, by how they begin
_TEXTS: tuple[tuple[Expression, Effect], ...] = (
    (Expression(r"ALTER\s+TYPE\s+\S+\s+(ADD\s+VALUE|OWNER)", re.IGNORECASE), Effect.ADDITIVE),
    (Expression(r"ALTER\s+TYPE\s+\S+\s+RENAME", re.IGNORECASE), Effect.DESTRUCTIVE),
    (
        Expression(r"CREATE\s+(OR\s+REPLACE\s+)?(EXTENSION|FUNCTION|ROLE|USER|POLICY|RULE|AGGREGATE)", re.IGNORECASE),
        Effect.ADDITIVE,
    ),
    (Expression(r"(GRANT|COMMENT|ALTER\s+(SEQUENCE|DEFAULT|EXTENSION|FUNCTION))\b", re.IGNORECASE), Effect.ADDITIVE),
    (Expression(r"REINDEX\s+(?!.*CONCURRENTLY)", re.IGNORECASE), Effect.LOCKING),
)
_DROPS_NOTHING_READ = frozenset({"INDEX", "CONSTRAINT", "TRIGGER", "EXTENSION", "POLICY", "DEFAULT"})


def classify(text: str, dialect: str | None = "postgres") -> tuple[Operation, ...]:
    """The operations of a SQL text, each with its line. ``dialect`` is a name that sqlglot knows, or None."""
    return tuple(_operation(statement, line, dialect) for statement, line in statements(text, dialect))


def statements(text: str, dialect: str | None = "postgres") -> Iterator[tuple[str, int]]:
    """Each statement with the line on which it begins; a text that cannot be read into tokens is one statement."""
    try:
        tokens = sqlglot.tokenize(text, read=dialect)
    except SqlglotError:
        yield text.strip(), 1
        return
    first, depth = None, 0
    for index, token in enumerate(tokens):
        first = index if first is None else first
        if token.text == ";" and depth == 0:
            if index > first:
                yield text[tokens[first].start : token.start].strip(), tokens[first].line
            first = None
    if first is not None and tokens:
        yield text[tokens[first].start :].strip(), tokens[first].line


def _operation(statement: str, line: int, dialect: str | None) -> Operation:
    shown = " ".join(statement.split())[:200]
    words = shown.split(maxsplit=1)
    if words and words[0].upper() in _HARMLESS:
        return Operation(Effect.ADDITIVE, shown, line)
    for pattern, effect in _TEXTS:
        if pattern.match(shown):
            return Operation(effect, shown, line)
    try:
        tree = sqlglot.parse_one(statement, read=dialect)
    except (SqlglotError, RecursionError):
        return Operation(Effect.UNKNOWN, shown, line)
    effect, removes = _judge(tree)
    makes_table = isinstance(tree, exp.Create) and str(tree.args.get("kind")).upper() == "TABLE"
    creates = _name(tree.this) if makes_table else ""
    return Operation(effect, shown, line, removes, table=_table(tree), creates=creates)


def _judge(tree: exp.Expr) -> tuple[Effect, str]:
    for kind, judge in _STATEMENTS.items():
        if isinstance(tree, kind):
            return judge(tree)
    return (Effect.ADDITIVE, "") if isinstance(tree, exp.Query) else (Effect.UNKNOWN, "")


def _table(tree: exp.Expr) -> str:
    if isinstance(tree, exp.Create) and isinstance(tree.this, exp.Index):
        return _name(tree.this.args.get("table"))
    return _name(tree.this) if isinstance(tree, exp.Alter | exp.Delete | exp.Update) else ""


def _create(tree: exp.Expr) -> tuple[Effect, str]:
    kind = str(tree.args.get("kind") or "").upper()
    if kind == "INDEX" and not tree.args.get("concurrently"):
        return Effect.LOCKING, ""
    if tree.args.get("replace") and kind == "TABLE":
        return Effect.DESTRUCTIVE, _name(tree.this)
    return Effect.ADDITIVE, ""


def _drop(tree: exp.Expr) -> tuple[Effect, str]:
    kind = str(tree.args.get("kind") or "").upper()
    if kind in _DROPS_NOTHING_READ:
        return (Effect.ADDITIVE if kind != "INDEX" or tree.args.get("concurrently") else Effect.LOCKING), ""
    names = [_name(table) for table in tree.args.get("tables") or ([tree.this] if tree.this else [])]
    return Effect.DESTRUCTIVE, ", ".join(names)


def _alter(tree: exp.Expr) -> tuple[Effect, str]:
    table = _name(tree.this)
    found = [
        _action(action, table, not_valid=bool(tree.args.get("not_valid"))) for action in tree.args.get("actions") or []
    ]
    order = list(Effect)
    return max(found, key=lambda pair: order.index(pair[0]), default=(Effect.UNKNOWN, ""))


def _action(action: exp.Expr, table: str, *, not_valid: bool) -> tuple[Effect, str]:
    if isinstance(action, exp.ColumnDef):
        return _column(action), ""
    if isinstance(action, exp.Drop):
        kind = str(action.args.get("kind") or "COLUMN").upper()
        if kind in _DROPS_NOTHING_READ:
            return Effect.ADDITIVE, ""
        names = [_name(column) for column in action.args.get("tables") or ([action.this] if action.this else [])]
        return Effect.DESTRUCTIVE, ", ".join(f"{table}.{name}" for name in names)
    if isinstance(action, exp.RenameColumn):
        return Effect.DESTRUCTIVE, f"{table}.{_name(action.this)}"
    if isinstance(action, exp.AlterRename):
        return Effect.DESTRUCTIVE, table
    if isinstance(action, exp.AddConstraint):
        return (Effect.ADDITIVE if not_valid else Effect.LOCKING), ""
    if isinstance(action, exp.AlterColumn):
        loosens = bool(action.args.get("allow_null")) or action.args.get("default") is not None
        drops_default = bool(action.args.get("drop")) and not action.args.get("dtype")
        return (Effect.ADDITIVE if loosens or drops_default else Effect.LOCKING), ""
    return Effect.UNKNOWN, ""


def _column(column: exp.ColumnDef) -> Effect:
    """A column that must have a value and has no default breaks the writes of the version before."""
    kinds = [constraint.args.get("kind") for constraint in column.args.get("constraints") or []]
    required = any(isinstance(kind, exp.NotNullColumnConstraint) and not kind.args.get("allow_null") for kind in kinds)
    default = any(
        isinstance(
            kind, exp.DefaultColumnConstraint | exp.GeneratedAsIdentityColumnConstraint | exp.ComputedColumnConstraint
        )
        for kind in kinds
    )
    return Effect.DESTRUCTIVE if required and not default else Effect.ADDITIVE


def _delete(tree: exp.Expr) -> tuple[Effect, str]:
    return Effect.DESTRUCTIVE, _name(tree.this)


def _truncate(tree: exp.Expr) -> tuple[Effect, str]:
    return Effect.DESTRUCTIVE, ", ".join(_name(table) for table in tree.expressions)


def _harmless(_tree: exp.Expr) -> tuple[Effect, str]:
    return Effect.ADDITIVE, ""


_STATEMENTS: Mapping[type[exp.Expr], Callable[[exp.Expr], tuple[Effect, str]]] = {
    exp.Create: _create,
    exp.Drop: _drop,
    exp.Alter: _alter,
    exp.TruncateTable: _truncate,
    exp.Delete: _delete,
    # what an UPDATE overwrites cannot be brought back by a downgrade
    exp.Update: _delete,
    exp.Merge: _delete,
    exp.Insert: _harmless,
    exp.Comment: _harmless,
    exp.Grant: _harmless,
    exp.Set: _harmless,
    exp.Transaction: _harmless,
    exp.Commit: _harmless,
    exp.Use: _harmless,
}


def _name(tree: object) -> str:
    if isinstance(tree, exp.Schema):
        tree = tree.this
    return str(tree.name) if isinstance(tree, exp.Expr) else ""
