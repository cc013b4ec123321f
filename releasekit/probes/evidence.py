"""What a probe or a person brought about one item. Knows no source."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from math import isfinite
from typing import Any


class Verdict(StrEnum):
    """``unknown`` means no evidence, or that the tool failed; it never turns green by itself."""

    PASS = "pass"  # noqa: S105 - a verdict
    WARN = "warn"
    FAIL = "fail"
    UNKNOWN = "unknown"


FACTS = "facts."


@dataclass(frozen=True, slots=True)
class Series:
    """An objective as it was measured, so that it can be drawn again: verdict, means, and the course of its values.

    ``values`` are finite, oldest first, in ``unit``, at most POINTS (each the mean of what it stands for); the first
    ``before`` of them are the baseline's. ``limits`` are the numbers that its criteria compare with. ``since`` and
    ``until`` (RFC 3339) are when its first and last value were taken, "" where there is none.
    """

    name: str
    outcome: str
    sentence: str
    criteria: str = ""
    unit: str = ""
    now: float | None = None
    baseline: float | None = None
    values: tuple[float, ...] = ()
    before: int = 0
    limits: tuple[float, ...] = ()
    since: str = ""
    until: str = ""


POINTS = 120


@dataclass(frozen=True, slots=True)
class Evidence:
    """A judgement about one item.

    ``sentence`` says what was found, in words; ``source`` where (a file, an address without secrets); ``commit`` what
    it is for, when the source says so; ``at`` when (RFC 3339, UTC), ``seconds`` how long it took; ``next`` what to do
    when it is not green; ``sha256`` the digest of the raw evidence; ``series`` what was measured, where it was.
    """

    item: str
    probe: str
    verdict: Verdict
    sentence: str
    source: str = ""
    commit: str | None = None
    at: str = ""
    seconds: float = 0.0
    next: str = ""
    sha256: str = ""
    series: tuple[Series, ...] = ()

    @property
    def decides(self) -> bool:
        """Whether it is a verdict. Facts for a person, of probes called ``facts.…``, never decide an item."""
        return not self.probe.startswith(FACTS)


def as_data(evidence: Evidence) -> dict[str, Any]:
    """The evidence as JSON data; without ``series`` where nothing was measured."""
    data = asdict(evidence)
    if not evidence.series:
        del data["series"]
    return data


def series_of(data: object) -> tuple[Series, ...]:
    """The series of JSON data; one that is of another form says nothing and is left out, for the verdict stands."""
    listed = data if isinstance(data, list | tuple) else ()
    return tuple(one for one in map(_series, listed) if one is not None)


def _series(data: object) -> Series | None:
    if not isinstance(data, Mapping):
        return None
    try:
        values, limits = (tuple(filter(isfinite, map(float, data.get(name, ())))) for name in ("values", "limits"))
        return Series(
            name=str(data["name"]),
            outcome=str(data["outcome"]),
            sentence=str(data["sentence"]),
            criteria=str(data.get("criteria", "")),
            unit=str(data.get("unit", "")),
            now=_number(data.get("now")),
            baseline=_number(data.get("baseline")),
            values=values,
            before=min(max(0, int(data.get("before", 0))), len(values)),
            limits=limits,
            since=str(data.get("since", "")),
            until=str(data.get("until", "")),
        )
    except (KeyError, TypeError, ValueError, OverflowError):
        return None


def _number(data: object) -> float | None:
    return float(data) if isinstance(data, int | float) and isfinite(data) else None
