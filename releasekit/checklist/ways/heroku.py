"""Heroku (devcenter.heroku.com/articles/heroku-cli-commands): dynos of one application, every release kept."""

import shlex
from collections.abc import Iterator, Sequence
from types import MappingProxyType

from releasekit.checklist.model import Act, Step
from releasekit.checklist.ways.commands import Commands
from releasekit.facts.model import Fact


class Heroku(Commands):
    """A push is built and released by the platform; the release before is there to return to."""

    way = "heroku"
    checkout = True
    runs_new_first = False
    blanks = MappingProxyType({"APP": "the application's name, from `heroku apps`"})

    def words(self, *arguments: str) -> tuple[str, ...]:
        """``heroku`` with the application, where the pipeline names it."""
        app = self.option("-a", "--app", "heroku_app_name")
        return ("heroku", *arguments, *(("--app", app) if app else ()))

    def stop(self) -> Iterator[Step]:
        yield self.step(Act.STOP, "Show the maintenance page.", *self.words("maintenance:on"), expect="done")
        counts = [f"{name}=0" for name in self.names]
        if counts:
            yield self.step(Act.STOP, "Stop all dynos.", *self.words("ps:scale", *counts), expect="now running at 0")

    def run(self, command: Sequence[str], service: str, source: str) -> Step | None:
        words = (*self.words("run", "--exit-code"), "--", *command)
        text = f"Migrate, in a one-off dyno of {self.new}."
        return self.step(Act.MIGRATE, text, *words, expect="exit status 0", source=source)

    def deploy(self) -> Iterator[Step]:
        ref = self.c.release.candidate_tag or self.c.release.candidate_sha or "HEAD"
        target = f"{ref}^{{commit}}:refs/heads/main" if self.c.release.candidate_tag else f"{ref}:refs/heads/main"
        yield from self.written_or(
            Act.DEPLOY, f"Push {self.new}; Heroku builds and releases it.", "git", "push", "heroku", target,
            expect="Verifying deploy... done.",
        )  # fmt: skip

    def scale(self) -> Iterator[Step]:
        for fact in self.services:
            count = self.c.service("replicas", fact.name)
            words = self.words("ps:scale", f"{fact.name}={count[0].value if count else 1}")
            text = f"Start {fact.name} again, as many dynos as before."
            yield self.step(Act.SCALE, text, *words, expect="now running", source=count[0].source if count else "")
        yield self.step(Act.SCALE, "Take the maintenance page away.", *self.words("maintenance:off"), expect="done")

    def wait(self) -> Iterator[Step]:
        yield self.step(Act.WAIT, "Wait until all dynos are up.", *self.words("ps:wait"), expect="Waiting... done")

    def status(self) -> Iterator[Step]:
        yield self.step(Act.CHECK, "See the dynos.", *self.words("ps"), expect="up, none crashed")

    def previous(self) -> Iterator[Step]:
        yield self.step(Act.BACK_CHECKOUT, "See the releases; the one before is returned to.", *self.words("releases"))
        yield self.step(Act.BACK_DEPLOY, f"Return to {self.old}.", *self.words("rollback"), expect="Rolled back")

    def running(self) -> Iterator[Step]:
        yield self.step(Act.NOTE, "Note the release that runs now.", *self.words("releases"), expect="its number, v…")

    def logs(self) -> tuple[str, ...]:
        return (shlex.join(self.words("logs", "--num", "500")),)

    def _stored(self) -> Fact | None:
        """The add-on that keeps PostgreSQL; Heroku backs up no other."""
        stores = self.c.of("datastore")
        return next((fact for fact in stores if str(fact.value).startswith("postgres")), None)

    def backup(self) -> Iterator[Step]:
        stored = self._stored()
        if stored:
            words = self.words("pg:backups:capture")
            text = "Back up the database at Heroku."
            yield self.step(Act.BACKUP, text, *words, expect="Backing up... done", source=stored.source)

    def restore(self) -> Iterator[Step]:
        stored = self._stored()
        if stored:
            app = self.option("-a", "--app", "heroku_app_name") or "APP"
            words = ("heroku", "pg:backups:restore", "--app", app, "--confirm", app)
            text = "Restore the newest backup, which is that of before the migrations."
            yield self.step(Act.BACK_SCHEMA, text, *words, expect="Restoring... done", source=stored.source)
