"""AWS SAM (docs.aws.amazon.com/serverless-application-model/latest/developerguide, SAM CLI command reference)."""

from collections.abc import Iterator

from releasekit.checklist.model import Act, Step
from releasekit.checklist.ways.stack import Stack


class Sam(Stack):
    """The application is built before it is deployed; CloudFormation goes back by itself when a deploy fails."""

    way = "sam"

    def artefact(self) -> Iterator[Step]:
        yield self.step(Act.BUILD, f"Build {self.new}.", "sam", "build", expect="Build Succeeded")

    def words(self) -> tuple[str, ...]:
        environment = self.option("--config-env")
        return ("sam", "deploy", *(("--config-env", environment) if environment else ()))

    def previous(self) -> Iterator[Step]:
        yield self.step(Act.BACK_DEPLOY, f"Build {self.old}.", "sam", "build", expect="Build Succeeded")
        yield from super().previous()
