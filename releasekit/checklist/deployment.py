"""How this repository is deployed, told from where its facts stand, and the commands of that way. Runs nothing."""

import re
import shlex
from collections import Counter
from dataclasses import dataclass
from pathlib import PurePosixPath

from releasekit.facts.model import Analysis, Fact

_COMPOSE = re.compile(r"(?:[^/]*[-_.])?compose[^/]*\.ya?ml", re.IGNORECASE)
_STACK = re.compile(r"(?:[^/]*[-_.])?stack[^/]*\.ya?ml", re.IGNORECASE)
_HELM = re.compile(r"(?:Chart|(?:[^/]*[-_.])?values[^/]*)\.ya?ml")
_NAMED = {
    "procfile": "procfile",
    "render.yaml": "render",
    "fly.toml": "fly",
    "app.json": "heroku",
    "heroku.yml": "heroku",
    "kustomization.yaml": "kustomize",
    "kustomization.yml": "kustomize",
    "kustomization": "kustomize",
}
# Where two ways cover as many services, the one that is rather production than a developer's machine.
_RATHER = ("helm", "kustomize", "kubernetes", "swarm", "compose", "systemd", "render", "fly", "heroku", "procfile")
# How the detector of Compose files calls a file that could stand alone in place of the chosen ones.
_ALTERNATIVE = "another way"
CLUSTER = frozenset({"helm", "kustomize", "kubernetes"})
_GRACE = {"compose": 10, "swarm": 10, "kubernetes": 30, "helm": 30, "kustomize": 30, "heroku": 30, "systemd": 90}


@dataclass(frozen=True, slots=True)
class Deployment:
    """The way this release is deployed.

    ``way`` is one of compose, swarm, kubernetes, kustomize, helm, systemd, procfile, render, fly, heroku or "" when no
    deployment file was recognised; ``files`` are its files in order of appearance, ``folders`` theirs; ``namespace`` is
    "" when no file says it, or several do: then ``spaces`` has (service, namespace); ``others`` are ways that stand
    beside it, ``aside`` files that could take its files' place.
    """

    way: str = ""
    files: tuple[str, ...] = ()
    folders: tuple[str, ...] = ()
    namespace: str = ""
    spaces: tuple[tuple[str, str], ...] = ()
    others: tuple[str, ...] = ()
    aside: tuple[str, ...] = ()

    def deploys(self, path: str) -> bool:
        """Whether a file counts here: not when it belongs to another way, or stands for the same one in other words."""
        return path not in self.aside and way_of(path) not in self.others

    @property
    def cluster(self) -> bool:
        """Whether the deployment lands in Kubernetes."""
        return self.way in CLUSTER

    @property
    def grace(self) -> int | None:
        """Seconds a process has between SIGTERM and SIGKILL where no file says otherwise; None when not known.

        Defaults of Docker, of Kubernetes' terminationGracePeriodSeconds, of Heroku and of systemd's TimeoutStopSec.
        """
        return _GRACE.get(self.way)

    def compose(self, *arguments: str) -> str:
        """A ``docker compose`` command with the production files named, so that no override file slips in."""
        files = (part for file in self.files for part in ("-f", file))
        return shlex.join(("docker", "compose", *files)) + " " + " ".join(arguments)

    def kubectl(self, *arguments: str, service: str = "") -> str:
        """A ``kubectl`` command in the namespace that the files say, or in that of the one ``service`` it is about."""
        namespace = dict(self.spaces).get(service, self.namespace)
        where = ("-n", namespace) if namespace else ()
        return shlex.join(("kubectl", *where)) + " " + " ".join(arguments)


def way_of(path: str) -> str:
    """Which way of deploying a file belongs to, by its name; "" for files of none."""
    name = PurePosixPath(path).name
    if name.lower() in _NAMED:
        return _NAMED[name.lower()]
    if _COMPOSE.fullmatch(name):
        return "compose"
    if _STACK.fullmatch(name):
        return "swarm"
    if _HELM.fullmatch(name) or "/templates/" in f"/{path}":
        return "helm"
    if name.endswith((".service", ".timer")):
        return "systemd"
    if name.endswith((".yaml", ".yml")) and not path.startswith((".github/", ".gitlab", ".circleci/")):
        return "kubernetes"
    return ""


def deployment(analysis: Analysis) -> Deployment:
    """The way in which CI deploys, else the one that covers most of the services with this repository's code."""
    services = analysis.of("service")
    brought = [fact for fact in services if fact.value in {"app", "job"}] or list(services)
    counted: Counter[str] = Counter(way for fact in brought for way in set(map(way_of, _paths(fact))) if way)
    chosen = [fact.name for fact in analysis.of("production_file") if _ALTERNATIVE not in str(fact.value)]
    counted = counted or Counter(way for way in map(way_of, chosen) if way)
    if not counted:
        return Deployment()
    way = _by_ci(analysis, counted) or min(counted, key=lambda one: (-counted[one], _RATHER.index(one)))
    if way == "kubernetes" and any(way_of(path) == "kustomize" for path in chosen):
        way = "kustomize"
    files = _files(analysis, way, chosen)
    folders = tuple(dict.fromkeys(str(PurePosixPath(path).parent) for path in files))
    spaces = {fact.service or "": str(fact.value) for fact in reversed(analysis.of("namespace")) if fact.value}
    namespace = next(iter(spaces.values())) if len(set(spaces.values())) == 1 else spaces.get("", "")
    aside = tuple(fact.name for fact in analysis.of("production_file") if fact.name not in chosen)
    # what a kustomization takes are plain manifests: they are its own
    own = {way, "kubernetes"} if way == "kustomize" else {way}
    others = tuple(sorted(set(counted) - own))
    return Deployment(way, files, folders, namespace, tuple(spaces.items()), others, aside)


def _by_ci(analysis: Analysis, counted: Counter[str]) -> str:
    """The way of the first pipeline that deploys, among those that files stand for; "" when there is none."""
    for fact in analysis.of("deploys"):
        near = ("kubernetes", "kustomize") if fact.name in {"kubernetes", "kustomize"} else (fact.name,)
        found = next((way for way in near if way in counted), "")
        if found:
            return found
    return ""


def _paths(fact: Fact) -> tuple[str, ...]:
    return tuple(source.rpartition(":")[0] or source for source in (fact.source, *fact.also))


def _files(analysis: Analysis, way: str, chosen: list[str]) -> tuple[str, ...]:
    """The files of the way: those said to be production, else all in which production facts stand."""
    said = [path for path in chosen if way_of(path) == way]
    if said:
        return tuple(dict.fromkeys(said))
    kinds = (
        "service",
        "image",
        "port",
        "env_required",
        "depends_on",
        "volume",
        "replicas",
        "host",
        "tls",
        "healthcheck",
    )
    found = (path for fact in analysis.of(*kinds) for path in _paths(fact))
    same = "kubernetes" if way == "kustomize" else way
    return tuple(dict.fromkeys(path for path in found if way_of(path) in {way, same}))
