"""Azure Developer CLI (learn.microsoft.com/azure/developer/azure-developer-cli/reference)."""

from releasekit.checklist.ways.stack import Fill, Stack


class Azd(Stack):
    """The environment that is chosen in the folder is deployed, or the one that the pipeline names."""

    way = "azd"

    def words(self) -> tuple[tuple[str, ...], Fill]:
        named = self.option("-e", "--environment")
        environment, fill = self.blank(named, "ENVIRONMENT", "the environment of production, from `azd env list`")
        return ("azd", "deploy", "--all", "--environment", environment), fill
