"""Amazon ECS (docs.aws.amazon.com/cli/latest/reference/ecs): services that run revisions of a task definition."""

from collections.abc import Iterator
from types import MappingProxyType

from releasekit.checklist.model import Act, Step
from releasekit.checklist.ways.commands import Commands


class Ecs(Commands):
    """Every revision of a task definition stays: going back names the one that ran before, and builds nothing."""

    way = "ecs"
    checkout = True
    blanks = MappingProxyType({
        "CLUSTER": "the cluster, from `aws ecs list-clusters`",
        "SERVICE": "the service, from `aws ecs list-services --cluster CLUSTER`",
        "FAMILY": "the family, from `aws ecs describe-services`",
        "REVISION": "the number of the revision that ran before",
        "COUNT": "the number of tasks that ran before",
    })  # fmt: skip

    @property
    def cluster(self) -> str:
        """The cluster as the pipeline names it, or a blank."""
        return self.blank(self.option("--cluster", "cluster"), "CLUSTER")

    @property
    def service(self) -> str:
        """The service, likewise."""
        return self.blank(self.option("--service", "service"), "SERVICE")

    @property
    def family(self) -> str:
        """The task definition's family, or a blank."""
        said = next((str(fact.value) for fact in self.c.of("task_family")), "")
        return self.blank((said or self.option("--task-definition")).partition(":")[0], "FAMILY")

    def _aws(self, act: Act, text: str, *words: str, expect: str = "", source: str = "") -> Step:
        return self.step(act, text, "aws", "ecs", *words, expect=expect, source=source)

    def _update(self, *words: str) -> tuple[str, ...]:
        return ("update-service", "--cluster", self.cluster, "--service", self.service, *words)

    def stop(self) -> Iterator[Step]:
        words = self._update("--desired-count", "0")
        yield self._aws(Act.STOP, "Stop all tasks of the service.", *words, expect='"desiredCount": 0')

    def deploy(self) -> Iterator[Step]:
        definitions = [path for path in self.d.files if path.endswith(".json")]
        for path in definitions:
            given = ("--cli-input-json", f"file://{path}")
            text = f"Register the task definition of {self.new}."
            yield self._aws(
                Act.PUBLISH, text, "register-task-definition", *given, expect="a new revision", source=f"{path}:1"
            )
        words = ("aws", "ecs", *self._update("--task-definition", self.family))
        yield from self.written_or(Act.DEPLOY, f"Deploy {self.new}.", *words, expect="the new revision is PRIMARY")

    def scale(self) -> Iterator[Step]:
        yield self._aws(Act.SCALE, "Start as many tasks as before.", *self._update("--desired-count", "COUNT"))

    def _stable(self, act: Act) -> Step:
        words = ("wait", "services-stable", "--cluster", self.cluster, "--services", self.service)
        return self._aws(act, "Wait until the service is stable.", *words, expect="exit status 0")

    def wait(self) -> Iterator[Step]:
        yield self._stable(Act.WAIT)

    def _described(self, act: Act, text: str, query: str, expect: str) -> Step:
        words = ("describe-services", "--cluster", self.cluster, "--services", self.service, "--query", query)
        return self._aws(act, text, *words, expect=expect)

    def status(self) -> Iterator[Step]:
        query = "services[].deployments[].{status:rolloutState,running:runningCount,of:desiredCount}"
        yield self._described(Act.CHECK, "See the service's deployments.", query, "one, COMPLETED, running as desired")

    def previous(self) -> Iterator[Step]:
        listing = ("list-task-definitions", "--family-prefix", self.family, "--sort", "DESC", "--max-items", "5")
        yield self._aws(Act.BACK_CHECKOUT, "Find the revision that ran before.", *listing)
        words = self._update("--task-definition", f"{self.family}:REVISION")
        text = f"Return to the task definition of {self.old}."
        yield self._aws(Act.BACK_DEPLOY, text, *words, expect="that revision is PRIMARY")
        yield self._stable(Act.BACK_WAIT)

    def running(self) -> Iterator[Step]:
        query = "services[].taskDefinition"
        yield self._described(Act.NOTE, "Note the task definition that runs now.", query, "family and revision")
