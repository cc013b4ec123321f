"""Cloudflare Workers (developers.cloudflare.com/workers/wrangler/commands): versions, of which one is deployed."""

from collections.abc import Iterator

from releasekit.checklist.model import Act, Step
from releasekit.checklist.ways.commands import FILE
from releasekit.checklist.ways.stack import Stack


class Cloudflare(Stack):
    """Going back deploys the version before, and builds nothing."""

    way = "cloudflare"
    checkout_back = False

    def _where(self) -> tuple[str, ...]:
        file, environment = self.option("-c", "--config"), self.option("-e", "--env")
        given = file or (self.file if "/" in self.file or self.file == FILE else "")
        return (*(("--config", self.of(given)) if given else ()), *(("--env", environment) if environment else ()))

    def words(self) -> tuple[str, ...]:
        return ("wrangler", "deploy", *self._where())

    def status(self) -> Iterator[Step]:
        yield self.step(
            Act.CHECK,
            "See the deployments.",
            "wrangler",
            "deployments",
            "list",
            *self._where(),
            expect="the new version",
        )

    def previous(self) -> Iterator[Step]:
        yield self.step(Act.BACK_CHECKOUT, "See the versions.", "wrangler", "versions", "list", *self._where())
        text = f"Return to {self.old}."
        yield self.step(
            Act.BACK_DEPLOY, text, "wrangler", "rollback", *self._where(), expect="the version before is deployed"
        )
