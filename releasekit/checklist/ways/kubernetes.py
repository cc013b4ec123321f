"""Plain manifests of a cluster, applied by kubectl (kubernetes.io/docs/reference/kubectl/generated)."""

import re
import shlex
from collections.abc import Iterator, Sequence

from releasekit.checklist.model import Act, Step
from releasekit.checklist.rollback import Way as Back
from releasekit.checklist.ways.commands import Commands
from releasekit.checklist.words import listed
from releasekit.facts.images import stores
from releasekit.facts.model import Fact

_SCALED = frozenset({"deployment", "statefulset"})
_ROLLED = frozenset({"deployment", "statefulset", "daemonset"})
_PORT = 18080  # of the person's own machine, while a port is forwarded


class Kubernetes(Commands):
    """An object's namespace is its own; ``-n`` stands where all objects of a command agree, or the pipeline says it."""

    way = "kubernetes"
    checkout = True

    @property
    def checkout_back(self) -> bool:
        return True

    def space(self, *services: str) -> tuple[str, ...]:
        """``-n`` and the namespace that all these services are in; () when they differ or none says one."""
        if self.d.namespace:
            return ("-n", self.d.namespace)
        names = services or tuple(fact.name for fact in self.c.services)
        spaces = {self.d.spaces.get(name, "") for name in names}
        return ("-n", next(iter(spaces))) if len(spaces) == 1 and "" not in spaces else ()

    def kubectl(self, *arguments: str, services: Sequence[str] = ()) -> tuple[str, ...]:
        """The words of a ``kubectl`` command about these services, or about all of them."""
        return ("kubectl", *self.space(*services), *arguments)

    def target(self, name: str) -> str:
        """A workload as kubectl takes it: ``deployment/web``."""
        return f"{self.c.workload(name)}/{name}"

    def artefact(self) -> Iterator[Step]:
        """The image has to be in its registry before anything is applied: pods would wait for it in vain."""
        own = {fact.name for fact in self.c.own}
        timed = {fact.service for fact in self.c.of("cronjob")}
        own -= {name for name in timed if name}
        said = [fact for fact in self.c.of("image") if fact.service in own and not stores(fact.name)]
        for image in dict.fromkeys(str(fact.value) for fact in said):
            if not re.search(r"[${<]", image):
                yield self.step(
                    Act.BUILD,
                    f"Check that the image of {self.new} is in its registry.",
                    *("docker", "manifest", "inspect", image),
                    expect="a manifest, not “no such manifest”",
                )

    @property
    def patched(self) -> bool:
        """Whether the pipeline changes what runs and applies no file: ``set image``, ``rollout restart``."""
        verbs = [{"apply", "replace", "create"}.intersection(words) for _, words in self.lines]
        return bool(verbs) and not any(verbs)

    @property
    def piped(self) -> list[Fact]:
        """The pipeline's lines that apply what another program writes: the files alone are not what is deployed."""
        return [fact for fact, words in self.lines if "|" in words or "<" in words or words[-1:] == ["-"]]

    def apart(self) -> list[str]:
        """The files that hold only jobs: each is started by a step of its own."""
        jobs = {fact.path for fact in self.c.services if fact.name in self.c.jobs}
        return sorted(jobs - {fact.path for fact in self.c.services if fact.name not in self.c.jobs})

    def given(self, *, jobs: bool) -> list[str]:
        """What kubectl is given: the folders of the files, or each file where the folder holds more than that."""
        without = [] if jobs else self.apart()
        named: dict[str, None] = {}
        for path in self.d.files:
            folder = path.rpartition("/")[0]
            if jobs and folder and path in self.d.whole:
                named[f"{folder}/"] = None
            elif path not in without:
                named[path] = None
        return [part for place in named for part in ("-f", self.of(place))]

    def deploy(self) -> Iterator[Step]:
        if self.patched:
            yield from self.written_or(Act.DEPLOY, f"Set {self.new}.", expect="image updated")
            return
        if self.piped:
            for fact in self.piped:
                text = f"Apply {self.new} as the pipeline does, which fills the manifests in: {fact.value}"
                yield Step(Act.DEPLOY, text, source=fact.source, way=self.way)
            return
        given = self.given(jobs=True)
        source = self.lines[0][0].source if self.lines else ""
        if not given:
            return
        command = f"{shlex.join(self.kubectl('diff', *given))} || [ $? -eq 1 ]"  # 1: there are differences
        expect = "only what this release changes"
        yield Step(Act.DEPLOY, "See what would change.", command, expect, way=self.way)
        yield self.step(
            Act.DEPLOY,
            f"Apply {self.new}.",
            *self.kubectl("apply", *given),
            expect="created, configured or unchanged, nothing else",
            source=source,
        )

    def stop(self) -> Iterator[Step]:
        for names in self._by_space([n for n in self.names if self.c.workload(n) in _SCALED]):
            targets = [self.target(name) for name in names]
            yield self.step(
                Act.STOP,
                f"Stop {listed(names)}.",
                *self.kubectl("scale", "--replicas=0", *targets, services=names),
                expect="scaled",
            )
            yield self.step(
                Act.STOP,
                f"See that no pod of {listed(names)} is left: a pod that still ends can still write.",
                *self.kubectl("get", "pods", services=names),
                expect="none of them",
            )

    def _by_space(self, names: Sequence[str]) -> list[list[str]]:
        """Names in groups of one namespace, order kept: a command has one ``-n``."""
        found: dict[tuple[str, ...], list[str]] = {}
        for name in names:
            found.setdefault(self.space(name), []).append(name)
        return list(found.values())

    def once(self, job: Fact) -> Iterator[Step]:
        delete = shlex.join(self.deleted(job))
        apply = shlex.join(self.kubectl("apply", "-f", self.of(job.path), services=[job.name]))
        yield Step(
            Act.MIGRATE,
            f"Start the job {job.name} again.",
            f"{delete} && {apply}",
            f"job/{job.name} created",
            job.source,
            way=self.way,
        )
        yield self.ended(Act.MIGRATE, job, job.source)

    def deleted(self, job: Fact) -> tuple[str, ...]:
        """The words that delete a Job of before: what has run cannot be changed, and not run again."""
        return self.kubectl("delete", f"job/{job.name}", "--ignore-not-found", services=[job.name])

    def ended(self, act: Act, job: Fact, source: str = "") -> Step:
        """Wait for the end of a Job."""
        words = ("wait", "--for=condition=complete", f"job/{job.name}", "--timeout=10m")
        text = f"Wait until {job.name} has ended."
        return self.step(act, text, *self.kubectl(*words, services=[job.name]), expect="condition met", source=source)

    def scale(self) -> Iterator[Step]:
        """For each workload whose manifest sets no number of replicas: applying it leaves it at 0.

        An autoscaler does not lift what stands at 0 (Kubernetes: ScalingDisabled), and a rollout of none "succeeds".
        """
        for fact in self.services:
            kind = self.c.workload(fact.name)
            if kind not in _SCALED or self.c.service("replicas", fact.name):
                continue
            auto = self.c.service("autoscaling", fact.name)
            least = re.match(r"\d+", str(auto[0].value)) if auto else None
            why = ", and an autoscaler does nothing at 0" if auto else ""
            yield self.step(
                Act.SCALE,
                f"Scale {fact.name} up again (the manifest sets no replicas{why}).",
                *self.kubectl(
                    "scale", f"--replicas={least[0] if least else 1}", self.target(fact.name), services=[fact.name]
                ),
                expect="scaled",
                source=(auto[0] if auto else fact).source,
            )

    def wait(self) -> Iterator[Step]:
        yield from self._rolled(Act.WAIT, self.new)

    def _rolled(self, act: Act, version: str) -> Iterator[Step]:
        for fact in self.services:
            if self.c.workload(fact.name) in _ROLLED:
                words = ("rollout", "status", self.target(fact.name), "--timeout=10m")
                yield self.step(
                    act,
                    f"Wait until {fact.name} runs {version}.",
                    *self.kubectl(*words, services=[fact.name]),
                    expect="successfully rolled out",
                    source=fact.source,
                )

    def status(self) -> Iterator[Step]:
        for names in self._by_space(self.started):
            yield self.step(
                Act.CHECK,
                "See the pods.",
                *self.kubectl("get", "pods", services=names),
                expect="READY shows all containers, RESTARTS 0, no CrashLoopBackOff",
            )

    def halt(self) -> Iterator[Step]:
        for fact in self.services if not (self.patched or self.piped) else ():  # what is paused cannot be undone
            if self.c.workload(fact.name) == "deployment":
                yield self.step(
                    Act.BACK_HALT,
                    f"Pause a rollout of {fact.name} that still goes on.",
                    *self.kubectl("rollout", "pause", self.target(fact.name), services=[fact.name]),
                    expect="paused, or already paused",
                )

    def previous(self) -> Iterator[Step]:
        if self.patched or self.piped:
            yield from self.undone()
            return
        given = self.given(jobs=False)
        if given:
            yield self.step(
                Act.BACK_DEPLOY,
                f"Apply {self.old}: what runs, not what migrates.",
                *self.kubectl("apply", *given),
                expect="configured or unchanged",
            )
        for fact in self.services if self.c.rollback.way is Back.CODE else ():
            if self.c.workload(fact.name) == "deployment":
                yield self.step(
                    Act.BACK_DEPLOY,
                    f"Let {fact.name} roll out again.",
                    *self.kubectl("rollout", "resume", self.target(fact.name), services=[fact.name]),
                    expect="resumed",
                )
        yield from self._rolled(Act.BACK_WAIT, self.old)

    def undone(self) -> Iterator[Step]:
        """Back to the pods of before, which the cluster keeps."""
        for fact in self.services:
            if self.c.workload(fact.name) in _ROLLED:
                words = ("rollout", "undo", self.target(fact.name))
                text = f"Return {fact.name} to what ran before."
                command = self.kubectl(*words, services=[fact.name])
                yield self.step(Act.BACK_DEPLOY, text, *command, expect="rolled back")
        yield from self._rolled(Act.BACK_WAIT, self.old)

    def running(self) -> Iterator[Step]:
        columns = "custom-columns=POD:.metadata.name,IMAGE:.status.containerStatuses[*].imageID"
        for names in self._by_space(self.started):
            yield self.step(
                Act.NOTE,
                "Note the images that run now.",
                *self.kubectl("get", "pods", "-o", columns, services=names),
                expect="a digest for each container",
            )

    def logs(self) -> tuple[str, ...]:
        return tuple(
            shlex.join(self.kubectl("logs", self.target(f.name), "--since=15m", "--all-containers", services=[f.name]))
            for f in self.services
        )

    def inside(self, service: str) -> str:
        return shlex.join(self.kubectl("exec", "-i", self.target(service), "--", services=[service]))

    def asks(self, service: str, port: int, path: str) -> str:
        """A command that asks a workload's port over a forwarded one."""
        forward = shlex.join(self.kubectl("port-forward", self.target(service), f"{_PORT}:{port}", services=[service]))
        curl = shlex.join(("curl", "--fail", "--silent", "--show-error", f"http://localhost:{_PORT}{path}"))
        return f"{forward} >/dev/null & sleep 3; {curl}; kill $!"
