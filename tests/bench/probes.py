"""All probes of the example service at once, beside one after the other, and beside the slowest alone: the floor."""

import os
import time
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from releasekit.checklist.model import Applies
from releasekit.demo.layout import lay_out, write_parameters
from releasekit.parameters.reading import read
from releasekit.plan.compose import compose, locate, request
from releasekit.probes.collect import collect
from releasekit.probes.request import Request
from releasekit.record.resources import find
from tests.bench.clock import rounds
from tests.probes.serving import site

ROUNDS = 5
# what an answer of a service elsewhere takes
DELAY = 0.2


def measure(folder: Path) -> dict[str, Any]:
    """Seconds of each way to ask, and how many times the floor asking at once takes."""
    loaded = read(write_parameters(lay_out(folder), find("parameters")))
    with site(delay=DELAY) as shop:
        shop.answers("/health", {"version": loaded.parameters.application.version})
        configuration = loaded.parameters.configuration.model_copy(
            update={"endpoints": {"health": f"{shop.address}/health"}, "people": ()}
        )
        parameters = loaded.parameters.model_copy(update={"configuration": configuration})
        plan = compose(parameters, loaded.folder)
        given = request(plan, locate(parameters, loaded.folder), lambda: datetime.now(UTC), os.environ)
        pairs = [
            (item.id, item.probe)
            for item in plan.checklist.items
            if item.probe and item.applies not in (Applies.NO, Applies.REMOVED)
        ]
        alone = {pair: _asked([pair], given) for pair in pairs}
        slowest = max(alone, key=lambda pair: alone[pair])
        taken = rounds(
            ROUNDS,
            {
                "at once": lambda _turn: _asked(pairs, given),
                "one after the other": lambda _turn: sum(_asked([pair], given) for pair in pairs),
                "the slowest alone": lambda _turn: _asked([slowest], given),
            },
        )
    ratio = round(taken["at once"] / taken["the slowest alone"], 2)
    return {"probes": len(pairs), "slowest": slowest[1], "seconds": taken, "times the slowest": ratio}


def _asked(pairs: Iterable[tuple[str, str]], given: Request) -> float:
    start = time.perf_counter()
    for _ in collect(pairs, given):
        pass
    return time.perf_counter() - start
