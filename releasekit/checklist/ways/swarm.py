"""Docker Swarm (docs.docker.com/reference/cli/docker/stack, docs.docker.com/reference/cli/docker/service)."""

from collections.abc import Iterator
from types import MappingProxyType

from releasekit.checklist.model import Act, Step
from releasekit.checklist.rollback import Way as Back
from releasekit.checklist.ways.commands import Commands


class Swarm(Commands):
    """A stack file is deployed under a name that stands in no file but a pipeline or a guide."""

    way = "swarm"
    checkout = True
    blanks = MappingProxyType({"STACK": "the stack's name, from `docker stack ls`"})

    @property
    def stack(self) -> str:
        """The stack's name, or a blank."""
        for fact, words in self.lines:
            if words[-1:] and not words[-1].startswith("-") and words[-1] not in self.d.files and fact.value:
                return words[-1]
        return "STACK"

    def named(self, service: str) -> str:
        """What Swarm calls a service of the stack."""
        return f"{self.stack}_{service}"

    def _deploys(self, act: Act, text: str) -> Step:
        files = (part for path in self.d.files for part in ("-c", self.of(path)))
        source = self.lines[0][0].source if self.lines else ""
        words = ("docker", "stack", "deploy", *files, "--with-registry-auth", self.stack)
        return self.step(act, text, *words, expect="each service is created or updated", source=source)

    def artefact(self) -> Iterator[Step]:
        yield from self.choose(Act.BUILD, self.new)
        yield from super().artefact()

    def stop(self) -> Iterator[Step]:
        if self.names:
            targets = (f"{self.named(name)}=0" for name in self.names)
            words = ("docker", "service", "scale", *targets)
            yield self.step(Act.STOP, "Stop the running version.", *words, expect="0/0 tasks")

    def deploy(self) -> Iterator[Step]:
        yield self._deploys(Act.DEPLOY, f"Deploy {self.new} to the Swarm.")

    def wait(self) -> Iterator[Step]:
        words = ("docker", "stack", "services", self.stack)
        yield self.step(Act.WAIT, "Wait until each service has all its replicas.", *words, expect="REPLICAS shows n/n")

    def status(self) -> Iterator[Step]:
        words = ("docker", "stack", "ps", self.stack, "--filter", "desired-state=running")
        yield self.step(Act.CHECK, "See the tasks that run.", *words, expect="Running, no error")

    @property
    def checkout_back(self) -> bool:
        """Not where the code alone goes back: `docker service rollback` reads no file."""
        return self.c.rollback.way is not Back.CODE

    def previous(self) -> Iterator[Step]:
        if self.checkout_back:
            yield from self.choose(Act.BACK_CHECKOUT, self.old)
            yield self._deploys(Act.BACK_DEPLOY, f"Deploy {self.old} to the Swarm.")
            return
        for fact in self.services:
            words = ("docker", "service", "rollback", self.named(fact.name))
            text = f"Return {fact.name} to what ran before."
            yield self.step(Act.BACK_DEPLOY, text, *words, expect="rollback completed")

    def running(self) -> Iterator[Step]:
        words = ("docker", "stack", "services", self.stack, "--format", "{{.Name}} {{.Image}}")
        yield self.step(Act.NOTE, "Note the images that run now.", *words, expect="a line a service")
