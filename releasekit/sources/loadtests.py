"""Reports of performance tests, told apart by content: k6 in its three shapes, pytest-benchmark. Judges nothing.

k6: what `handleSummary` gets (``thresholds.<expression>.ok``); `--summary-export`, whose boolean is true when the
threshold was *crossed* (grafana/k6 #1498); and the machine-readable summary (grafana/k6-summary, schema 1.0.0), which
is written with or without ``results.passed``, and never with thresholds.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic import Field

from releasekit.errors import SourceError
from releasekit.sources.strictjson import Loose, keys, load, shaped


@dataclass(frozen=True, slots=True)
class LoadTest:
    """One report. ``thresholds`` are (what was required, whether it held); ``checks`` (name, passes, fails).

    ``ran`` counts requests, iterations or rounds; ``shown`` is what was measured, in words. ``silent`` is True when the
    report's shape cannot say whether thresholds held.
    """

    tool: str
    thresholds: tuple[tuple[str, bool], ...] = ()
    checks: tuple[tuple[str, int, int], ...] = ()
    ran: int = 0
    shown: str = ""
    commit: str | None = None
    made: datetime | None = None
    dirty: bool = False
    silent: bool = False


def read(raw: bytes, name: str) -> LoadTest:
    """Read one report. Raises SourceError for what is none of the known shapes, or is broken."""
    data = load(raw, name)
    top = keys(data)
    if "benchmarks" in top and "machine_info" in top:
        return _benchmark(data, name)
    if "results" in top and "metadata" in top:
        return _machine_readable(data, name)
    if "metrics" in top:
        return _summary(data, name)
    raise SourceError("no known report: neither k6's nor pytest-benchmark's", name, "check the glob")


class _Check(Loose):
    name: str = "unnamed"
    passes: int = 0
    fails: int = 0


class _Group(Loose):
    checks: dict[str, _Check] | list[_Check] = Field(default_factory=list)
    groups: dict[str, "_Group"] | list["_Group"] = Field(default_factory=list)


class _Summary(Loose):
    metrics: dict[str, dict[str, Any]]
    root_group: _Group = Field(default_factory=_Group)
    commit: str = ""


def _summary(data: object, name: str) -> LoadTest:
    """`handleSummary` or `--summary-export`. A ``commit`` at the top is a thing that scripts add themselves."""
    summary = shaped(_Summary, data, name, "a summary of k6")
    thresholds = []
    for metric, found in summary.metrics.items():
        stated = found.get("thresholds", {})
        if not isinstance(stated, dict):
            raise SourceError(f"the thresholds of {metric} are no mapping", name, "check what wrote it")
        for expression, result in stated.items():
            thresholds.append((f"{metric} {expression}", _held(result, name)))
    values = {metric: _values(found) for metric, found in summary.metrics.items()}
    return _k6(values, tuple(thresholds), tuple(_checks(summary.root_group)), summary.commit or None)


def _held(result: object, name: str) -> bool:
    if isinstance(result, bool):  # --summary-export: true means crossed
        return not result
    if isinstance(result, dict) and isinstance(result.get("ok"), bool):
        return bool(result["ok"])
    raise SourceError("a threshold without a result", name, "check what wrote it")


def _checks(group: _Group) -> Iterator[tuple[str, int, int]]:
    checks = group.checks.values() if isinstance(group.checks, dict) else group.checks
    groups = group.groups.values() if isinstance(group.groups, dict) else group.groups
    for check in checks:
        yield check.name, check.passes, check.fails
    for inner in groups:
        yield from _checks(inner)


class _Metadata(Loose):
    generatedAt: datetime | None = None


class _Metric(Loose):
    name: str
    values: dict[str, Any] = Field(default_factory=dict)


class _MachineChecks(Loose):
    results: list[_Check] | None = None


class _Results(Loose):
    passed: bool | None = None
    metrics: list[_Metric] = Field(default_factory=list)
    checks: _MachineChecks = Field(default_factory=_MachineChecks)


class _MachineReadable(Loose):
    metadata: _Metadata
    results: _Results


def _machine_readable(data: object, name: str) -> LoadTest:
    summary = shaped(_MachineReadable, data, name, "a machine-readable summary of k6")
    results = summary.results
    passed = () if results.passed is None else (("all that the script requires", results.passed),)
    checks = tuple((check.name, check.passes, check.fails) for check in results.checks.results or ())
    values = {metric.name: _numbers(metric.values) for metric in results.metrics}
    return _k6(values, passed, checks, None, summary.metadata.generatedAt, silent=results.passed is None)


def _k6(
    values: dict[str, dict[str, float]],
    thresholds: tuple[tuple[str, bool], ...],
    checks: tuple[tuple[str, int, int], ...],
    commit: str | None,
    made: datetime | None = None,
    *,
    silent: bool = False,
) -> LoadTest:
    requests, iterations = (values.get(metric, {}).get("count", 0) for metric in ("http_reqs", "iterations"))
    duration, failed = values.get("http_req_duration", {}), values.get("http_req_failed", {})
    shown = [f"{requests:.0f} requests"] if requests else [f"{iterations:.0f} iterations"]
    shown += [f"p95 {duration['p(95)']:.4g} ms"] if "p(95)" in duration else []
    rate = failed.get("rate", failed.get("value"))
    shown += [f"{rate:.2%} failed"] if rate is not None else []
    return LoadTest(
        "k6", thresholds, checks, int(requests or iterations), ", ".join(shown), commit, made, silent=silent
    )


def _values(metric: dict[str, Any]) -> dict[str, float]:
    inner = metric.get("values")
    return _numbers(inner if isinstance(inner, dict) else metric)


def _numbers(values: dict[str, Any]) -> dict[str, float]:
    return {
        key: float(value)
        for key, value in values.items()
        if isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
    }


class _CommitInfo(Loose):
    id: str = ""
    dirty: bool = False


class _Stats(Loose):
    rounds: int = 0
    median: float = 0.0


class _Benchmark(Loose):
    fullname: str = "unnamed"
    stats: _Stats = Field(default_factory=_Stats)


class _Benchmarks(Loose):
    benchmarks: list[_Benchmark]
    commit_info: _CommitInfo = Field(default_factory=_CommitInfo)
    made: datetime | None = Field(default=None, alias="datetime")


def _benchmark(data: object, name: str) -> LoadTest:
    """pytest-benchmark's JSON: it measures and requires nothing; it names the commit and says if the tree was clean."""
    report = shaped(_Benchmarks, data, name, "a report of pytest-benchmark")
    slowest = max(report.benchmarks, key=lambda one: one.stats.median, default=None)
    shown = f"{len(report.benchmarks)} benchmarks"
    if slowest:
        shown += f", the slowest {slowest.fullname} with a median of {slowest.stats.median * 1000:.4g} ms"
    return LoadTest(
        "pytest-benchmark",
        ran=sum(one.stats.rounds for one in report.benchmarks),
        shown=shown,
        commit=report.commit_info.id or None,
        made=report.made,
        dirty=report.commit_info.dirty,
    )
