"""Azure Bicep (learn.microsoft.com/cli/azure/deployment/group)."""

from types import MappingProxyType

from releasekit.checklist.ways.stack import Stack


class Bicep(Stack):
    """A template is deployed into a resource group, which no file but a pipeline names."""

    way = "bicep"
    blanks = MappingProxyType({"GROUP": "the resource group of production"})

    def words(self) -> tuple[str, ...]:
        group = self.blank(self.option("-g", "--resource-group"), "GROUP")
        file = self.file or "main.bicep"
        return ("az", "deployment", "group", "create", "--resource-group", group, "--template-file", self.of(file))
