"""Serverless Framework (serverless.com/framework/docs/providers/aws/cli-reference)."""

import shlex
from collections.abc import Iterator

from releasekit.checklist.model import Act, Step
from releasekit.checklist.ways.stack import Fill, Stack


class Serverless(Stack):
    """Every deploy has a time stamp, which a rollback names."""

    way = "serverless"
    checkout_back = False

    def _stage(self) -> tuple[str, Fill]:
        return self.blank(self.option("-s", "--stage"), "STAGE", "the stage of production")

    def words(self) -> tuple[tuple[str, ...], Fill]:
        stage, fill = self._stage()
        return ("serverless", "deploy", "--stage", stage), fill

    def previous(self) -> Iterator[Step]:
        stage, fill = self._stage()
        command = shlex.join(("serverless", "deploy", "list", "--stage", stage))
        yield Step(Act.BACK_CHECKOUT, "Find the time stamp of the deploy before.", command, way=self.way, fill=fill)
        command = shlex.join(("serverless", "rollback", "--stage", stage, "--timestamp", "TIMESTAMP"))
        fill = (*fill, ("TIMESTAMP", "the time stamp of the deploy before"))
        yield Step(Act.BACK_DEPLOY, f"Return to {self.old}.", command, "exit status 0", way=self.way, fill=fill)
