"""The shape that XML is read into: an element with its line. Reads nothing (see `xml`, which takes a parser along)."""

from collections.abc import Iterator
from dataclasses import dataclass, field


@dataclass(slots=True, eq=False)
class Element:
    """One element: its name without prefix, its own text, attributes, children, and the line of its start tag."""

    name: str
    line: int
    attributes: dict[str, str] = field(default_factory=dict)
    children: list["Element"] = field(default_factory=list)
    text: str = ""

    def at(self, *path: str) -> "Element":
        """The first element under a path of names, or NOTHING."""
        here = self
        for name in path:
            here = next((child for child in here.children if child.name == name), NOTHING)
        return here

    def all(self, name: str) -> Iterator["Element"]:
        """All elements of this name below this one, in document order."""
        stack = list(reversed(self.children))
        while stack:
            element = stack.pop()
            if element.name == name:
                yield element
            stack.extend(reversed(element.children))

    def __bool__(self) -> bool:
        return self.line > 0


NOTHING = Element("", 0)
