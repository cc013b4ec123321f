"""How a cell fails for a reader: our message, without a traceback; and loudly, so that Papermill's status says so."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from releasekit.errors import ReleasekitError

P = ParamSpec("P")
R = TypeVar("R")


class NotebookError(Exception):
    """A ReleasekitError in a cell. IPython asks an exception how it is to be shown: the message alone."""

    def _render_traceback_(self, *_: object) -> list[str]:
        return str(self).splitlines()


def told_plainly(function: Callable[P, R]) -> Callable[P, R]:
    """The same function; its ReleasekitError reaches the reader of a notebook as one message."""

    @wraps(function)
    def wrapped(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return function(*args, **kwargs)
        except ReleasekitError as error:
            raise NotebookError(str(error)) from error

    return wrapped


def in_words(error: ReleasekitError) -> str:
    """The error as sentences on one line: what is wrong, and what to do."""
    said = [part for problem in error.problems for part in (problem.what, problem.do) if part]
    return " ".join(f"{part[:1].upper()}{part[1:].rstrip('.')}." for part in said)
