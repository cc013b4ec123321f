"""The order in which services start, from what depends on what. Knows neither Compose nor Kubernetes."""

from collections.abc import Mapping, Sequence
from graphlib import CycleError, TopologicalSorter
from itertools import pairwise

from releasekit.facts.model import Fact, Finding, Severity

# What says that one thing comes before another: the service needs, or comes after, what is named
_KINDS = ("depends_on", "order_after")
_LOOSE = "service_started"


def start_order(facts: Sequence[Fact]) -> tuple[tuple[tuple[str, ...], ...], tuple[Finding, ...]]:
    """Waves of services, each in the order of the facts, and a finding for each cycle.

    Every service is in a wave. A cycle is broken where least is asked for, so that the rest still has its order.
    """
    names = list(dict.fromkeys(fact.name for fact in facts if fact.kind == "service"))
    edges: dict[tuple[str, str], Fact] = {}
    for fact in facts:
        if fact.kind in _KINDS and fact.service in names and fact.name in names:
            edges.setdefault((str(fact.service), fact.name), fact)
    found: list[Finding] = []
    while True:
        sorter = TopologicalSorter(_graph(names, edges))
        try:
            sorter.prepare()
        except CycleError as error:
            ring = list(error.args[1])
            steps = [(after, before) for before, after in pairwise(ring)]
            found.append(_finding([edges[step] for step in steps if step in edges]))
            del edges[min((step for step in steps if step in edges), key=lambda step: _hold(edges[step]))]
            continue
        return _waves(sorter, names), tuple(found)


def _graph(names: Sequence[str], edges: Mapping[tuple[str, str], Fact]) -> dict[str, list[str]]:
    graph: dict[str, list[str]] = {name: [] for name in names}
    for service, first in edges:
        graph[service].append(first)
    return graph


def _hold(fact: Fact) -> bool:
    return fact.kind == "depends_on" and fact.value != _LOOSE


def _waves(sorter: "TopologicalSorter[str]", names: Sequence[str]) -> tuple[tuple[str, ...], ...]:
    place = {name: number for number, name in enumerate(names)}
    waves: list[tuple[str, ...]] = []
    while sorter.is_active():
        ready = sorter.get_ready()
        waves.append(tuple(sorted(ready, key=place.__getitem__)))
        sorter.done(*ready)
    return tuple(waves)


def _finding(ring: Sequence[Fact]) -> Finding:
    if len(ring) == 1:
        sentence = f"{ring[0].service} depends on itself"
    else:
        sentence = "these wait for each other: " + ", ".join(f"{fact.service} for {fact.name}" for fact in ring)
    places = tuple(fact.source for fact in ring)
    do = "take one of these dependencies out: the order of the rest is as if the weakest were gone"
    return Finding("cycle", Severity.RISK, sentence, places, ring[0].service if ring else None, do)
