"""Amazon ECS (docs.aws.amazon.com/cli/latest/reference/ecs): services that run revisions of a task definition."""

import shlex
from collections.abc import Iterator

from releasekit.checklist.model import Act, Step
from releasekit.checklist.ways.commands import Commands

Fill = tuple[tuple[str, str], ...]


class Ecs(Commands):
    """Every revision of a task definition stays: going back names the one that ran before, and builds nothing."""

    way = "ecs"
    checkout = True

    @property
    def target(self) -> tuple[tuple[str, ...], Fill]:
        """``--cluster C --service S`` as the pipeline names them, or blanks."""
        cluster, fill = self.blank(
            self.option("--cluster", "cluster"), "CLUSTER", "the cluster, from `aws ecs list-clusters`"
        )
        service, more = self.blank(
            self.option("--service", "service"),
            "SERVICE",
            "the service, from `aws ecs list-services --cluster CLUSTER`",
        )
        return ("--cluster", cluster, "--service", service), (*fill, *more)

    @property
    def family(self) -> tuple[str, Fill]:
        """The task definition's family, or a blank."""
        said = next((str(fact.value) for fact in self.c.of("task_family")), "")
        named = (said or self.option("--task-definition")).partition(":")[0]
        return self.blank(named, "FAMILY", "the family, from `aws ecs describe-services`")

    def _aws(self, act: Act, text: str, *words: str, expect: str = "", fill: Fill = (), source: str = "") -> Step:
        return Step(act, text, shlex.join(("aws", "ecs", *words)), expect, source, way=self.way, fill=fill)

    def stop(self) -> Iterator[Step]:
        target, fill = self.target
        words = ("update-service", *target, "--desired-count", "0")
        yield self._aws(Act.STOP, "Stop all tasks of the service.", *words, expect='"desiredCount": 0', fill=fill)

    def deploy(self) -> Iterator[Step]:
        target, fill = self.target
        definitions = [path for path in self.d.files if path.endswith(".json")]
        for path in definitions:
            given = ("--cli-input-json", f"file://{path}")
            text = f"Register the task definition of {self.new}."
            yield self._aws(
                Act.PUBLISH, text, "register-task-definition", *given, expect="a new revision", source=f"{path}:1"
            )
        family, more = self.family
        words: tuple[str, ...]
        if self.written():
            yield from self.written_or(Act.DEPLOY, f"Deploy {self.new}.", expect="the new revision is PRIMARY")
        else:
            words = ("update-service", *target, "--task-definition", family)
            yield self._aws(
                Act.DEPLOY, f"Deploy {self.new}.", *words, expect="the new revision is PRIMARY", fill=(*fill, *more)
            )

    def scale(self) -> Iterator[Step]:
        target, fill = self.target
        words = ("update-service", *target, "--desired-count", "COUNT")
        fill = (*fill, ("COUNT", "the number of tasks that ran before"))
        yield self._aws(Act.SCALE, "Start as many tasks as before.", *words, fill=fill)

    def _stable(self, act: Act) -> Step:
        target, fill = self.target
        words = ("wait", "services-stable", target[0], target[1], "--services", target[3])
        return self._aws(act, "Wait until the service is stable.", *words, expect="exit status 0", fill=fill)

    def wait(self) -> Iterator[Step]:
        yield self._stable(Act.WAIT)

    def _described(self, act: Act, text: str, query: str, expect: str) -> Step:
        target, fill = self.target
        words = ("describe-services", target[0], target[1], "--services", target[3], "--query", query)
        return self._aws(act, text, *words, expect=expect, fill=fill)

    def status(self) -> Iterator[Step]:
        query = "services[].deployments[].{status:rolloutState,running:runningCount,of:desiredCount}"
        yield self._described(Act.CHECK, "See the service's deployments.", query, "one, COMPLETED, running as desired")

    def previous(self) -> Iterator[Step]:
        target, fill = self.target
        family, more = self.family
        listing = ("list-task-definitions", "--family-prefix", family, "--sort", "DESC", "--max-items", "5")
        yield self._aws(Act.BACK_CHECKOUT, "Find the revision that ran before.", *listing, fill=more)
        words = ("update-service", *target, "--task-definition", f"{family}:REVISION")
        text = f"Return to the task definition of {self.old}."
        fill = (*fill, *more, ("REVISION", "the number of the revision that ran before"))
        yield self._aws(Act.BACK_DEPLOY, text, *words, expect="that revision is PRIMARY", fill=fill)
        yield self._stable(Act.BACK_WAIT)

    def running(self) -> Iterator[Step]:
        query = "services[].taskDefinition"
        yield self._described(Act.NOTE, "Note the task definition that runs now.", query, "family and revision")
