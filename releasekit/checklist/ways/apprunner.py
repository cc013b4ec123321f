"""AWS App Runner (docs.aws.amazon.com/cli/latest/reference/apprunner): services built from a repository or an image."""

from collections.abc import Iterator
from types import MappingProxyType

from releasekit.checklist.model import Act, Step
from releasekit.checklist.ways.commands import Commands


class AppRunner(Commands):
    """A deployment takes what the service's source is set to; going back sets it to the earlier one."""

    way = "apprunner"
    blanks = MappingProxyType({"ARN": "the service's ARN, from `aws apprunner list-services`"})

    def deploy(self) -> Iterator[Step]:
        arn = self.blank(self.option("--service-arn"), "ARN")
        words = ("aws", "apprunner", "start-deployment", "--service-arn", arn)
        text = f"Deploy {self.new}, to which the service's source has to point."
        yield self.step(Act.DEPLOY, text, *words, expect="an operation id", source=self.shown)
