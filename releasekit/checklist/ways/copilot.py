"""AWS Copilot (aws.github.io/copilot-cli/docs/commands): services of an application in environments."""

from releasekit.checklist.ways.stack import Fill, Stack


class Copilot(Stack):
    """Going back deploys the earlier checkout, or its image by tag."""

    way = "copilot"

    def words(self) -> tuple[tuple[str, ...], Fill]:
        folders = [path.split("/")[-2] for path in self.d.files if path.endswith(("manifest.yml", "manifest.yaml"))]
        name, fill = self.blank(self.option("-n", "--name") or next(iter(folders), ""), "SERVICE", "the service")
        environment, more = self.blank(
            self.option("-e", "--env"), "ENVIRONMENT", "the environment of production, from `copilot env ls`"
        )
        return ("copilot", "svc", "deploy", "--name", name, "--env", environment), (*fill, *more)
