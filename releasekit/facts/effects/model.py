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
    """One operation: what it does, in words of SQL, on which line, and what it takes away (``table.column``), if so."""

    effect: Effect
    statement: str
    line: int
    removes: str = ""


@dataclass(frozen=True, slots=True)
class Effects:
    """What a migration does going up; ``reversible`` says whether it declares a way down (None: cannot be told)."""

    operations: tuple[Operation, ...] = ()
    reversible: bool | None = None

    @property
    def decides(self) -> Operation | None:
        """The worst operation, the first of its kind; None for a migration that does nothing."""
        return max(self.operations, key=lambda operation: _RANK[operation.effect], default=None)


def shift(operations: Iterable[Operation], lines: int) -> tuple[Operation, ...]:
    """The same operations, further down: for SQL that stands inside another file."""
    return tuple(replace(operation, line=operation.line + lines) for operation in operations)
