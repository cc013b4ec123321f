"""Commands that start at once: what a person typed is converted here where that is plain, and else by Typer.

Typer converts with pydantic, even that nothing was typed; to load it takes as long as to read a small repository.
"""

import gc
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from types import MappingProxyType
from typing import Any, ClassVar

from typer.core import TyperCommand, TyperGroup

Kind = Callable[[Any], object]
ByTyper = Callable[[Any, Any], Any]


class QuickGroup(TyperGroup):
    """Verbs, of which the one that is called decides what is loaded."""

    def get_params(self, ctx: Any) -> list[Any]:  # the type of a context is Typer's own
        """The options before the verb."""
        return _quickened(super().get_params(ctx), {})


class Quick(TyperCommand):
    """A command that says of what kind its values are: the functions that make them of texts."""

    kinds: ClassVar[Mapping[str, Kind]] = MappingProxyType({})

    def get_params(self, ctx: Any) -> list[Any]:
        """The arguments and options, `--help` among them."""
        return _quickened(super().get_params(ctx), self.kinds)


def _quickened(parameters: Iterable[Any], kinds: Mapping[str, Kind]) -> list[Any]:
    found = list(parameters)
    for parameter in found:
        if not isinstance(parameter.process_value, partial):
            kind = kinds.get(parameter.name)
            parameter.process_value = partial(_made, kind, parameter.process_value, parameter.required)
    return found


def _made(kind: Kind | None, by_typer: ByTyper, required: bool, context: Any, value: Any) -> Any:
    """A value of its kind; what is missing or of another kind is left to Typer, which knows how to say it."""
    if value is None and not required:
        return None
    try:
        if kind and isinstance(value, str):
            return kind(value)
        if kind and isinstance(value, list | tuple) and all(isinstance(one, str) for one in value):
            return [kind(one) for one in value]
    except ValueError:
        pass
    return by_typer(context, value)


@contextmanager
def uncollected() -> Iterator[None]:
    """Meanwhile nobody looks for garbage: what is read and made here is held until it is printed, all of it."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()
