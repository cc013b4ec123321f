"""Times commands, one after the other, in rounds, so that what the machine does besides falls on all of them."""

import os
import statistics
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path


def seconds(command: Sequence[str], cwd: Path) -> float:
    """Wall-clock seconds of one command. Raises CalledProcessError when it fails."""
    start = time.perf_counter()
    subprocess.run(command, cwd=cwd, check=True, capture_output=True, stdin=subprocess.DEVNULL, env=dict(os.environ))
    return time.perf_counter() - start


def rounds(number: int, contenders: Mapping[str, Callable[[int], float]]) -> dict[str, float]:
    """The median seconds of each contender over ``number`` rounds; each is given the round's number."""
    taken: dict[str, list[float]] = {name: [] for name in contenders}
    for turn in range(number):
        for name, run in contenders.items():
            taken[name].append(run(turn))
    return {name: round(statistics.median(found), 3) for name, found in taken.items()}
