"""How often the tests that repeat something do so: few times on every change, many times for `make prove`.

The one place with these numbers; what the README promises about kills and races is the `proof` column.
"""

import os
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Count:
    """Repetitions of one thing: `few` on every change, `proof` for `make prove`."""

    few: int
    proof: int


COUNTS = {
    "store.kills": Count(few=12, proof=300),  # processes killed while they write events
    "store.kills.postgresql": Count(few=8, proof=100),  # the same, with the events in PostgreSQL
    "store.crashes": Count(few=1, proof=10),  # PostgreSQL servers that crash under their writers
    "store.acks": Count(few=20, proof=1000),  # events whose way to the disk is watched
    "store.items": Count(few=5, proof=150),  # items that each of 16 writers ticks
    "people.cases": Count(few=100, proof=1000),  # random people, roles, aliases and keys against the oracle
    "store.races": Count(few=20, proof=300),  # rounds in which four processes want the same item
    "archive.edits": Count(few=60, proof=1500),  # single bytes changed in a bundle
    "archive.payloads": Count(few=20, proof=200),  # hostile texts, each in eight places of a record
    "steps.kills": Count(few=6, proof=100),  # runs killed around the start of a command
    "record.kills": Count(few=2, proof=25),  # kernels, and processes, killed or stopped while a notebook is executed
    "views.ticks": Count(few=10, proof=50),  # boxes ticked in a browser while kernels are killed
    "views.items": Count(few=3, proof=62),  # items of each phase that are settled by hand in a browser
    "views.kills": Count(few=2, proof=20),  # kernels killed around a click
    "batch.kills": Count(few=2, proof=50),  # batches killed at any moment, then resumed
    "batch.services": Count(few=6, proof=200),  # services of such a batch
    "batch.folder": Count(few=8, proof=200),  # services of a folder in which one file is broken
    "disk.sizes": Count(few=4, proof=64),  # amounts of free space at which the disk is full
    "syntax.mutations": Count(few=150, proof=2000),  # damaged texts for each reader
    "reports.mutations": Count(few=100, proof=2000),  # damaged reports for each format that CI leaves
    "hypothesis.examples": Count(few=50, proof=2000),  # random inputs of each property
}


def proving() -> bool:
    """Whether this is `make prove`."""
    return os.environ.get("RELEASEKIT_PROVE", "") not in ("", "0")


def count(name: str) -> int:
    """How many repetitions of `name` this time; KeyError for a name that is not in the table."""
    counts = COUNTS[name]
    return counts.proof if proving() else counts.few
