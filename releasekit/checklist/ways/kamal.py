"""Kamal (kamal-deploy.org/docs/commands): containers on hosts, by SSH."""

import shlex
from collections.abc import Iterator, Sequence
from types import MappingProxyType

from releasekit.checklist.model import Act, Step
from releasekit.checklist.ways.commands import Commands


class Kamal(Commands):
    """A version is a commit's full hash, where nothing else is said; images of earlier ones stay on the hosts."""

    way = "kamal"
    checkout = True
    blanks = MappingProxyType({"VERSION": "the version that ran before, from `kamal app containers`"})

    def words(self, *arguments: str) -> tuple[str, ...]:
        """``kamal`` with the destination and the file that the pipeline names."""
        destination = self.option("-d", "--destination")
        file = self.option("-c", "--config-file")
        more = (*(("-d", destination) if destination else ()), *(("-c", file) if file else ()))
        return ("kamal", *arguments, *more)

    def stop(self) -> Iterator[Step]:
        yield self.step(Act.STOP, "Stop the running version on all hosts.", *self.words("app", "stop"))

    def run(self, command: Sequence[str], service: str, source: str) -> Step | None:
        sha = self.c.release.candidate_sha
        if not sha:
            return None
        words = (*self.words("app", "exec"), "--primary", "--version", sha, shlex.join(command))
        text = f"Migrate, in a container of {self.new} on the primary host."
        return self.step(Act.MIGRATE, text, *words, expect="exit status 0", source=source)

    def artefact(self) -> Iterator[Step]:
        yield self.step(
            Act.BUILD,
            f"Build the image of {self.new} from the commit and push it.",
            *self.words("build", "push"),
            expect="the image is pushed",
        )

    def deploy(self) -> Iterator[Step]:
        source = self.lines[0][0].source if self.lines else self.shown
        yield self.step(
            Act.DEPLOY,
            f"Deploy {self.new}.",
            *self.words("deploy"),
            "--skip-push",
            expect="Finished all in … seconds",
            source=source,
        )

    def wait(self) -> Iterator[Step]:
        yield self.step(Act.WAIT, "See which version runs on each host.", *self.words("app", "version"))

    def status(self) -> Iterator[Step]:
        yield self.step(
            Act.CHECK, "See the containers of each host.", *self.words("app", "details"), expect="Up, healthy"
        )

    def previous(self) -> Iterator[Step]:
        words = self.words("rollback", self.c.release.running_sha or "VERSION")
        yield self.step(Act.BACK_DEPLOY, f"Return to {self.old}.", *words, expect="Finished all in … seconds")
        yield self.step(Act.BACK_WAIT, "See which version runs on each host.", *self.words("app", "version"))

    def running(self) -> Iterator[Step]:
        yield self.step(Act.NOTE, "Note the version that runs now.", *self.words("app", "version"))

    def logs(self) -> tuple[str, ...]:
        return (shlex.join(self.words("app", "logs", "--since", "15m")),)

    def inside(self, service: str) -> str:
        accessory = any(fact.name == service and fact.value == "datastore" for fact in self.c.services)
        if accessory:
            return shlex.join(self.words("accessory", "exec", service, "--reuse"))
        return shlex.join(self.words("app", "exec", "--reuse"))
