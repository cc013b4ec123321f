"""Rails migrations to effects, from their syntax tree: the calls in ``change``, ``up`` and ``down``."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from releasekit.facts.effects.model import Effect, Effects, Operation, shift
from releasekit.facts.effects.sql import classify
from releasekit.syntax.script import Tree, line, parse, source, walk

# ActiveRecord::ConnectionAdapters::SchemaStatements and TableDefinition, api.rubyonrails.org
_ADDITIVE = frozenset(
    {
        "create_table",
        "create_join_table",
        "create_enum",
        "enable_extension",
        "remove_index",
        "remove_foreign_key",
        "remove_check_constraint",
        "change_column_default",
        "change_column_comment",
        "change_table_comment",
        "validate_foreign_key",
        "validate_check_constraint",
        "add_timestamps",
        "say",
        "say_with_time",
        "puts",
    }
)
_AROUND = frozenset(
    """
    safety_assured reversible up up_only transaction change_table say_with_time unless if
    """.split()
)
# what a model does to rows cannot be told from the migration alone
_ON_ROWS = frozenset(
    """
    update_all delete_all destroy_all find_each in_batches update_column update_columns update!
    """.split()
)
_NO_WAY_BACK = frozenset({"execute", "remove_columns", "change_column", "change_column_default_without_from"})
_COLUMN_TYPES = frozenset(
    """
    string text integer bigint float decimal numeric datetime timestamp timestamptz time date
    binary blob boolean json jsonb uuid inet cidr citext hstore column references belongs_to
    virtual enum point tsvector
    """.split()
)


@dataclass(frozen=True, slots=True)
class _Call:
    """A call with its plain arguments (symbols and texts as texts, "" for anything computed) and its options."""

    name: str
    receiver: str
    arguments: tuple[str, ...]
    options: Mapping[str, str]
    node: Tree

    def argument(self, position: int) -> str:
        return self.arguments[position] if position < len(self.arguments) else ""


def read(text: str, dialect: str | None = "postgres") -> Effects:
    """The effects going up; a call that is not understood is ``unknown``."""
    root = parse(text, "ruby")
    methods = {source(node.child_by_field_name("name")): node for node in walk(root) if node.type == "method"}
    up = methods.get("up") or methods.get("change")
    if up is None:
        return Effects()
    operations = tuple(_operations(up, "", dialect))
    return Effects(operations, _reversible(methods, up))


def _reversible(methods: Mapping[str, Tree], up: Tree) -> bool:
    down = methods.get("down")
    if down is not None:
        calls = [_call(node) for node in walk(down) if node.type == "call"]
        return bool(calls) and not any(call.name == "raise" for call in calls)
    if "change" not in methods:
        return False
    for node in walk(up):
        if node.type != "call":
            continue
        call = _call(node)
        if call.name in _NO_WAY_BACK or (call.name == "remove_column" and len(call.arguments) < 3):
            return False
        if call.name == "drop_table" and node.child_by_field_name("block") is None:
            return False
    return True


def _operations(node: Tree, table: str, dialect: str | None) -> Iterator[Operation]:
    for child in node.named_children:
        if child.type in {"method", "argument_list"}:
            continue
        if child.type != "call":
            yield from _operations(child, table, dialect)
            continue
        call = _call(child)
        block = child.child_by_field_name("block")
        if call.name == "down" and call.receiver:
            continue
        if call.name in _AROUND and block is not None:
            yield from _operations(block, call.argument(0) if call.name == "change_table" else table, dialect)
        elif call.name == "execute":
            yield from _execute(call, dialect)
        elif call.name in _ON_ROWS:
            yield Operation(Effect.UNKNOWN, _shown(child), line(child))
        elif not call.receiver:
            yield _judge(call, call.argument(0), 1)
            if block is not None and call.name not in {"create_table", "create_join_table", "drop_table"}:
                yield from _operations(block, table, dialect)
        elif table:
            yield _judge_in_table(call, table)
        else:
            yield from _operations(child, table, dialect)


def _judge(call: _Call, table: str, at: int) -> Operation:
    shown, number = _shown(call.node), line(call.node)
    if call.name in _ADDITIVE:
        return Operation(Effect.ADDITIVE, shown, number, creates=table if call.name == "create_table" else "")
    judge = _OPERATIONS.get(call.name)
    if judge is None:
        harmless = call.name.endswith("!") and not call.arguments
        return Operation(Effect.ADDITIVE if harmless else Effect.UNKNOWN, shown, number)
    effect, removes = judge(call, table, at)
    return Operation(effect, shown, number, removes, table=table)


_IN_TABLE = {
    "remove": "remove_columns",
    "rename": "rename_column",
    "index": "add_index",
    "change": "change_column",
    "change_null": "change_column_null",
    "change_default": "change_column_default",
    "timestamps": "add_timestamps",
    "remove_references": "remove_reference",
    "foreign_key": "add_foreign_key",
}


def _judge_in_table(call: _Call, table: str) -> Operation:
    """Inside ``change_table``: ``t.remove :a, :b``, ``t.rename``, and a column by its type."""
    if call.name in _COLUMN_TYPES:
        effect, removes = _add_column(call, table, 0)
        return Operation(effect, _shown(call.node), line(call.node), removes)
    renamed = _Call(_IN_TABLE.get(call.name, call.name), "", call.arguments, call.options, call.node)
    return _judge(renamed, table, 0)


def _add_column(call: _Call, _table: str, _at: int) -> tuple[Effect, str]:
    required = call.options.get("null") == "false" and "default" not in call.options
    return (Effect.DESTRUCTIVE if required else Effect.ADDITIVE), ""


def _columns(call: _Call, table: str, at: int) -> tuple[Effect, str]:
    names = call.arguments[at:] if call.name == "remove_columns" else call.arguments[at : at + 1]
    return Effect.DESTRUCTIVE, ", ".join(f"{table}.{name}" for name in names)


def _reference(call: _Call, table: str, at: int) -> tuple[Effect, str]:
    return Effect.DESTRUCTIVE, f"{table}.{call.argument(at)}_id"


def _timestamps(_call: _Call, table: str, _at: int) -> tuple[Effect, str]:
    return Effect.DESTRUCTIVE, f"{table}.created_at, {table}.updated_at"


def _table(call: _Call, _table: str, _at: int) -> tuple[Effect, str]:
    return Effect.DESTRUCTIVE, call.argument(0)


def _index(call: _Call, _table: str, _at: int) -> tuple[Effect, str]:
    return (Effect.ADDITIVE if call.options.get("algorithm") == "concurrently" else Effect.LOCKING), ""


def _constraint(call: _Call, _table: str, _at: int) -> tuple[Effect, str]:
    return (Effect.ADDITIVE if call.options.get("validate") == "false" else Effect.LOCKING), ""


def _null(call: _Call, _table: str, at: int) -> tuple[Effect, str]:
    return (Effect.LOCKING if call.argument(at + 1) == "false" else Effect.ADDITIVE), ""


def _locking(_call: _Call, _table: str, _at: int) -> tuple[Effect, str]:
    return Effect.LOCKING, ""


_OPERATIONS: Mapping[str, Callable[[_Call, str, int], tuple[Effect, str]]] = {
    "add_column": _add_column,
    "add_columns": _add_column,
    "add_reference": _add_column,
    "add_belongs_to": _add_column,
    "remove_column": _columns,
    "remove_columns": _columns,
    "rename_column": _columns,
    "remove_reference": _reference,
    "remove_belongs_to": _reference,
    "remove_timestamps": _timestamps,
    "drop_table": _table,
    "drop_join_table": _table,
    "rename_table": _table,
    "add_index": _index,
    "add_foreign_key": _constraint,
    "add_check_constraint": _constraint,
    "change_column_null": _null,
    "change_column": _locking,
    "add_unique_constraint": _locking,
    "add_exclusion_constraint": _locking,
}


def _execute(call: _Call, dialect: str | None) -> Iterator[Operation]:
    sql, start = _sql(call.node)
    if sql is None:
        yield Operation(Effect.UNKNOWN, _shown(call.node), line(call.node))
    else:
        yield from shift(classify(sql, dialect), start - 1)


def _sql(node: Tree) -> tuple[str | None, int]:
    """The text that ``execute`` is given and its line: a literal, or the heredoc that follows; None when computed."""
    arguments = node.child_by_field_name("arguments")
    first = arguments.named_children[0] if arguments and arguments.named_children else None
    if first is not None and first.type == "call":
        first = first.child_by_field_name("receiver")
    if first is None:
        return None, 0
    if first.type == "string":
        return (None, 0) if _computed(first) else (_content(first), line(first))
    if first.type == "heredoc_beginning":
        body = _heredoc(node)
        if body is not None and not _computed(body):
            content = next((child for child in body.named_children if child.type == "heredoc_content"), None)
            return source(content), line(content) if content is not None else line(body)
    return None, 0


def _heredoc(node: Tree) -> Tree | None:
    above: Tree | None = node
    while above is not None:
        after = above.next_named_sibling
        if after is not None and after.type == "heredoc_body":
            return after
        above = above.parent
    return None


def _computed(node: Tree) -> bool:
    return any(child.type == "interpolation" for child in node.named_children)


def _content(node: Tree) -> str:
    return "".join(source(child) for child in node.named_children)


def _call(node: Tree) -> _Call:
    arguments: list[str] = []
    options: dict[str, str] = {}
    given = node.child_by_field_name("arguments")
    for child in given.named_children if given is not None else ():
        if child.type == "pair":
            key, value = child.child_by_field_name("key"), child.child_by_field_name("value")
            options[source(key).strip(":\"'")] = _plain(value)
        else:
            arguments.append(_plain(child))
    name, receiver = node.child_by_field_name("method"), node.child_by_field_name("receiver")
    return _Call(source(name), source(receiver), tuple(arguments), options, node)


def _plain(node: Tree | None) -> str:
    if node is None:
        return ""
    return (
        source(node).lstrip(":")
        if node.type == "simple_symbol"
        else _content(node)
        if node.type == "string"
        else source(node)
    )


def _shown(node: Tree) -> str:
    return " ".join(source(node).split())[:200]
