"""What a probe is given: one item, and what this release expects. Asks nobody and judges nothing."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from releasekit.facts.change import Change
from releasekit.facts.model import Analysis
from releasekit.parameters.model import Parameters
from releasekit.probes.evidence import Series, Verdict


@dataclass(frozen=True, slots=True)
class Happened:
    """An event of the run so far: what happened (``item.noted``), at which item, when (UTC), by whom, with what."""

    kind: str
    item: str
    at: datetime
    by: str
    data: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Request:
    """The expectation of one release, as far as probes need it.

    ``folder`` is where relative paths of the parameters start; ``repository`` the analysed folder; ``candidate`` and
    ``running`` are full commit hashes, "" when unknown; the tags are "" when the commits have none. ``now`` is a clock
    (UTC) and ``environ`` the environment in which secrets are resolved, both arguments so that tests give their own.
    ``log`` is what happened in the run so far, () for a plan that no run has opened.
    """

    item: str
    parameters: Parameters
    folder: Path
    repository: Path
    version: str
    candidate: str
    candidate_tag: str
    running: str
    running_tag: str
    change: Change
    analysis: Analysis
    now: Callable[[], datetime]
    environ: Mapping[str, str]
    log: tuple[Happened, ...] = ()


@dataclass(frozen=True, slots=True)
class Judgement:
    """A verdict with its sentence, before it is known when it was made and how long it took."""

    verdict: Verdict
    sentence: str
    source: str = ""
    commit: str | None = None
    next: str = ""
    sha256: str = ""
    series: tuple[Series, ...] = ()


def unknown(sentence: str, then: str = "", source: str = "") -> Judgement:
    """No evidence, with the reason and what would give some."""
    return Judgement(Verdict.UNKNOWN, sentence, source, None, then)


def facts(sentence: str, source: str = "", then: str = "", sha256: str = "") -> Judgement:
    """Facts for a person, who decides: no verdict, whatever they say."""
    return Judgement(Verdict.UNKNOWN, sentence, source, None, then or "a person confirms it", sha256)


def short(sha: str) -> str:
    """A commit as people read it."""
    return sha[:10]


def same_commit(named: str, sha: str) -> bool:
    """Whether an abbreviated or full hash names this commit; at least seven digits must agree."""
    named = named.lower().strip()
    return len(named) >= 7 and len(sha) >= 7 and (sha.lower().startswith(named) or named.startswith(sha.lower()))
