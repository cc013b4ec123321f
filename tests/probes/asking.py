"""What probes' tests ask with: a request for version 2.4.0 at a commit of c's, with its parameters and its files."""

import json
import os
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any

from releasekit.facts.change import Change
from releasekit.facts.model import Analysis
from releasekit.parameters.reading import validate
from releasekit.probes.collect import collect
from releasekit.probes.evidence import Evidence
from releasekit.probes.request import Happened, Request

CANDIDATE = "c" * 40
OTHER = "d" * 40
NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
FRESH = "2026-11-23T09:00:00Z"
STALE = "2026-11-01T09:00:00Z"


def request(
    folder: Path,
    configuration: Mapping[str, Any] | None = None,
    *,
    candidate: str = CANDIDATE,
    running: str = "b" * 40,
    change: Change | None = None,
    analysis: Analysis | None = None,
    environ: Mapping[str, str] | None = None,
    now: datetime = NOW,
    application: Mapping[str, Any] | None = None,
    log: tuple[Happened, ...] = (),
) -> Request:
    """A request whose relative paths start at ``folder``."""
    about = {"name": "shop", "repository": ".", "version": "2.4.0", **(application or {})}
    return Request(
        item="",
        parameters=validate({"application": about, "configuration": configuration or {}}),
        folder=folder,
        repository=folder,
        version="2.4.0",
        candidate=candidate,
        candidate_tag="",
        running=running,
        running_tag="v2.3.1" if running else "",
        change=change or Change(),
        analysis=analysis or Analysis(),
        now=lambda: now,
        environ=MappingProxyType(dict(environ or {})),
        log=log,
    )


def happened(kind: str, at: str, item: str = "item", by: str = "grace", **data: object) -> Happened:
    """An event of the run; ``at`` is a time of the day of NOW."""
    return Happened(kind, item, datetime.fromisoformat(f"{NOW:%Y-%m-%d}T{at}:00+00:00"), by, data)


def ask(name: str, asked: Request) -> Evidence:
    """What the probe of this name says, asked as a run asks it."""
    (evidence,) = collect([("item", name)], asked)
    return evidence


def leave(folder: Path, name: str, content: object, *, modified: datetime = NOW) -> Path:
    """A file that CI left: bytes and text as they are, anything else as JSON."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    if not isinstance(content, bytes):
        content = (content if isinstance(content, str) else json.dumps(content)).encode()
    path.write_bytes(content)
    os.utime(path, (modified.timestamp(), modified.timestamp()))
    return path
