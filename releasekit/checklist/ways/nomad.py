"""Nomad (developer.hashicorp.com/nomad/commands/job): jobs, of which every version is kept."""

import shlex
from collections.abc import Iterator
from types import MappingProxyType

from releasekit.checklist.model import Act, Step
from releasekit.checklist.ways.stack import Stack


class Nomad(Stack):
    """A job file is not read: its name in the cluster is a blank."""

    way = "nomad"
    checkout_back = False
    blanks = MappingProxyType({
        "JOB": "the job's name, from `nomad job status`",
        "VERSION": "the number of the version that ran before",
    })  # fmt: skip

    def words(self) -> tuple[str, ...]:
        return ("nomad", "job", "run", self.of(self.file))

    def deploy(self) -> Iterator[Step]:
        if not self.lines:
            words = ("nomad", "job", "plan", self.of(self.file))
            command = f"{shlex.join(words)} || [ $? -eq 1 ]"
            text, expect = "See what would change.", "only what this release changes"
            yield Step(Act.DEPLOY, text, command, expect, way=self.way, fill=self.filled(*words))
        yield from super().deploy()

    def status(self) -> Iterator[Step]:
        words = ("nomad", "job", "status", "JOB")
        yield self.step(Act.CHECK, "See the job.", *words, expect="running, the deployment successful")

    def running(self) -> Iterator[Step]:
        words = ("nomad", "job", "history", "JOB")
        yield self.step(Act.NOTE, "Note the version that runs now.", *words, expect="the newest stable one")

    def previous(self) -> Iterator[Step]:
        history = ("nomad", "job", "history", "JOB")
        yield self.step(Act.BACK_CHECKOUT, "Find the version that ran before.", *history)
        words = ("nomad", "job", "revert", "JOB", "VERSION")
        yield self.step(Act.BACK_DEPLOY, f"Return to {self.old}.", *words)
