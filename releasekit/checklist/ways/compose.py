"""Docker Compose on one host (docs.docker.com/reference/cli/docker/compose)."""

import shlex
from collections.abc import Iterator, Sequence

from releasekit.checklist.model import Act, Step
from releasekit.checklist.ways.commands import Commands
from releasekit.checklist.words import listed
from releasekit.facts.model import Fact

_GLOBAL = {"--project-name": ("-p",), "--env-file": (), "--profile": (), "--project-directory": ()}


class Compose(Commands):
    """The production files are named in each command, so that no override file slips in."""

    way = "compose"
    checkout = True
    checkout_back = True

    def words(self, *arguments: str) -> tuple[str, ...]:
        """``docker compose`` with the files and what follows."""
        files = (part for file in self.d.files for part in ("-f", self.of(file)))
        return ("docker", "compose", *files, *self._everywhere(), *arguments)

    def _everywhere(self) -> tuple[str, ...]:
        """Options that the pipeline or the guide gives to each command: the project's name, variables, profiles."""
        given: list[str] = []
        for name, short in _GLOBAL.items():
            value = self.option(name, *short)
            if value:
                given += [name, value]
        return tuple(given)

    def command(self, *arguments: str) -> str:
        """The same, quoted for the shell."""
        return shlex.join(self.words(*arguments))

    @property
    def builds(self) -> list[str]:
        """Services that are built from the checkout."""
        return [fact.service for fact in self.c.of("build") if fact.service and fact.way == self.way]

    def artefact(self) -> Iterator[Step]:
        yield from self.choose(Act.BUILD, self.new)
        images = [fact for fact in self.c.of("image") if fact.service not in self.builds]
        if self.builds:
            yield self.step(
                Act.BUILD, f"Build {self.new}.", *self.words("build", "--pull"), expect="every image is built"
            )
        if images:
            only = ("--ignore-buildable",) if self.builds else ()
            yield self.step(
                Act.BUILD,
                f"Fetch the images of {self.new}.",
                *self.words("pull", *only),
                expect="every image is pulled",
            )

    def configure(self) -> Iterator[Step]:
        yield self.step(
            Act.CONFIGURE,
            "Check that each variable that the files use has a value; missing ones are named.",
            *self.words("config", "--quiet"),
            expect="no output",
        )

    def stop(self) -> Iterator[Step]:
        if self.names:
            yield self.step(
                Act.STOP,
                f"Stop {listed(self.names)}.",
                *self.words("stop", *self.names),
                expect="every container has stopped",
            )

    def once(self, job: Fact) -> Iterator[Step]:
        yield self.step(
            Act.MIGRATE,
            f"Run {job.name} once.",
            *self.words("run", "--rm", job.name),
            expect="exit status 0",
            source=job.source,
        )

    def run(self, command: Sequence[str], service: str, source: str) -> Step | None:
        words = self.words("run", "--rm", service, *command)
        text = f"Migrate, in a container of {service}."
        return self.step(Act.MIGRATE, text, *words, expect="exit status 0", source=source)

    def deploy(self) -> Iterator[Step]:
        text = f"Start {self.new}, in order of dependencies."
        if self.c.jobs:  # `up --wait` fails when a service ends, and jobs do
            yield self.step(Act.DEPLOY, text, *self.words("up", "-d"), expect="every service is Started or Healthy")
        else:
            yield self.step(
                Act.DEPLOY, text, *self.words("up", "-d", "--wait"), expect="every service is Started or Healthy"
            )

    def wait(self) -> Iterator[Step]:
        if self.c.jobs and self.services:
            names = self.started
            yield self.step(
                Act.WAIT,
                f"Wait until {listed(names)} {'is' if len(names) == 1 else 'are'} up.",
                *self.words("up", "-d", "--no-deps", "--wait", *names),
                expect="every service is Started or Healthy",
            )

    def status(self) -> Iterator[Step]:
        yield self.step(
            Act.CHECK,
            "See the state of each service.",
            *self.words("ps", "--all"),
            expect="Up (healthy) where there is a check; jobs have ended with Exited (0)",
        )

    def previous(self) -> Iterator[Step]:
        names = self.started
        yield from self.choose(Act.BACK_CHECKOUT, self.old)
        if not self.builds:
            yield self.step(
                Act.BACK_CHECKOUT,
                f"Fetch the images of {self.old}.",
                *self.words("pull"),
                expect="every image is pulled",
            )
        build = ("--build",) if self.builds else ()
        yield self.step(
            Act.BACK_DEPLOY,
            f"Start {self.old}.",
            *self.words("up", "-d", *build, "--no-deps", "--wait", *names),
            expect="every service is Started or Healthy",
        )

    def running(self) -> Iterator[Step]:
        yield self.step(
            Act.NOTE, "Note the images that run now.", *self.words("images"), expect="an image id for each container"
        )

    def logs(self) -> tuple[str, ...]:
        names = self.started
        return (self.command("logs", "--since", "15m", "--no-color", *names),) if names else ()

    def asks(self, service: str, port: int, path: str) -> str:
        published = [fact for fact in self.c.service("published_port", service) if fact.name == str(port)]
        if not published:
            return ""
        address = f"http://localhost:{published[0].value}{path}"
        return shlex.join(("curl", "--fail", "--silent", "--show-error", "--max-time", "10", address))

    def inside(self, service: str) -> str:
        return self.command("exec", "-T", service)
