"""Cases of the matrix item x source x state: what evidence there is, and the verdict that it must give."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from releasekit.probes.evidence import Verdict
from releasekit.probes.request import Request
from tests.probes.serving import Site
from tests.run.postgresql import Server

STATES = ("good", "bad", "missing", "stale", "foreign", "broken")
GREEN = frozenset({Verdict.PASS, Verdict.WARN})


@dataclass(frozen=True, slots=True)
class World:
    """The servers that live cases talk to: HTTP, HTTPS by what is the matter with the chain, PostgreSQL."""

    site: Site
    secure: Mapping[str, Site]
    postgresql: Server


@dataclass(frozen=True, slots=True)
class Case:
    """One cell: a probe asked of one source in one state. ``arrange`` makes the evidence and the request."""

    probe: str
    source: str
    state: str
    verdict: Verdict
    arrange: Callable[[Path, World], Request]

    def __str__(self) -> str:
        return f"{self.probe} {self.source} {self.state}"
