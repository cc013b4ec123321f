"""Fly.io (fly.io/docs/flyctl): machines of one application."""

import shlex
from collections.abc import Iterator, Sequence

from releasekit.checklist.model import Act, Step
from releasekit.checklist.ways.commands import Commands
from releasekit.facts.production.stages import is_production

_IMAGE = "IMAGE"
_WHERE = "the image of the release before, from `fly releases --image`"


class Fly(Commands):
    """Going back is a deploy of the image that ran before; there is no command named rollback."""

    way = "fly"
    checkout = True
    runs_new_first = False

    def words(self, *arguments: str) -> tuple[str, ...]:
        """``fly`` with the file of this application, or with its name."""
        file = next((path for path in self.d.files if is_production(path)), next(iter(self.d.files), ""))
        app = self.option("-a", "--app")
        given = self.option("-c", "--config") or (file if file not in {"", "fly.toml"} else "")
        more = (*(("--config", self.of(given)) if given else ()), *(("--app", app) if app else ()))
        return ("fly", *arguments, *more)

    def stop(self) -> Iterator[Step]:
        groups = self.names
        if groups:
            yield self.step(
                Act.STOP, "Stop all machines of the application.", *self.words("scale", "count", "0"), "--yes"
            )

    def run(self, command: Sequence[str], service: str, source: str) -> Step | None:
        words = (*self.words("console"), "--command", shlex.join(command))
        text = f"Migrate, in a temporary machine that runs {self.new}."
        return self.step(Act.MIGRATE, text, *words, expect="exit status 0", source=source)

    def deploy(self) -> Iterator[Step]:
        yield from self.written_or(
            Act.DEPLOY, f"Deploy {self.new}.", *self.words("deploy"), expect="deployed successfully"
        )

    def scale(self) -> Iterator[Step]:
        yield self.step(
            Act.SCALE,
            "Start the machines again: deploying does not when there are none.",
            *self.words("scale", "count", "1"),
            "--yes",
            expect="the number of machines that ran before",
        )

    def wait(self) -> Iterator[Step]:
        yield self.step(Act.WAIT, "Wait until the checks of all machines pass.", *self.words("checks", "list"))

    def status(self) -> Iterator[Step]:
        yield self.step(Act.CHECK, "See the machines.", *self.words("status"), expect="started, checks passing")

    def previous(self) -> Iterator[Step]:
        yield self.step(Act.BACK_CHECKOUT, "Find the image of the release before.", *self.words("releases"), "--image")
        command = shlex.join((*self.words("deploy"), "--image", _IMAGE))
        yield Step(
            Act.BACK_DEPLOY,
            f"Deploy the image of {self.old}; nothing is built.",
            command,
            "deployed successfully",
            way=self.way,
            fill=((_IMAGE, _WHERE),),
        )

    def running(self) -> Iterator[Step]:
        yield self.step(Act.NOTE, "Note the image that runs now.", *self.words("releases"), "--image")

    def logs(self) -> tuple[str, ...]:
        return (shlex.join((*self.words("logs"), "--no-tail")),)

    def inside(self, service: str) -> str:
        return shlex.join((*self.words("ssh", "console"), "--command"))
