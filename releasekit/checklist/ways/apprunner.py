"""AWS App Runner (docs.aws.amazon.com/cli/latest/reference/apprunner): services built from a repository or an image."""

import shlex
from collections.abc import Iterator

from releasekit.checklist.model import Act, Step
from releasekit.checklist.ways.commands import Commands


class AppRunner(Commands):
    """A deployment takes what the service's source is set to; going back sets it to the earlier one."""

    way = "apprunner"

    def deploy(self) -> Iterator[Step]:
        arn, fill = self.blank(
            self.option("--service-arn"), "ARN", "the service's ARN, from `aws apprunner list-services`"
        )
        command = shlex.join(("aws", "apprunner", "start-deployment", "--service-arn", arn))
        text = f"Deploy {self.new}, to which the service's source has to point."
        yield Step(Act.DEPLOY, text, command, "an operation id", self.shown, way=self.way, fill=fill)
