"""Vercel (vercel.com/docs/cli): deployments, of which production points to one."""

from collections.abc import Iterator

from releasekit.checklist.model import Act, Step
from releasekit.checklist.ways.stack import Stack


class Vercel(Stack):
    """Going back points production to the deployment before, and builds nothing."""

    way = "vercel"
    checkout_back = False

    def words(self) -> tuple[str, ...]:
        return ("vercel", "deploy", "--prod")

    def status(self) -> Iterator[Step]:
        yield self.step(Act.CHECK, "See the deployments.", "vercel", "list", expect="Ready")

    def previous(self) -> Iterator[Step]:
        yield self.step(
            Act.BACK_DEPLOY,
            f"Point production to the deployment of {self.old}.",
            "vercel",
            "rollback",
            expect="Success",
        )
        yield self.step(Act.BACK_WAIT, "Wait until it serves.", "vercel", "rollback", "status", expect="Success")
