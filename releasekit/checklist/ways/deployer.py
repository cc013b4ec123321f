"""Deployer (deployer.org/docs/7.x/cli): releases kept on the hosts."""

from collections.abc import Iterator
from types import MappingProxyType

from releasekit.checklist.model import Act, Step
from releasekit.checklist.ways.stack import Stack


class Deployer(Stack):
    """The hosts are chosen by a name or a label; a rollback points them to the release before."""

    way = "deployer"
    checkout_back = False
    blanks = MappingProxyType({"HOSTS": "the hosts of production, as the recipe names them"})

    def _hosts(self) -> str:
        return self.blank(self.argument(*self._dep(), "deploy"), "HOSTS")

    def words(self) -> tuple[str, ...]:
        return (*self._dep(), "deploy", self._hosts())

    def _artisan(self, act: Act, text: str, task: str) -> Iterator[Step]:
        """Laravel's maintenance mode, which the recipe brings along."""
        if any(fact.value == "laravel" for fact in self.c.of("framework")):
            words = (*self._dep(), f"artisan:{task}", self._hosts())
            yield self.step(act, text, *words, expect="exit status 0")

    def stop(self) -> Iterator[Step]:
        yield from self._artisan(Act.STOP, "Show the maintenance page.", "down")

    def scale(self) -> Iterator[Step]:
        yield from self._artisan(Act.SCALE, "Take the maintenance page away.", "up")

    def _dep(self) -> tuple[str, ...]:
        """Deployer as the pipeline starts it."""
        written = [words[0] for _, words in self.lines if words and words[0].endswith("/dep")]
        return (written[0],) if written else ("dep",)

    def previous(self) -> Iterator[Step]:
        words = (*self._dep(), "rollback", self._hosts())
        yield self.step(Act.BACK_DEPLOY, f"Return to {self.old}.", *words, expect="exit status 0")
