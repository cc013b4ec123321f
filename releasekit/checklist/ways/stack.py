"""What ways have in common that deploy a folder of definitions as it is: going back deploys the earlier folder."""

from abc import ABC, abstractmethod
from collections.abc import Iterator

from releasekit.checklist.model import Act, Step
from releasekit.checklist.ways.commands import Commands


class Stack(Commands, ABC):
    """One command deploys what the checkout says; on the earlier checkout it goes back, where a way has no other."""

    checkout = True
    checkout_back = True

    @abstractmethod
    def words(self) -> tuple[str, ...]:
        """The words of the command that deploys."""

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
        yield from self.written_or(act, f"Deploy {version}.", *self.words(), expect="exit status 0")
