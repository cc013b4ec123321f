"""Azure Developer CLI (learn.microsoft.com/azure/developer/azure-developer-cli/reference)."""

from types import MappingProxyType

from releasekit.checklist.ways.stack import Stack


class Azd(Stack):
    """The environment that is chosen in the folder is deployed, or the one that the pipeline names."""

    way = "azd"
    blanks = MappingProxyType({"ENVIRONMENT": "the environment of production, from `azd env list`"})

    def words(self) -> tuple[str, ...]:
        environment = self.blank(self.option("-e", "--environment"), "ENVIRONMENT")
        return ("azd", "deploy", "--all", "--environment", environment)
