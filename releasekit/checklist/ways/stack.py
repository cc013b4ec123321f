"""What ways have in common that deploy a folder of definitions as it is: going back deploys the earlier folder."""

import shlex
from collections.abc import Iterator

from releasekit.checklist.model import Act, Step
from releasekit.checklist.ways.commands import Commands

Fill = tuple[tuple[str, str], ...]


class Stack(Commands):
    """One command deploys what the checkout says; the same command on the earlier checkout goes back."""

    checkout = True
    checkout_back = True

    def words(self) -> tuple[tuple[str, ...], Fill]:
        """The words of the command that deploys, and its blanks."""
        raise NotImplementedError

    def preview(self) -> tuple[str, ...]:
        """The words of a command that only shows what would change; () when there is none."""
        return ()

    def deploy(self) -> Iterator[Step]:
        if self.preview():
            yield self.step(
                Act.DEPLOY, "See what would change.", *self.preview(), expect="only what this release changes"
            )
        yield from self._deployed(Act.DEPLOY, self.new)

    def previous(self) -> Iterator[Step]:
        yield from self.made(Act.BACK_DEPLOY, self.old)
        yield from self._deployed(Act.BACK_DEPLOY, self.old)

    def _deployed(self, act: Act, version: str) -> Iterator[Step]:
        text = f"Deploy {version}."
        if self.written():
            yield from self.written_or(act, text, expect="exit status 0")
            return
        words, fill = self.words()
        fill = (*fill, *self.filled(words))
        yield Step(act, text, shlex.join(words), "exit status 0", self.shown, way=self.way, fill=fill)
