"""Plain manifests that stand for another variant of what is deployed: told from folders and the workloads in them."""

import re
from collections.abc import Iterable, Iterator, Mapping

from releasekit.facts.kubernetes.manifests import Manifest
from releasekit.facts.kubernetes.workloads import workloads
from releasekit.syntax.expression import Expression

_EXTRAS = Expression(r"extras?|contrib|community|alternatives?|variants?|optional|add-?ons?", re.IGNORECASE)
Key = tuple[str, str]


def left_out(plain: Mapping[str, list[Manifest]], built: Mapping[str, Iterable[Manifest]]) -> Iterator[tuple[str, str]]:
    """(path, reason) of plain manifests whose workloads are deployed in another variant.

    ``plain`` are manifests by file; ``built`` those of kustomizations called production, by folder.
    """
    keys = {path: _keys(manifests) for path, manifests in plain.items()}
    usual = {key for path, found in keys.items() if not _extras(path) for key in found}
    production = {folder: _keys(manifests) for folder, manifests in built.items()}
    again: dict[str, str] = {}
    for path, found in keys.items():
        extras = _extras(path)
        if extras and found & (usual | {key for inside in production.values() for key in inside}):
            again.setdefault(extras, "the same workloads are deployed outside of it")
        for folder, inside in production.items():
            top, beside = folder.split("/")[0], "/".join(path.split("/")[:2])
            if "/" in folder and path.startswith(f"{top}/") and path.count("/") > 1 and found & inside:
                again.setdefault(beside, f"{folder} deploys the same workloads and is called production")
    for path in plain:
        for part, reason in again.items():
            if path.startswith(f"{part}/"):
                yield path, f"{part}/: {reason}"
                break


def _keys(manifests: Iterable[Manifest]) -> set[Key]:
    return {(work.kind, work.name) for work in workloads(list(manifests))}


def _extras(path: str) -> str:
    """The folder of one extra that a path lies in: ``extras/backup``; "" when it lies in none."""
    parts = path.split("/")[:-1]
    for number, part in enumerate(parts):
        if _EXTRAS.fullmatch(part):
            return "/".join(parts[: number + 2])
    return ""
