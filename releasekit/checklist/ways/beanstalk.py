"""AWS Elastic Beanstalk (docs.aws.amazon.com/elasticbeanstalk/latest/dg/eb-cli3.html): versions of an environment."""

import shlex
from collections.abc import Iterator
from types import MappingProxyType

from releasekit.checklist.model import Act, Step
from releasekit.checklist.ways.stack import Stack


class Beanstalk(Stack):
    """Every deploy leaves an application version, which can be deployed again."""

    way = "beanstalk"
    checkout_back = False
    blanks = MappingProxyType({
        "ENVIRONMENT": "the environment of production, from `eb list`",
        "VERSION": "the label of the version that ran before",
    })  # fmt: skip

    def _environment(self) -> str:
        return self.blank(self.argument("eb", "deploy") or self.option("--environment-name"), "ENVIRONMENT")

    def words(self) -> tuple[str, ...]:
        return ("eb", "deploy", self._environment())

    def status(self) -> Iterator[Step]:
        words = ("eb", "status", self._environment())
        yield self.step(Act.CHECK, "See the environment.", *words, expect="Status: Ready, Health: Green")

    def running(self) -> Iterator[Step]:
        words = ("eb", "status", self._environment())
        yield self.step(Act.NOTE, "Note the version that runs now.", *words, expect="Deployed Version")

    def previous(self) -> Iterator[Step]:
        yield self.step(Act.BACK_CHECKOUT, "Find the version that ran before.", "eb", "appversion")
        words = ("eb", "deploy", self._environment(), "--version", "VERSION")
        yield self.step(Act.BACK_DEPLOY, f"Deploy the version of {self.old} again.", *words)

    def logs(self) -> tuple[str, ...]:
        return (shlex.join(("eb", "logs", self._environment())),)
