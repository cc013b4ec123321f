"""Skaffold (skaffold.dev/docs/references/cli): builds and deploys what one file says."""

from releasekit.checklist.ways.stack import Stack


class Skaffold(Stack):
    """The profile of production stands in a pipeline, if anywhere."""

    way = "skaffold"

    def words(self) -> tuple[str, ...]:
        profile = self.option("-p", "--profile")
        file = self.file or "skaffold.yaml"
        at = ("-f", self.of(file)) if file != "skaffold.yaml" else ()
        return ("skaffold", "run", *at, *(("-p", profile) if profile else ()))
