"""Serverless Framework (serverless.com/framework/docs/providers/aws/cli-reference)."""

from collections.abc import Iterator
from types import MappingProxyType

from releasekit.checklist.model import Act, Step
from releasekit.checklist.ways.stack import Stack


class Serverless(Stack):
    """Every deploy has a time stamp, which a rollback names."""

    way = "serverless"
    checkout_back = False
    blanks = MappingProxyType({
        "STAGE": "the stage of production",
        "TIMESTAMP": "the time stamp of the deploy before",
    })  # fmt: skip

    def _stage(self) -> str:
        return self.blank(self.option("-s", "--stage"), "STAGE")

    def words(self) -> tuple[str, ...]:
        return ("serverless", "deploy", "--stage", self._stage())

    def previous(self) -> Iterator[Step]:
        listing = ("serverless", "deploy", "list", "--stage", self._stage())
        yield self.step(Act.BACK_CHECKOUT, "Find the time stamp of the deploy before.", *listing)
        words = ("serverless", "rollback", "--stage", self._stage(), "--timestamp", "TIMESTAMP")
        yield self.step(Act.BACK_DEPLOY, f"Return to {self.old}.", *words, expect="exit status 0")
