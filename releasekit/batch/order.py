"""The order across services: providers before consumers, those that need each other named. Knows names alone."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from graphlib import CycleError, TopologicalSorter

from releasekit.document.board import Row


def ordered(rows: Sequence[Row]) -> tuple[tuple[Row, ...], tuple[tuple[str, ...], ...]]:
    """The rows with what they need among each other and their wave, and the cycles.

    A row needs the service that it names itself, or whose host it calls. Services that need each other share a wave:
    the needs that close a circle are left out of the order, and stay named.
    """
    owner = {name: row.service for row in rows for name in (*row.hosts, row.service)}
    needs = {row.service: set[str]() for row in rows}
    for row in rows:
        needs[row.service] |= {owner[name] for name in _names(row.needs) if name in owner} - {row.service}
    straight, cycles = _without_circles(needs)
    wave_of = _waves(straight)
    found = tuple(
        replace(row, needs=tuple(sorted(needs[row.service])), wave=wave_of[row.service] if len(needs) > 1 else 0)
        for row in rows
    )
    return found, cycles


def _names(named: Sequence[str]) -> set[str]:
    """A host, and what it is called within a cluster: ``orders`` of ``orders.shop.svc.cluster.local``."""
    return {*named, *(name.partition(".")[0] for name in named if ".svc" in name)}


def _without_circles(
    needs: Mapping[str, set[str]],
) -> tuple[dict[str, set[str]], tuple[tuple[str, ...], ...]]:
    left = {name: set(them) for name, them in needs.items()}
    cycles: list[tuple[str, ...]] = []
    while True:
        try:
            TopologicalSorter(left).prepare()
        except CycleError as error:
            circle = set(error.args[1])
            cycles.append(tuple(sorted(circle)))
            for name in circle:
                left[name] -= circle
        else:
            return left, tuple(cycles)


def _waves(needs: Mapping[str, set[str]]) -> dict[str, int]:
    sorter = TopologicalSorter(needs)
    sorter.prepare()
    wave_of, wave = {}, 0
    while sorter.is_active():
        wave += 1
        ready = sorter.get_ready()
        wave_of.update(dict.fromkeys(ready, wave))
        sorter.done(*ready)
    return wave_of
