"""What a Kubernetes cluster said: ``kubectl get deployments,statefulsets,daemonsets,pods -o json``. Judges nothing."""

from dataclasses import dataclass
from typing import Any

from pydantic import Field

from releasekit.errors import SourceError
from releasekit.sources.strictjson import Loose, keys, load, shaped

KINDS = ("Deployment", "StatefulSet", "DaemonSet")


@dataclass(frozen=True, slots=True)
class Workload:
    """A workload: what it wants and has, in pods; ``observed`` is False while the cluster has not looked yet."""

    kind: str
    name: str
    images: tuple[str, ...]
    wanted: int
    updated: int
    available: int
    total: int
    observed: bool
    stuck: str = ""

    @property
    def rolled_out(self) -> bool:
        """By counts and generation: conditions alone may be of the version before (kubernetes/kubernetes #124264)."""
        return self.observed and self.updated == self.available == self.wanted == self.total


@dataclass(frozen=True, slots=True)
class Pod:
    """A pod: its images, how often its containers were restarted, what they wait for, whether it is ready."""

    name: str
    images: tuple[str, ...]
    restarts: int
    waits: str
    ready: bool
    done: bool
    owner: str = ""


class _Container(Loose):
    image: str = ""


class _PodSpec(Loose):
    containers: tuple[_Container, ...] = ()


class _Template(Loose):
    spec: _PodSpec = Field(default_factory=_PodSpec)


class _Spec(Loose):
    replicas: int | None = None
    template: _Template = Field(default_factory=_Template)
    containers: tuple[_Container, ...] = ()


class _Owner(Loose):
    kind: str = ""
    name: str = ""


class _Metadata(Loose):
    name: str
    generation: int = 0
    ownerReferences: tuple[_Owner, ...] = ()


class _Condition(Loose):
    type: str
    status: str = ""
    reason: str = ""


class _ContainerStatus(Loose):
    restartCount: int = 0
    ready: bool = False
    state: dict[str, dict[str, Any]] = Field(default_factory=dict)
    image: str = ""


class _Status(Loose):
    observedGeneration: int = 0
    replicas: int = 0
    updatedReplicas: int = 0
    availableReplicas: int = 0
    currentNumberScheduled: int = 0
    desiredNumberScheduled: int = 0
    updatedNumberScheduled: int = 0
    numberAvailable: int = 0
    phase: str = ""
    conditions: tuple[_Condition, ...] = ()
    containerStatuses: tuple[_ContainerStatus, ...] = ()


class _Object(Loose):
    kind: str
    metadata: _Metadata
    spec: _Spec = Field(default_factory=_Spec)
    status: _Status = Field(default_factory=_Status)


class _List(Loose):
    items: tuple[_Object, ...]


def read(raw: bytes, name: str) -> tuple[tuple[Workload, ...], tuple[Pod, ...]]:
    """The workloads and pods of one answer of kubectl. Raises SourceError for anything else."""
    data = load(raw, name)
    if not {"kind", "apiVersion"} <= keys(data):
        raise SourceError("no answer of kubectl", name, "write it: kubectl get deployments,pods -o json")
    found = shaped(_List, data if "items" in keys(data) else {"items": [data]}, name, "an answer of kubectl").items
    workloads = tuple(_workload(one) for one in found if one.kind in KINDS)
    return workloads, tuple(_pod(one) for one in found if one.kind == "Pod")


def _workload(one: _Object) -> Workload:
    status = one.status
    daemon = one.kind == "DaemonSet"
    stuck = [item.reason for item in status.conditions if item.type == "Progressing" and item.status == "False"]
    return Workload(
        one.kind,
        one.metadata.name,
        tuple(container.image for container in one.spec.template.spec.containers),
        status.desiredNumberScheduled if daemon else 1 if one.spec.replicas is None else one.spec.replicas,
        status.updatedNumberScheduled if daemon else status.updatedReplicas,
        status.numberAvailable if daemon else status.availableReplicas,
        status.currentNumberScheduled if daemon else status.replicas,
        bool(one.metadata.generation) and status.observedGeneration >= one.metadata.generation,
        ", ".join(stuck),
    )


def _pod(one: _Object) -> Pod:
    statuses = one.status.containerStatuses
    waiting = [str(status.state["waiting"].get("reason", "")) for status in statuses if "waiting" in status.state]
    return Pod(
        one.metadata.name,
        tuple(container.image for container in one.spec.containers),
        sum(status.restartCount for status in statuses),
        ", ".join(reason for reason in waiting if reason),
        bool(statuses) and all(status.ready for status in statuses),
        one.status.phase == "Succeeded",
        next((owner.name for owner in one.metadata.ownerReferences), ""),
    )
