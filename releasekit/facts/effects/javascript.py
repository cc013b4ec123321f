"""Knex, Sequelize and TypeORM migrations to effects, from their syntax tree: the calls in ``up`` and ``down``."""

from collections.abc import Iterator, Mapping

from releasekit.facts.effects.model import Effect, Effects, Operation, shift
from releasekit.facts.effects.sql import classify
from releasekit.syntax.script import Tree, line, parse, source, walk

_FUNCTIONS = frozenset(
    {"function_declaration", "function_expression", "arrow_function", "method_definition", "generator_function"}
)
# knexjs.org/guide/schema-builder, sequelize QueryInterface, typeorm QueryRunner
_ADDITIVE = frozenset(
    """
    createTable createTableIfNotExists createTableLike createSchema createDatabase createView
    hasTable hasColumn createForeignKeys dropIndex dropUnique dropForeign dropPrimary
    dropForeignKey removeIndex removeConstraint dropNullable setNullable bulkInsert insert commit
    rollback transaction createSequence createExtension createExtensionIfNotExists
    """.split()
)
_LOCKING = frozenset(
    """
    addIndex createIndex createIndices index unique foreign addConstraint createForeignKey
    createUniqueConstraint changeColumn changeColumns alter createPrimaryKey
    """.split()
)
_TABLE_GONE = frozenset(
    """
    dropTable dropTableIfExists renameTable dropSchema dropDatabase truncate dropAllTables
    clearTable
    """.split()
)
_COLUMN_GONE = frozenset({"removeColumn", "dropColumn", "dropColumns", "renameColumn"})
_ROWS_GONE = frozenset({"bulkDelete", "bulkUpdate", "del", "delete", "update"})
_SQL = frozenset({"raw", "query", "sequelize.query"})


def read(text: str, language: str = "javascript", dialect: str | None = "postgres") -> Effects:
    """The effects of ``up``; a computed SQL text is ``unknown``."""
    root = parse(text, language)
    up, down = _function(root, "up"), _function(root, "down")
    if up is None:
        return Effects()
    return Effects(tuple(_operations(up, dialect)), down is not None and _does_something(down))


def _function(root: Tree, name: str) -> Tree | None:
    """The function that is exported, assigned, declared or written as a method under a name."""
    for node in walk(root):
        if node.type in _FUNCTIONS and source(node.child_by_field_name("name")) == name:
            return node
        key = {"assignment_expression": "left", "pair": "key", "variable_declarator": "name"}.get(node.type)
        if key and source(node.child_by_field_name(key)).rpartition(".")[2].strip("'\"") == name:
            value = node.child_by_field_name("right") or node.child_by_field_name("value")
            if value is not None and value.type in _FUNCTIONS:
                return value
    return None


def _does_something(function: Tree) -> bool:
    calls = [_name(node) for node in walk(function) if node.type == "call_expression"]
    raises = any(node.type == "throw_statement" for node in walk(function))
    return bool(calls) and not raises


def _operations(function: Tree, dialect: str | None) -> Iterator[Operation]:
    for node in walk(function):
        if node.type == "call_expression":
            yield from _call(node, dialect)


def _call(node: Tree, dialect: str | None) -> Iterator[Operation]:
    name, number = _name(node), line(node)
    shown = " ".join(source(node).split())[:200]
    texts = _texts(node)
    if name in _SQL:
        yield from _sql(node, dialect)
    elif name in _ADDITIVE:
        yield Operation(Effect.ADDITIVE, shown, number)
    elif name in _TABLE_GONE:
        yield Operation(Effect.DESTRUCTIVE, shown, number, texts[0] if texts else "")
    elif name in _COLUMN_GONE:
        table = _table_around(node)
        names = texts if table else texts[1:]
        table = table or (texts[0] if texts else "")
        names = names[:1] if name.startswith(("rename", "remove")) else names
        yield Operation(Effect.DESTRUCTIVE, shown, number, ", ".join(f"{table}.{column}" for column in names))
    elif name in _ROWS_GONE:
        yield Operation(Effect.DESTRUCTIVE, shown, number, texts[0] if texts else "")
    elif name == "addColumn":
        yield Operation(_added(node), shown, number)
    elif name == "notNullable" and _chain(node).isdisjoint({"defaultTo", "increments"}) and _altered(node):
        yield Operation(Effect.DESTRUCTIVE, shown, number)
    elif name in _LOCKING and not _new_table(node):
        yield Operation(Effect.LOCKING, shown, number)


def _added(node: Tree) -> Effect:
    """``addColumn`` with options: a column that must have a value and has no default stops the version before."""
    options: Mapping[str, str] = {
        source(pair.child_by_field_name("key")): source(pair.child_by_field_name("value"))
        for pair in walk(node)
        if pair.type == "pair"
    }
    required = options.get("allowNull") == "false" or options.get("isNullable") == "false"
    return Effect.DESTRUCTIVE if required and not {"defaultValue", "default"} & set(options) else Effect.ADDITIVE


def _sql(node: Tree, dialect: str | None) -> Iterator[Operation]:
    given = node.child_by_field_name("arguments")
    first = given.named_children[0] if given is not None and given.named_children else None
    if first is None or first.type not in {"string", "template_string"} or _computed(first):
        yield Operation(Effect.UNKNOWN, " ".join(source(node).split())[:200], line(node))
        return
    text = "".join(source(part) for part in first.named_children).replace("\\n", "\n").replace('\\"', '"')
    yield from shift(classify(text, dialect), line(first) - 1)


def _computed(node: Tree) -> bool:
    return any(child.type == "template_substitution" for child in node.named_children)


def _name(node: Tree) -> str:
    function = node.child_by_field_name("function")
    return source(function.child_by_field_name("property") or function) if function is not None else ""


def _texts(node: Tree) -> list[str]:
    given = node.child_by_field_name("arguments")
    children = given.named_children if given is not None else []
    return ["".join(source(part) for part in child.named_children) for child in children if child.type == "string"]


def _chain(node: Tree) -> set[str]:
    """The names that are called on the result, and before it, in one chain."""
    top = node
    while top.parent is not None and top.parent.type in {"member_expression", "call_expression"}:
        top = top.parent
    return {_name(inner) for inner in (top, *walk(top, stop=_FUNCTIONS)) if inner.type == "call_expression"}


def _table_call(node: Tree) -> Tree | None:
    """The call of a table builder (``alterTable("users", t => ...)``) that a call stands inside of."""
    above = node.parent
    while above is not None:
        if above.type == "call_expression" and _name(above) in {
            "alterTable",
            "table",
            "createTable",
            "createTableIfNotExists",
        }:
            return above
        above = above.parent
    return None


def _table_around(node: Tree) -> str:
    call = _table_call(node)
    texts = _texts(call) if call is not None else []
    return texts[0] if texts else ""


def _altered(node: Tree) -> bool:
    call = _table_call(node)
    return call is not None and _name(call) in {"alterTable", "table"}


def _new_table(node: Tree) -> bool:
    call = _table_call(node)
    return call is not None and _name(call).startswith("createTable")
