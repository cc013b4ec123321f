"""Nomad (developer.hashicorp.com/nomad/commands/job): jobs, of which every version is kept."""

import shlex
from collections.abc import Iterator

from releasekit.checklist.model import Act, Step
from releasekit.checklist.ways.stack import Fill, Stack

_JOB = ("JOB", "the job's name, from `nomad job status`")


class Nomad(Stack):
    """A job file is not read: its name in the cluster is a blank."""

    way = "nomad"
    checkout_back = False

    def words(self) -> tuple[tuple[str, ...], Fill]:
        return ("nomad", "job", "run", self.of(self.file)), ()

    def deploy(self) -> Iterator[Step]:
        if not self.lines:
            words = ("nomad", "job", "plan", self.of(self.file))
            command = f"{shlex.join(words)} || [ $? -eq 1 ]"
            text, expect = "See what would change.", "only what this release changes"
            yield Step(Act.DEPLOY, text, command, expect, way=self.way, fill=self.filled(words))
        yield from super().deploy()

    def _nomad(self, act: Act, text: str, *words: str, expect: str = "", fill: Fill = ()) -> Step:
        return Step(act, text, shlex.join(("nomad", "job", *words)), expect, way=self.way, fill=(_JOB, *fill))

    def status(self) -> Iterator[Step]:
        yield self._nomad(Act.CHECK, "See the job.", "status", "JOB", expect="running, the deployment successful")

    def running(self) -> Iterator[Step]:
        yield self._nomad(Act.NOTE, "Note the version that runs now.", "history", "JOB", expect="the newest stable one")

    def previous(self) -> Iterator[Step]:
        yield self._nomad(Act.BACK_CHECKOUT, "Find the version that ran before.", "history", "JOB")
        fill = (("VERSION", "the number of the version that ran before"),)
        yield self._nomad(Act.BACK_DEPLOY, f"Return to {self.old}.", "revert", "JOB", "VERSION", fill=fill)
