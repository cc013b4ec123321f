"""How pieces of a shell text are printed: comments left out, continued lines joined. All positions are [start, end)."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable

_CONTINUED = re.compile(r"(?<!\\)\\\n[ \t]*")
_BLANKS = " \t"


class Printing:
    """Told piece by piece what a reader comes across; asked for texts when it has been prepared."""

    def __init__(self, text: str) -> None:
        self.text = text
        # what is printed otherwise; where no line ends; what is no shell
        self.edits: list[tuple[int, int, str]] = []
        self.joints: list[tuple[int, int]] = []
        self.kept: list[tuple[int, int]] = []

    def leave_out(self, start: int, end: int) -> None:
        """A comment, with the blanks before it."""
        self.keep(start, end)
        self.edits.append((self.before(start), end, ""))

    def join(self, start: int, end: int) -> None:
        """A gap in which a line ends, and a list goes on."""
        self.joints.append((start, end))
        self.edits.append((start, end, " "))

    def keep(self, start: int, end: int) -> None:
        """A piece in which a backslash is a backslash: quoted, a document, a comment."""
        self.kept.append((start, end))

    def prepare(self, statements: Iterable[tuple[int, int]]) -> None:
        """Called once, when all is known; no line ends inside a statement."""
        self.kept.sort()
        starts = [start for start, _ in self.kept]
        for found in _CONTINUED.finditer(self.text):
            at = bisect_right(starts, found.start()) - 1
            if at < 0 or self.kept[at][1] <= found.start():
                start = self.before(found.start())
                blank = start < found.start() or found.end() > found.start() + 2
                self.edits.append((start, found.end(), " " if blank else ""))
                self.joints.append((found.start(), found.end()))
        self.edits.sort(key=lambda edit: (edit[0], -edit[1]))
        merged: list[tuple[int, int]] = []
        for start, end in sorted((*self.joints, *statements)):
            if merged and start < merged[-1][1]:
                merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
            else:
                merged.append((start, end))
        self.joints = merged

    def before(self, position: int) -> int:
        """Where the blanks before a position begin."""
        while position and self.text[position - 1] in _BLANKS:
            position -= 1
        return position

    def text_of(self, start: int, end: int) -> str:
        """A piece as it is printed."""
        out, here = [], start
        for at in range(bisect_left(self.edits, (start,)), len(self.edits)):
            first, last, instead = self.edits[at]
            if first >= end:
                break
            if first >= here:
                out.append(self.text[here:first] + instead)
            here = max(here, min(last, end))
        return "".join((*out, self.text[here:end]))

    def around(self, position: int) -> tuple[int, int]:
        """The line that a position is in."""
        start, end = position, position
        while (newline := self.text.rfind("\n", 0, start)) >= 0:
            joint = self.joint(newline)
            if joint is None:
                break
            start = min(joint[0], newline)
        while (ends := self.text.find("\n", end)) >= 0 and (joint := self.joint(ends)) is not None:
            end = joint[1]
        return newline + 1, ends if ends >= 0 else len(self.text)

    def joint(self, newline: int) -> tuple[int, int] | None:
        """What keeps a line from ending at a newline."""
        at = bisect_right(self.joints, (newline, len(self.text))) - 1
        return self.joints[at] if at >= 0 and self.joints[at][1] > newline else None
