"""AWS Copilot (aws.github.io/copilot-cli/docs/commands): services of an application in environments."""

from types import MappingProxyType

from releasekit.checklist.ways.stack import Stack


class Copilot(Stack):
    """Going back deploys the earlier checkout, or its image by tag."""

    way = "copilot"
    blanks = MappingProxyType({
        "SERVICE": "the service",
        "ENVIRONMENT": "the environment of production, from `copilot env ls`",
    })  # fmt: skip

    def words(self) -> tuple[str, ...]:
        folders = [path.split("/")[-2] for path in self.d.files if path.endswith(("manifest.yml", "manifest.yaml"))]
        name = self.blank(self.option("-n", "--name") or next(iter(folders), ""), "SERVICE")
        environment = self.blank(self.option("-e", "--env"), "ENVIRONMENT")
        return ("copilot", "svc", "deploy", "--name", name, "--env", environment)
