"""How this repository is deployed, as the analysis decided it: the way, its files, namespaces, the pipeline's lines."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import PurePosixPath
from types import MappingProxyType

from releasekit.facts.model import Analysis, Fact
from releasekit.facts.production_files import PIPELINE
from releasekit.facts.stages import is_production
from releasekit.facts.ways import BY_NAME, CLUSTER, Way

_NOWHERE: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True)
class Deployment:
    """The way in which this release is deployed.

    ``way`` is the name of a row of `facts.ways`, "" when nothing says how; ``fact`` says why and where. ``files`` are
    the way's files in order of appearance, ``lines`` the commands of the
    pipeline that deploy in this way, else those of a guide, ``others`` facts
    of the ways that are in the repository too and are not used, ``undeployed`` files that are read and not deployed.
    ``spaces`` has the namespace of each service whose file says one, ``namespace`` that which a pipeline names for all.
    ``ways`` has the way of each deployment file, ``unread`` names those of this way that could not be read,
    ``whole`` those whose folders hold nothing but such files.
    """

    way: str = ""
    fact: Fact | None = None
    files: tuple[str, ...] = ()
    lines: tuple[Fact, ...] = ()
    others: tuple[Fact, ...] = ()
    undeployed: tuple[Fact, ...] = ()
    spaces: Mapping[str, str] = field(default_factory=lambda: _NOWHERE)
    namespace: str = ""
    ways: Mapping[str, str] = field(default_factory=lambda: _NOWHERE)
    unread: tuple[str, ...] = ()
    whole: frozenset[str] = frozenset()

    @property
    def row(self) -> Way | None:
        """The row of the way; None when no way is known."""
        return BY_NAME.get(self.way)

    @property
    def title(self) -> str:
        """What people call the way; "" when none is known."""
        return self.row.title if self.row else ""

    @cached_property
    def mains(self) -> tuple[str, ...]:
        """The main files of the way among its files: each could be the one of this application.

        One of production is, else one of the root whose name is the way's own without an addition.
        """
        row = self.row
        found = [path for path in self.files if row and row.claims(path)] or list(self.files)
        real = [path for path in found if is_production(path)]
        root = [path for path in found if "/" not in path]
        plain = min(root, key=len, default="")
        if plain and all(path.startswith(PurePosixPath(plain).stem) for path in root):
            root = [plain]
        return tuple(real or root or found)

    @property
    def main(self) -> str:
        """The main file of this application; "" when there is none, or when nothing says which of several."""
        return self.mains[0] if len(self.mains) == 1 else ""

    @property
    def cluster(self) -> bool:
        """Whether the deployment lands in a Kubernetes cluster."""
        return self.way in CLUSTER

    @property
    def grace(self) -> int | None:
        """Seconds that a process has between SIGTERM and SIGKILL where no file says otherwise; None when not known."""
        return self.row.grace if self.row else None

    def deploys(self, path: str) -> bool:
        """Whether what a file says holds for what is deployed: it is of this way, or of none (code, documents)."""
        way = self.ways.get(path, "")
        return not way or (self.row is not None and way in {self.way, *self.row.takes})


def deployment(analysis: Analysis) -> Deployment:
    """The deployment that the analysis elected; without a way when none has earned it."""
    elected = next(iter(analysis.of("way")), None)
    others, undeployed = analysis.of("other_way"), analysis.of("undeployed_file")
    ways = {fact.name: str(fact.value) for fact in analysis.of("deployment_file")}
    if elected is None:
        return Deployment(others=others, undeployed=undeployed, ways=ways)
    row = BY_NAME[elected.name]
    own = {row.name, *row.takes}
    files = [fact.name for fact in analysis.of("production_file") if fact.way in own]
    if not files:
        files = [path for path, way in ways.items() if way == row.name] or [elected.path]
    files = [path for path in files if not _is_pipeline(path, analysis)]
    if row.name == "kubernetes":
        files = _with_neighbours(files, analysis)
    lines = tuple(fact for fact in analysis.of("deploys") if fact.name == row.name)
    if any(finding.rule == "several-pipelines" for finding in analysis.findings):
        lines = ()  # nobody knows which of them is typed for this application
    lines = lines or tuple(fact for fact in analysis.of("documented") if fact.name == row.name)
    said = analysis.of("namespace")
    spaces = {fact.service: str(fact.value) for fact in reversed(said) if fact.service and fact.way in {"", *own}}
    namespace = next((str(fact.value) for fact in said if not fact.service and fact.way in {"", *own}), "")
    unread = _unread(analysis, files) if files else ()
    return Deployment(
        row.name, elected, tuple(dict.fromkeys(files)), lines, others, undeployed, spaces, namespace, ways, unread,
        frozenset(fact.name for fact in analysis.of("deployment_file") if fact.rule == "whole"),
    )  # fmt: skip


def _with_neighbours(files: list[str], analysis: Analysis) -> list[str]:
    """The files, and the other manifests of their folders: configuration, Services and the like run nothing."""
    if any(fact.rule == PIPELINE for fact in analysis.of("production_file") if fact.name in files):
        return files  # the pipeline says which
    folders = {path.rpartition("/")[0] for path in files}
    said = [fact.name for fact in analysis.of("deployment_file") if fact.value == "kubernetes"]
    return [*files, *(path for path in said if path not in files and path.rpartition("/")[0] in folders)]


def _is_pipeline(path: str, analysis: Analysis) -> bool:
    return any(fact.path == path for fact in analysis.of("ci"))


def _unread(analysis: Analysis, files: list[str]) -> tuple[str, ...]:
    places = {place.partition(":")[0] for f in analysis.findings if f.rule == "not-analysed" for place in f.places}
    return tuple(path for path in dict.fromkeys(files) if path in places)
