"""The order in which objects are applied, where they say so: hooks and waves of Argo CD and Helm."""

import re
from collections.abc import Iterator
from itertools import pairwise

from releasekit.facts.kubernetes.manifests import Manifest
from releasekit.facts.kubernetes.workloads import Workload
from releasekit.facts.model import Fact
from releasekit.syntax.node import ABSENT, Node

# Argo CD: phases of a sync (docs, "Sync Phases and Waves"); SyncFail and Skip are no part of a successful one
_ARGO = {"PreSync": 0, "Sync": 1, "PostSync": 2}
# Helm: hooks around an installation or an upgrade (docs, "Chart Hooks")
_HELM = {"pre-install": 0, "pre-upgrade": 0, "post-install": 2, "post-upgrade": 2}
_OTHER_HOOKS = {"pre-delete", "post-delete", "pre-rollback", "post-rollback", "SyncFail", "PostDelete", "Skip"}


def order(works: list[Workload]) -> Iterator[Fact]:
    """``order_after`` facts (service, name = what must be up or done first) of one deployment's workloads."""
    ranked: dict[tuple[int, int], list[tuple[Workload, Node]]] = {}
    for work in works:
        rank, why = _rank(work.manifest)
        if rank is not None:
            ranked.setdefault(rank, []).append((work, why))
    waves = [ranked[rank] for rank in sorted(ranked)]
    for before, after in pairwise(waves):
        for work, why in after:
            for first, earlier in before:
                yield from _after(work, why, first, earlier)


def _after(work: Workload, why: Node, first: Workload, earlier: Node) -> Iterator[Fact]:
    """The edge, placed where the later object says when it comes, else where the earlier one does."""
    if work.name == first.name:
        return
    owner, at = (work, why) if why else (first, earlier)
    how = f"{first.name} is applied before {work.name} (hooks and waves)"
    yield owner.manifest.fact("order_after", first.name, "applied", at or owner.manifest.name_line, work.name, how)


def _rank(manifest: Manifest) -> tuple[tuple[int, int] | None, Node]:
    """((phase, wave or weight), where that is said); None when it is applied at other times only."""
    argo, helm = manifest.annotation("argocd.argoproj.io/hook"), manifest.annotation("helm.sh/hook")
    wave, weight = manifest.annotation("argocd.argoproj.io/sync-wave"), manifest.annotation("helm.sh/hook-weight")
    names, phases, number = (_names(argo), _ARGO, wave) if argo else (_names(helm), _HELM, weight if helm else wave)
    known = [phases[name] for name in names if name in phases]
    if names and not known and names & _OTHER_HOOKS:
        return None, ABSENT
    phase = min(known) if known else 1
    return (phase, _number(number)), number or (argo or helm)


def _names(node: Node) -> set[str]:
    return {name.strip() for name in node.text.split(",") if name.strip()}


def _number(node: Node) -> int:
    return int(node.text) if re.fullmatch(r"-?\d{1,9}", node.text) else 0
