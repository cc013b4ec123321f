"""Whether two texts of one Python migration do the same: only form, comments or annotations differ. Runs nothing."""

import ast
from copy import deepcopy


def restyled(before: ast.Module, after: ast.Module) -> bool:
    """Whether nothing that runs differs: the statements without annotations, and what the names in them stand for.

    Django, Alembic and their like know a migration by its name, so that such a change does nothing to a database. Tools
    that keep a checksum of the text (Flyway, Liquibase, Prisma) have files of other kinds.
    """
    return _bare(before) == _bare(after)


def _bare(module: ast.Module) -> tuple[str, dict[str, str]]:
    taken = _Taken()
    left = taken.visit(deepcopy(module))
    used = taken.names | {"*"}
    return ast.dump(left) if left else "", {name: here for name, here in taken.imports.items() if name in used}


class _Taken(ast.NodeTransformer):
    """Takes out imports, docstrings and annotations; keeps where imported names come from, and which names are used."""

    def __init__(self) -> None:
        self.imports: dict[str, str] = {}
        self.names: set[str] = set()

    def visit(self, node: ast.AST) -> ast.AST | None:
        """The node without what does not run; None when nothing of it does."""
        if isinstance(node, ast.Import | ast.ImportFrom):
            self._imported(node)
            return None
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            return None
        if isinstance(node, ast.AnnAssign):
            return self.visit(ast.Assign([node.target], node.value)) if node.value else None
        if isinstance(node, ast.arg):
            node.annotation = None
        elif isinstance(node, ast.FunctionDef):
            node.returns = None
        elif isinstance(node, ast.Name):
            self.names.add(node.id)
        return self.generic_visit(node)

    def _imported(self, node: ast.Import | ast.ImportFrom) -> None:
        for one in node.names:
            if isinstance(node, ast.ImportFrom):
                self.imports[one.asname or one.name] = f"{'.' * node.level}{node.module or ''}:{one.name}"
            else:
                name = one.asname or one.name.partition(".")[0]
                self.imports[name] = one.name if one.asname else name
