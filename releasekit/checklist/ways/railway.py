"""Railway (docs.railway.com/reference/cli-api): services that Railway builds and deploys itself."""

import shlex
from collections.abc import Iterator

from releasekit.checklist.model import Act, Step
from releasekit.checklist.ways.commands import Commands


class Railway(Commands):
    """The folder is sent and built; an earlier deployment is returned to in the dashboard."""

    way = "railway"
    checkout = True

    def words(self, *arguments: str) -> tuple[str, ...]:
        """``railway`` with the service, where the pipeline names it."""
        service = self.option("-s", "--service")
        return ("railway", *arguments, *(("--service", service) if service else ()))

    def deploy(self) -> Iterator[Step]:
        yield from self.written_or(
            Act.DEPLOY, f"Deploy {self.new}.", *self.words("up", "--ci"), expect="Deploy complete"
        )

    def status(self) -> Iterator[Step]:
        yield self.step(
            Act.CHECK, "See the deployments.", *self.words("deployment", "list"), expect="the new one SUCCESS"
        )

    def previous(self) -> Iterator[Step]:
        text = f"Return to {self.old}: in Railway's dashboard, at the service's deployments, choose “Rollback”."
        yield Step(Act.BACK_DEPLOY, text, way=self.way)

    def logs(self) -> tuple[str, ...]:
        return (shlex.join(self.words("logs", "--since", "15m")),)
