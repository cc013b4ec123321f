"""Regular expressions of which one repository needs few: each is compiled when it is first asked."""

import re
from collections.abc import Callable, Iterator
from functools import cached_property

Found = re.Match[str] | None


class Expression:
    """What `re.compile` gives, when it is needed: to compile hundreds takes longer than to read a small repository.

    ``word`` stands in all that it finds: a text without it is not searched, and needs no compiled expression.
    """

    def __init__(self, text: str, flags: int = 0, *, word: str = "") -> None:
        self.text, self.flags, self.word = text, flags, word

    def __repr__(self) -> str:
        return f"Expression({self.text!r})"

    @cached_property
    def compiled(self) -> re.Pattern[str]:
        return re.compile(self.text, self.flags)

    # the methods themselves are kept: a question costs what it costs a compiled one

    @cached_property
    def search(self) -> Callable[..., Found]:
        return self._sought if self.word else self.compiled.search

    def _sought(self, text: str) -> Found:
        return self.compiled.search(text) if self.word in text else None

    @cached_property
    def match(self) -> Callable[..., Found]:
        return self.compiled.match

    @cached_property
    def fullmatch(self) -> Callable[..., Found]:
        return self.compiled.fullmatch

    @cached_property
    def finditer(self) -> Callable[..., Iterator[re.Match[str]]]:
        return self._worded if self.word else self.compiled.finditer

    def _worded(self, text: str) -> Iterator[re.Match[str]]:
        return self.compiled.finditer(text) if self.word in text else iter(())

    @cached_property
    def findall(self) -> Callable[..., list[str]]:
        return self.compiled.findall

    @cached_property
    def split(self) -> Callable[..., list[str]]:
        return self.compiled.split

    @cached_property
    def sub(self) -> Callable[..., str]:
        return self.compiled.sub
