"""Deployer (deployer.org/docs/7.x/cli): releases kept on the hosts."""

from collections.abc import Iterator
from dataclasses import replace

from releasekit.checklist.model import Act, Step
from releasekit.checklist.ways.stack import Fill, Stack


class Deployer(Stack):
    """The hosts are chosen by a name or a label; a rollback points them to the release before."""

    way = "deployer"
    checkout_back = False

    def _hosts(self) -> tuple[str, Fill]:
        named = self.argument(*self._dep(), "deploy")
        return self.blank(named, "HOSTS", "the hosts of production, as the recipe names them")

    def words(self) -> tuple[tuple[str, ...], Fill]:
        hosts, fill = self._hosts()
        return (*self._dep(), "deploy", hosts), fill

    def _artisan(self, act: Act, text: str, task: str) -> Iterator[Step]:
        """Laravel's maintenance mode, which the recipe brings along."""
        if any(fact.value == "laravel" for fact in self.c.of("framework")):
            hosts, fill = self._hosts()
            made = self.step(act, text, *self._dep(), f"artisan:{task}", hosts, expect="exit status 0")
            yield replace(made, fill=fill)

    def stop(self) -> Iterator[Step]:
        yield from self._artisan(Act.STOP, "Show the maintenance page.", "down")

    def scale(self) -> Iterator[Step]:
        yield from self._artisan(Act.SCALE, "Take the maintenance page away.", "up")

    def _dep(self) -> tuple[str, ...]:
        """Deployer as the pipeline starts it."""
        written = [words[0] for _, words in self.lines if words and words[0].endswith("/dep")]
        return (written[0],) if written else ("dep",)

    def previous(self) -> Iterator[Step]:
        hosts, fill = self._hosts()
        made = self.step(
            Act.BACK_DEPLOY, f"Return to {self.old}.", *self._dep(), "rollback", hosts, expect="exit status 0"
        )
        yield Step(made.act, made.text, made.command, made.expect, way=self.way, fill=fill)
