"""Effects of migrations, from harmless to worst, and one operation with the line that decides. Knows no language."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum


class Effect(StrEnum):
    """What an operation means for going back and for the service while it runs.

    ``additive``: the version before still works on the new schema. ``locking``: it does, but the table is locked or
    rewritten while it runs. ``destructive``: data, or what the version before reads or writes, is gone.
    ``irreversible``: the migration itself says that there is no way back.
    ``unknown``: cannot be told; treated as irreversible.
    """

    ADDITIVE = "additive"
    LOCKING = "locking"
    DESTRUCTIVE = "destructive"
    IRREVERSIBLE = "irreversible"
    UNKNOWN = "unknown"


_RANK = {effect: rank for rank, effect in enumerate(Effect)}


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation: what it does, in words of SQL, on which line, and what it takes away (``table.column``), if so.

    ``table`` is the table it works on, ``creates`` the one it makes; "" where that is not known.
    """

    effect: Effect
    statement: str
    line: int
    removes: str = ""
    table: str = ""
    creates: str = ""


@dataclass(frozen=True, slots=True)
class Effects:
    """What a migration does going up; ``reversible`` says whether it declares a way down (None: cannot be told)."""

    operations: tuple[Operation, ...] = ()
    reversible: bool | None = None

    @property
    def decides(self) -> Operation | None:
        """The worst operation, the first of its kind; None for a migration that does nothing.

        What is done to a table that the same migration makes harms nobody: nothing reads it yet.
        """
        made: set[str] = set()
        worst: Operation | None = None
        for operation in self.operations:
            made |= {operation.creates} - {""}
            here = replace(operation, effect=Effect.ADDITIVE) if operation.table in made else operation
            if worst is None or _RANK[here.effect] > _RANK[worst.effect]:
                worst = here
        return worst


def shift(operations: Iterable[Operation], lines: int) -> tuple[Operation, ...]:
    """The same operations, further down: for SQL that stands inside another file."""
    return tuple(replace(operation, line=operation.line + lines) for operation in operations)
