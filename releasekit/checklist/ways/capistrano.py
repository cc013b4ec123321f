"""Capistrano (capistranorb.com/documentation/getting-started/flow, .../rollbacks): releases kept on the hosts."""

from collections.abc import Iterator

from releasekit.checklist.model import Act, Step
from releasekit.checklist.ways.stack import Stack


class Capistrano(Stack):
    """The stage is that of production; a rollback points the hosts to the release before."""

    way = "capistrano"
    checkout_back = False

    def words(self) -> tuple[str, ...]:
        return ("bundle", "exec", "cap", "production", "deploy")

    def previous(self) -> Iterator[Step]:
        words = ("bundle", "exec", "cap", "production", "deploy:rollback")
        yield self.step(Act.BACK_DEPLOY, f"Return to {self.old}.", *words, expect="exit status 0")
