"""Netlify (cli.netlify.com): deploys, of which the site publishes one."""

from collections.abc import Iterator

from releasekit.checklist.model import Act, Step
from releasekit.checklist.ways.stack import Stack


class Netlify(Stack):
    """A push builds and publishes by itself where the site is linked to the repository."""

    way = "netlify"
    checkout_back = False

    def words(self) -> tuple[str, ...]:
        return ("netlify", "deploy", "--build", "--prod")

    def previous(self) -> Iterator[Step]:
        text = (
            f"Publish the deploy of {self.old} again: in Netlify's dashboard, at the site's deploys, “Publish deploy”."
        )
        yield Step(Act.BACK_DEPLOY, text, way=self.way)
