"""Objectives against samples before and after the deployment, from CSV or Prometheus."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from math import fsum, isfinite

from releasekit.errors import SourceError
from releasekit.metrics.judge import Judged, Outcome, judge, objective
from releasekit.metrics.table import COLUMNS, rows
from releasekit.parameters.model import Metrics, Objective
from releasekit.parameters.values import seconds
from releasekit.probes.evidence import POINTS, Series, Verdict
from releasekit.probes.judges.monitoring import reach
from releasekit.probes.request import Judgement, Request, unknown
from releasekit.sources import prometheus
from releasekit.sources.files import matching
from releasekit.sources.samples import Sample, Windows, from_csv, split

NONE = "no metrics are configured"
LINE = "give configuration.metrics a csv file or a Prometheus address, and objectives"
_SETTLED = timedelta(minutes=1)  # of samples since the deployment, before Prometheus is asked for them


def within_range(request: Request) -> Judgement:
    """All objectives under ``metrics.objectives``, now against the baseline before the deployment.

    Once the run entered deploy, now begins there at the earliest, and the baseline ends there. pass: all pass. warn:
    one neither passes nor fails. fail: one fails. unknown: one has no data (none since the deployment) or no baseline.
    """
    return _worst(request, {Outcome.PASS: Verdict.PASS, Outcome.WARN: Verdict.WARN, Outcome.FAIL: Verdict.FAIL})


def degraded(request: Request) -> Judgement:
    """The rollback trigger: fired when one of the objectives fails.

    fail: one does. pass (clear): none does. unknown: as for the objectives themselves.
    """
    return _worst(request, {Outcome.PASS: Verdict.PASS, Outcome.WARN: Verdict.PASS, Outcome.FAIL: Verdict.FAIL})


@dataclass(frozen=True, slots=True)
class Measured:
    """An objective judged, and the samples that were asked for; none where there is no data."""

    judged: Judged
    baseline: tuple[Sample, ...] = ()
    now: tuple[Sample, ...] = ()


def measured(request: Request) -> tuple[Measured, ...]:
    """Each objective judged, in the parameter file's order; () when none is configured.

    Raises SourceError when the source as a whole cannot be read; one objective without data is unknown by itself.
    """
    metrics = request.parameters.configuration.metrics
    samples = _csv(request, metrics) if metrics.csv else {}
    return tuple(_one(request, metrics, wanted, samples) for wanted in metrics.objectives)


def series(one: Measured) -> Series:
    """What is kept of an objective's course, and drawn: at most POINTS values, each the mean of what it stands for."""
    parts = [[sample for sample in part if isfinite(sample.value)] for part in (one.baseline, one.now)]
    whole = [*parts[0], *parts[1]]
    share = [len(part) * POINTS // max(POINTS, len(whole)) for part in parts]
    before, after = (_means([sample.value for sample in part], most) for part, most in zip(parts, share, strict=True))
    (row,) = rows([one.judged])
    rule = one.judged.objective
    limits = {criterion.limit(one.judged.baseline) for criterion in (*rule.passes, *rule.fails)} - {None}
    return Series(
        rule.name,
        str(one.judged.outcome),
        one.judged.sentence,
        str(row[COLUMNS.index("criteria")]),
        rule.unit,
        one.judged.now,
        one.judged.baseline,
        (*before, *after),
        len(before),
        tuple(sorted(_short(limit) for limit in limits if limit is not None)),
        whole[0].at.isoformat() if whole else "",
        whole[-1].at.isoformat() if whole else "",
    )


def _means(values: Sequence[float], most: int) -> tuple[float, ...]:
    """The values, or ``most`` means of neighbours."""
    if len(values) <= max(1, most):
        return tuple(map(_short, values))
    edges = [len(values) * at // max(1, most) for at in range(max(1, most) + 1)]
    return tuple(_short(fsum(values[start:end]) / (end - start)) for start, end in pairwise(edges))


def _short(value: float) -> float:
    return float(f"{value:.6g}")


def _worst(request: Request, verdicts: Mapping[Outcome, Verdict]) -> Judgement:
    metrics = request.parameters.configuration.metrics
    if not metrics.objectives or not (metrics.csv or metrics.prometheus):
        return unknown(NONE, LINE)
    source = metrics.csv or metrics.prometheus or ""
    try:
        found = measured(request)
    except SourceError as error:
        problem = error.problems[0]
        return unknown(f"{problem.where}: {problem.what}", problem.do, source)
    judged, kept = [one.judged for one in found], tuple(map(series, found))
    for outcome in (Outcome.FAIL, Outcome.UNKNOWN, Outcome.WARN):
        hit = [row for row in judged if row.outcome is outcome]
        if hit:
            then = {Outcome.FAIL: "consider rolling back", Outcome.UNKNOWN: "see why there is no data"}
            return Judgement(
                verdicts.get(outcome, Verdict.UNKNOWN),
                "; ".join(row.sentence for row in hit),
                source,
                None,
                then.get(outcome, "watch it"),
                series=kept,
            )
    said = "; ".join(row.sentence for row in judged)
    return Judgement(verdicts[Outcome.PASS], said, source, series=kept)


def _one(request: Request, metrics: Metrics, wanted: Objective, samples: Mapping[str, tuple[Sample, ...]]) -> Measured:
    rule = objective(wanted.name, wanted.passes, wanted.fails, wanted.unit, wanted.minimum)
    try:
        windows = _windows(request, metrics, wanted, samples)
    except SourceError as error:
        return Measured(Judged(rule, Outcome.UNKNOWN, f"{wanted.name}: {error.problems[0].what}"))
    now, before = ([sample.value for sample in part] for part in (windows.now, windows.baseline))
    return Measured(judge(rule, now, before), windows.baseline, windows.now)


def _windows(
    request: Request, metrics: Metrics, wanted: Objective, samples: Mapping[str, tuple[Sample, ...]]
) -> Windows:
    now, baseline = timedelta(seconds=seconds(metrics.now)), timedelta(seconds=seconds(metrics.baseline))
    deployed = _deployed(request)
    if wanted.metric and metrics.csv:
        windows = split(samples.get(wanted.metric, ()), now, baseline, deployed)
        limit = request.parameters.configuration.freshness
        if windows.end and request.now() - windows.end > timedelta(seconds=seconds(limit)):
            raise SourceError(f"its newest sample is of {windows.end:%Y-%m-%d}, older than {limit}")
        if windows.end and deployed and windows.end <= deployed:
            raise _before_deploy(f"its newest sample is of {windows.end:%Y-%m-%d %H:%M:%S} UTC", deployed)
        return windows
    if not wanted.query or not metrics.prometheus:
        raise SourceError("its source is not configured", do=LINE)
    server = reach(request)
    end = request.now()
    if deployed and deployed > end - min(_SETTLED, now):
        raise _before_deploy(f"there is less than a minute of samples at {end:%H:%M:%S} UTC", deployed)
    begin, until = (max(end - now, deployed), deployed) if deployed else (end - now, end - now)
    after = prometheus.query_range(server, wanted.query, end, end - begin)
    before = prometheus.query_range(server, wanted.query, until, baseline)
    stale = end - after[-1].at > timedelta(minutes=5) if after else False
    if stale:
        raise SourceError(f"its newest sample is of {after[-1].at:%H:%M:%S} UTC, older than 5 minutes")
    return Windows(before, after, end)


def _deployed(request: Request) -> datetime | None:
    """When the run entered deploy; None while it has not: what was measured before says nothing of the new version."""
    moments = (one.at for one in request.log if one.kind == "phase.entered" and one.data.get("phase") == "deploy")
    return next(moments, None)


def _before_deploy(what: str, deployed: datetime) -> SourceError:
    return SourceError(f"{what}: the deployment began at {deployed:%Y-%m-%d %H:%M:%S} UTC", do="measure again after it")


def _csv(request: Request, metrics: Metrics) -> Mapping[str, tuple[Sample, ...]]:
    files = matching(request.folder, [metrics.csv or ""])
    if not files:
        raise SourceError("is not there", metrics.csv or "", "export the samples, or mend configuration.metrics.csv")
    return from_csv(files[0])
