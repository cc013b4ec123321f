"""The errors that reach a person: one root, one family per exit status. Knows nothing of what went wrong where."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong: what, where (``file:line`` when there is one) and what to do about it."""

    what: str
    where: str = ""
    do: str = ""

    def __str__(self) -> str:
        head = f"{self.where}: {self.what}" if self.where else self.what
        return f"{head}\n  {self.do}" if self.do else head


class ReleasekitError(Exception):
    """Root of all errors that are shown without a traceback; carries every problem of its kind at once."""

    exit_code: ClassVar[int] = 2

    def __init__(self, what: str | Problem | Iterable[Problem], where: str = "", do: str = "") -> None:
        if isinstance(what, str):
            self.problems: tuple[Problem, ...] = (Problem(what, where, do),)
        elif isinstance(what, Problem):
            self.problems = (what,)
        else:
            self.problems = tuple(what)
        super().__init__("\n".join(str(problem) for problem in self.problems))

    def __reduce__(self) -> tuple[type["ReleasekitError"], tuple[tuple[Problem, ...]]]:
        return (type(self), (self.problems,))


class InputError(ReleasekitError):
    """What a person gave cannot be used: a file, a parameter, a name, an argument."""


class ParseError(InputError):
    """A text is not what its format says, or exceeds a budget; ``where`` is ``name:line``."""


class SourceError(ReleasekitError):
    """The outside world did not answer, or answered rubbish. A probe turns it into *unknown*, never into *fail*."""


class StoreError(ReleasekitError):
    """The run store cannot be read or written; nothing that was acknowledged is lost."""


class RefusedError(ReleasekitError):
    """An act that the rules of a run do not allow now (a gate is shut, somebody was first, a role is missing)."""


class StoppedError(ReleasekitError):
    """A person stopped the command."""

    exit_code: ClassVar[int] = 130
