"""The composition of the analysis: every detector is asked, and what they say is put together.

Knows no technology: that is the detectors' part, one module each.
"""

import fnmatch
from collections.abc import Iterator, Sequence
from dataclasses import replace

from releasekit.facts.assemble import assemble
from releasekit.facts.files import Files
from releasekit.facts.findings import between
from releasekit.facts.model import Analysis, Fact, Finding, Severity
from releasekit.facts.order import start_order
from releasekit.facts.production.election import elect
from releasekit.facts.production.fallback import settled
from releasekit.facts.production.stacks import projects
from releasekit.facts.production_files import deployment_files, reasoned
from releasekit.facts.registry import REGISTRY, Detector
from releasekit.facts.ways import BY_NAME, Family, counting
from releasekit.tree import Tree

# ways whose detectors heed a person's choice themselves, and "" of no way: what a chosen chart or kustomization is
# built of counts wherever it stands, and Compose files are laid on each other
_CHOOSE_THEMSELVES = frozenset(("", "compose", "swarm", "helm", "kustomize"))


def analyse(tree: Tree, chosen: Sequence[str] = (), job: str = "") -> Analysis:
    """All facts and findings of a tree.

    ``chosen`` are globs of the deployment files that are production, ``job`` the job that releases (``FILE#JOB``), if
    a person said so.
    """
    files = Files(tree, tuple(chosen), job)
    facts: list[Fact] = []
    findings: list[Finding] = []
    for detector in REGISTRY:
        for said in _run(detector, files):
            if isinstance(said, Finding):
                findings.append(said)
            elif _is_missing(said, tree):
                continue
            elif not chosen or said.way in _CHOOSE_THEMSELVES or _matches(said.path, chosen):
                facts.append(said)
    counting, left_out = settled(facts)
    ways, undecided = elect(counting, files)
    placed = [*ways, *deployment_files(counting), *reasoned(counting, files)]
    together = tuple(_deployed_first(assemble(placed, projects(files))))
    order, cycles = start_order(together)
    said_of_files = (*_over_budget(tree), *findings, *left_out, *undecided)
    return Analysis(together, (*said_of_files, *cycles, *between(together), *files.findings()), order)


def _deployed_first(facts: Sequence[Fact]) -> Iterator[Fact]:
    """The facts, each placed in a file that is deployed where one of several that say it is."""
    ways = {fact.name: str(fact.value) for fact in facts if fact.kind == "deployment_file"}
    own = counting(facts)
    own = own if len(own) > 1 else own.union(ways.values())
    for fact in facts:
        places = (fact.source, *fact.also)
        first = next((place for place in places if ways.get(place.rpartition(":")[0], "") in own), fact.source)
        if first == fact.source or fact.way in own:
            yield fact
            continue
        also = tuple(place for place in places if place != first)
        yield replace(fact, source=first, also=also, way=ways.get(first.rpartition(":")[0], ""))


def _is_missing(fact: Fact, tree: Tree) -> bool:
    """Whether a platform would build from a Dockerfile that is not there: its default is no fact."""
    way = BY_NAME.get(fact.way)
    platform = way is not None and way.family is not Family.CONTAINERS
    return fact.kind == "build" and platform and fact.name not in tree


def _over_budget(tree: Tree) -> Iterator[Finding]:
    """``not-read``: what a budget left out; nothing is known of those files, whatever else is said here."""
    for item in tree.skipped:
        if "over the budget" in item.reason or "nothing from here on" in item.reason:
            where = f"{item.path}: " if item.path else ""
            do = "name the service's folder with application.path, and its deployment files with application.files"
            yield Finding("not-read", Severity.WARNING, f"not all was read: {where}{item.reason}", (), do=do)


def _matches(path: str, globs: Sequence[str]) -> bool:
    return any(fnmatch.fnmatchcase(path, glob) or path.startswith(glob.rstrip("/") + "/") for glob in globs)


def _run(detector: Detector, files: Files) -> Iterator[Fact | Finding]:
    try:
        yield from detector.detect(files)
    except Exception as error:  # noqa: BLE001 - one detector's fault must not hide what others found: a finding says it
        sentence = f"the detector {detector.module} stopped with {type(error).__name__}: {error}"
        yield Finding("not-analysed", Severity.WARNING, sentence, (), do="report this as a bug")
