"""Azure Bicep (learn.microsoft.com/cli/azure/deployment/group)."""

from releasekit.checklist.ways.stack import Fill, Stack


class Bicep(Stack):
    """A template is deployed into a resource group, which no file but a pipeline names."""

    way = "bicep"

    def words(self) -> tuple[tuple[str, ...], Fill]:
        group, fill = self.blank(self.option("-g", "--resource-group"), "GROUP", "the resource group of production")
        file = self.file or "main.bicep"
        words = ("az", "deployment", "group", "create", "--resource-group", group, "--template-file", self.of(file))
        return words, fill
