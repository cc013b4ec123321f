"""Django migrations to effects, from their syntax tree: the ``operations`` list of the Migration class."""

import ast
from collections.abc import Callable, Iterator, Mapping

from releasekit.facts.effects.calls import argument, called, keyword, literal, text_of
from releasekit.facts.effects.model import Effect, Effects, Operation, shift
from releasekit.facts.effects.sql import classify

# operations of django.db.migrations, https://docs.djangoproject.com/en/stable/ref/migration-operations/
_ADDITIVE = frozenset(
    {
        "CreateModel",
        "AlterModelTableComment",
        "AlterModelOptions",
        "AlterModelManagers",
        "AlterOrderWithRespectTo",
        "RemoveConstraint",
        "RemoveIndex",
        "RenameIndex",
        "AddIndexConcurrently",
        "RemoveIndexConcurrently",
        "AddConstraintNotValid",
        "ValidateConstraint",
        "AlterUniqueTogether",
        "AlterIndexTogether",
        "CreateExtension",
        "TrigramExtension",
        "CreateCollation",
    }
)
_LOCKING = frozenset({"AddIndex", "AddConstraint"})
_WITH_DEFAULT = frozenset({"AutoField", "BigAutoField", "SmallAutoField", "ManyToManyField", "GeneratedField"})


def read(module: ast.Module, dialect: str | None = "postgres") -> Effects:
    """The effects of the operations; a computed list, or an operation of the project's own, is ``unknown``."""
    listed = _operations_of(module)
    if listed is None:
        return Effects()
    if not isinstance(listed, ast.List | ast.Tuple):
        return Effects((Operation(Effect.UNKNOWN, ast.unparse(listed)[:200], listed.lineno),), None)
    found = tuple(operation for node in listed.elts for operation in _operation(node, dialect))
    return Effects(found, all(_reversible(node) for node in listed.elts))


def _operations_of(module: ast.Module) -> ast.expr | None:
    for node in module.body:
        if isinstance(node, ast.ClassDef) and node.name == "Migration":
            for line in node.body:
                if isinstance(line, ast.Assign) and any(_named(target, "operations") for target in line.targets):
                    return line.value
                if isinstance(line, ast.AnnAssign) and _named(line.target, "operations"):
                    return line.value
    return None


def _named(target: ast.expr, name: str) -> bool:
    return isinstance(target, ast.Name) and target.id == name


def _operation(node: ast.expr, dialect: str | None) -> Iterator[Operation]:
    shown = " ".join(ast.unparse(node).split())[:200]
    if not isinstance(node, ast.Call):
        yield Operation(Effect.UNKNOWN, shown, node.lineno)
        return
    name = called(node)[1]
    if name == "SeparateDatabaseAndState":
        listed = argument(node, 0, "database_operations")
        for inner in listed.elts if isinstance(listed, ast.List | ast.Tuple) else ():
            yield from _operation(inner, dialect)
    elif name == "RunSQL":
        yield from _sql(node, dialect)
    elif name in _ADDITIVE:
        made = text_of(argument(node, 0, "name")).casefold() if name == "CreateModel" else ""
        yield Operation(Effect.ADDITIVE, shown, node.lineno, creates=made)
    elif name in _LOCKING:
        yield Operation(Effect.LOCKING, shown, node.lineno, table=_model_of(node))
    elif name in _JUDGES:
        effect, removes = _JUDGES[name](node)
        yield Operation(effect, shown, node.lineno, removes, table=_model_of(node))
    else:
        # RunPython and operations of the project's own do what only running them could tell
        yield Operation(Effect.UNKNOWN, shown, node.lineno)


def _model_of(node: ast.Call) -> str:
    """Django names models without regard to case: ``CreateModel("Order")``, ``AddField("order", ...)``."""
    return text_of(argument(node, 0, "model_name")).casefold()


def _sql(node: ast.Call, dialect: str | None) -> Iterator[Operation]:
    given = argument(node, 0, "sql")
    texts = given.elts if isinstance(given, ast.List | ast.Tuple) else [given]
    for part in texts:
        text = literal(part)
        if isinstance(text, str) and part is not None:
            yield from shift(classify(text, dialect), part.lineno - 1)
        else:
            yield Operation(Effect.UNKNOWN, ast.unparse(node)[:200], node.lineno)


def _add_field(node: ast.Call) -> tuple[Effect, str]:
    """Django drops the default from the database after filling it in, so the version before cannot insert rows."""
    field = argument(node, 2, "field")
    if not isinstance(field, ast.Call):
        return Effect.UNKNOWN, ""
    if literal(keyword(field, "null")) is True or keyword(field, "db_default") is not None:
        return Effect.ADDITIVE, ""
    return (Effect.ADDITIVE if called(field)[1] in _WITH_DEFAULT else Effect.DESTRUCTIVE), ""


def _remove_field(node: ast.Call) -> tuple[Effect, str]:
    return Effect.DESTRUCTIVE, f"{text_of(argument(node, 0, 'model_name'))}.{text_of(argument(node, 1, 'name'))}"


def _rename_field(node: ast.Call) -> tuple[Effect, str]:
    return Effect.DESTRUCTIVE, f"{text_of(argument(node, 0, 'model_name'))}.{text_of(argument(node, 1, 'old_name'))}"


def _model(argument_name: str) -> Callable[[ast.Call], tuple[Effect, str]]:
    return lambda node: (Effect.DESTRUCTIVE, text_of(argument(node, 0, argument_name)))


def _alter_field(node: ast.Call) -> tuple[Effect, str]:
    """What the field was before stands in another migration: a rewrite of the table cannot be excluded."""
    field = argument(node, 2, "field")
    loose = isinstance(field, ast.Call) and literal(keyword(field, "null")) is True
    return (Effect.ADDITIVE if loose else Effect.LOCKING), ""


_JUDGES: Mapping[str, Callable[[ast.Call], tuple[Effect, str]]] = {
    "AddField": _add_field,
    "RemoveField": _remove_field,
    "RenameField": _rename_field,
    "DeleteModel": _model("name"),
    "RenameModel": _model("old_name"),
    "AlterModelTable": _model("name"),
    "AlterField": _alter_field,
}


def _reversible(node: ast.expr) -> bool:
    if not isinstance(node, ast.Call):
        return False
    name = called(node)[1]
    if name == "RunPython":
        return argument(node, 1, "reverse_code") is not None
    if name == "RunSQL":
        return argument(node, 1, "reverse_sql") is not None
    return True
