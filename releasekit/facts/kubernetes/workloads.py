"""Kubernetes workloads and their containers, as views of manifests, in every kind that runs a pod. Judges nothing."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from releasekit.facts.images import reference, role
from releasekit.facts.kubernetes.manifests import Manifest, labels
from releasekit.syntax.node import Node

# kind -> (API group, path to the pod template); a bare pod is its own template
_TEMPLATES: Mapping[str, tuple[frozenset[str], tuple[str, ...]]] = {
    "Deployment": (frozenset({"apps", "extensions"}), ("spec", "template")),
    "StatefulSet": (frozenset({"apps"}), ("spec", "template")),
    "DaemonSet": (frozenset({"apps", "extensions"}), ("spec", "template")),
    "ReplicaSet": (frozenset({"apps", "extensions"}), ("spec", "template")),
    "ReplicationController": (frozenset({""}), ("spec", "template")),
    "Pod": (frozenset({""}), ()),
    "Job": (frozenset({"batch"}), ("spec", "template")),
    "CronJob": (frozenset({"batch"}), ("spec", "jobTemplate", "spec", "template")),
    "Rollout": (frozenset({"argoproj.io"}), ("spec", "template")),
    "DeploymentConfig": (frozenset({"apps.openshift.io"}), ("spec", "template")),
    "Service": (frozenset({"serving.knative.dev"}), ("spec", "template")),
}
# jobs end by themselves: nobody asks whether they are ready
JOBS = frozenset({"Job", "CronJob"})


@dataclass(frozen=True, slots=True, eq=False)
class Container:
    """A container of a pod. ``init`` containers run before the others; a sidecar among them keeps running."""

    node: Node
    init: bool

    @property
    def name(self) -> str:
        return self.node.at("name").text

    @property
    def name_line(self) -> int:
        return self.node.at("name").line or self.node.line

    @property
    def image(self) -> Node:
        return self.node.at("image")

    @property
    def sidecar(self) -> bool:
        """Started before the others and kept running (Kubernetes 1.29: ``restartPolicy: Always``)."""
        return self.init and self.node.at("restartPolicy").text == "Always"

    @property
    def command(self) -> list[str]:
        """``command`` followed by ``args``."""
        return [part.text for key in ("command", "args") for part in self.node.at(key)]


@dataclass(frozen=True, eq=False)
class Workload:
    """An object that runs pods."""

    manifest: Manifest
    template: Node

    @property
    def kind(self) -> str:
        return self.manifest.kind

    @property
    def name(self) -> str:
        return self.manifest.name

    @property
    def pod(self) -> Node:
        return self.template.at("spec")

    @property
    def is_job(self) -> bool:
        return self.kind in JOBS or (self.kind == "Pod" and self.pod.at("restartPolicy").text in {"Never", "OnFailure"})

    @cached_property
    def labels(self) -> Mapping[str, str]:
        """The labels of its pods."""
        return labels(self.template.at("metadata", "labels"))

    @cached_property
    def containers(self) -> tuple[Container, ...]:
        """Init containers first, as they run."""
        listed = [Container(node, True) for node in self.pod.at("initContainers") if node.is_map]
        return (*listed, *(Container(node, False) for node in self.pod.at("containers") if node.is_map))

    @cached_property
    def main(self) -> Container | None:
        """The container that gives the workload its role: the one of the same name, else the first."""
        running = [container for container in self.containers if not container.init]
        return next((c for c in running if c.name == self.name), running[0] if running else None)

    @property
    def role(self) -> str:
        if self.is_job:
            return "job"
        return role(reference(self.main.image.text).repository) if self.main else "app"

    def port(self, number: Node | str) -> int | None:
        """A port given by number, or by the name that one of the containers gives it; None when neither."""
        text = number if isinstance(number, str) else number.text
        if text.isdigit():
            return int(text)
        for container in self.containers:
            for port in container.node.at("ports"):
                listed = port.at("containerPort").text
                if text and port.at("name").text == text and listed.isdigit():
                    return int(listed)
        return None

    def lists(self, target: str) -> bool:
        """Whether a container lists this port, by number or by name."""
        number = self.port(target)
        return number is not None and number in self.declared_ports()

    def declared_ports(self) -> set[int]:
        """All port numbers that its containers list."""
        texts = (port.at("containerPort").text for c in self.containers for port in c.node.at("ports"))
        return {int(text) for text in texts if text.isdigit()}


def workload(manifest: Manifest) -> Workload | None:
    """The manifest as a workload; None when it runs no pods, or only tests (Helm's test hooks)."""
    known = _TEMPLATES.get(manifest.kind)
    if known is None or manifest.api not in known[0] or not manifest.name:
        return None
    if "test" in manifest.annotation("helm.sh/hook").text:
        return None
    template = manifest.node.at(*known[1])
    return Workload(manifest, template) if template.at("spec", "containers").is_list else None


def workloads(manifests: Iterable[Manifest]) -> list[Workload]:
    """All workloads among manifests."""
    return [made for made in map(workload, manifests) if made]
