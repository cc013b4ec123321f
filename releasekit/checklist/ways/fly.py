"""Fly.io (fly.io/docs/flyctl): machines of one application."""

import shlex
from collections.abc import Iterator, Sequence
from types import MappingProxyType

from releasekit.checklist.model import Act, Step
from releasekit.checklist.rollback import Way as Back
from releasekit.checklist.ways.commands import Commands


class Fly(Commands):
    """Going back is a deploy of the image that ran before; there is no command named rollback."""

    way = "fly"
    checkout = True
    skips_hooks = True
    runs_new_first = False
    blanks = MappingProxyType({"IMAGE": "the image of the release before, from `fly releases --image`"})

    def words(self, *arguments: str) -> tuple[str, ...]:
        """``fly`` with the file of this application, or with its name."""
        app = self.option("-a", "--app")
        given = self.option("-c", "--config") or (self.file if self.file != "fly.toml" else "")
        more = (*(("--config", self.of(given)) if given else ()), *(("--app", app) if app else ()))
        return ("fly", *arguments, *more)

    def stop(self) -> Iterator[Step]:
        groups = [fact.name for fact in self.c.of("process_group") if not fact.name.startswith("-")]
        counts = [f"{name}=0" for name in groups] or ["0"]
        words = (*self.words("scale", "count"), *counts, "--yes")
        yield self.step(Act.STOP, "Stop all machines of the application.", *words, expect="none is left")

    def run(self, command: Sequence[str], service: str, source: str) -> Step | None:
        words = (*self.words("console"), "--command", shlex.join(command))
        text = f"Migrate, in a temporary machine that runs {self.new}."
        return self.step(Act.MIGRATE, text, *words, expect="exit status 0", source=source)

    def deploy(self) -> Iterator[Step]:
        yield from self.written_or(
            Act.DEPLOY, f"Deploy {self.new}.", *self.words("deploy"), expect="deployed successfully"
        )

    def wait(self) -> Iterator[Step]:
        yield self.step(Act.WAIT, "Wait until the checks of all machines pass.", *self.words("checks", "list"))

    def status(self) -> Iterator[Step]:
        yield self.step(Act.CHECK, "See the machines.", *self.words("status"), expect="started, checks passing")

    def previous(self) -> Iterator[Step]:
        yield self.step(Act.BACK_CHECKOUT, "Find the image of the release before.", *self.words("releases"), "--image")
        # the old code would run its release command again, on a schema that it may not know
        skip = ("--skip-release-command",) if self.c.rollback.way is Back.CODE else ()
        words = (*self.words("deploy"), "--image", "IMAGE", *skip)
        text = f"Deploy the image of {self.old}; nothing is built."
        yield self.step(Act.BACK_DEPLOY, text, *words, expect="deployed successfully")

    def running(self) -> Iterator[Step]:
        yield self.step(Act.NOTE, "Note the image that runs now.", *self.words("releases"), "--image")

    def logs(self) -> tuple[str, ...]:
        return (shlex.join((*self.words("logs"), "--no-tail")),)
