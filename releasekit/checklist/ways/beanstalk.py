"""AWS Elastic Beanstalk (docs.aws.amazon.com/elasticbeanstalk/latest/dg/eb-cli3.html): versions of an environment."""

import shlex
from collections.abc import Iterator

from releasekit.checklist.model import Act, Step
from releasekit.checklist.ways.stack import Fill, Stack


class Beanstalk(Stack):
    """Every deploy leaves an application version, which can be deployed again."""

    way = "beanstalk"
    checkout_back = False

    def _environment(self) -> tuple[str, Fill]:
        named = self.argument("eb", "deploy") or self.option("--environment-name")
        return self.blank(named, "ENVIRONMENT", "the environment of production, from `eb list`")

    def words(self) -> tuple[tuple[str, ...], Fill]:
        environment, fill = self._environment()
        return ("eb", "deploy", environment), fill

    def _eb(self, act: Act, text: str, *words: str, expect: str = "", fill: Fill = ()) -> Step:
        return Step(act, text, shlex.join(("eb", *words)), expect, way=self.way, fill=(*self._environment()[1], *fill))

    def status(self) -> Iterator[Step]:
        yield self._eb(
            Act.CHECK, "See the environment.", "status", self._environment()[0], expect="Status: Ready, Health: Green"
        )

    def running(self) -> Iterator[Step]:
        yield self._eb(
            Act.NOTE, "Note the version that runs now.", "status", self._environment()[0], expect="Deployed Version"
        )

    def previous(self) -> Iterator[Step]:
        yield self._eb(Act.BACK_CHECKOUT, "Find the version that ran before.", "appversion")
        words = ("deploy", self._environment()[0], "--version", "VERSION")
        fill = (("VERSION", "the label of the version that ran before"),)
        yield self._eb(Act.BACK_DEPLOY, f"Deploy the version of {self.old} again.", *words, fill=fill)

    def logs(self) -> tuple[str, ...]:
        return (shlex.join(("eb", "logs", self._environment()[0])),)
