"""Samples before and after a deployment, and criteria, to a verdict with the sentence that says why."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from releasekit.metrics.criteria import Criterion, parse


class Outcome(StrEnum):
    """No data, and criteria that need a baseline that is not there, are ``unknown``; never ``pass``."""

    PASS = "pass"  # noqa: S105 - an outcome
    WARN = "warn"
    FAIL = "fail"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Objective:
    """A metric with its criteria. ``passes`` must all hold to pass; one of ``fails`` that holds is a failure.

    What does neither is a warning. ``minimum`` is the least number of samples that count as evidence.
    """

    name: str
    passes: tuple[Criterion, ...]
    fails: tuple[Criterion, ...] = ()
    unit: str = ""
    minimum: int = 1


@dataclass(frozen=True, slots=True)
class Judged:
    """The verdict on one objective: mean ``now`` and ``baseline`` over their windows, in the metric's unit."""

    objective: Objective
    outcome: Outcome
    sentence: str
    now: float | None = None
    baseline: float | None = None

    @property
    def change(self) -> float | None:
        """Relative change in percent; None without both values or with a baseline of zero."""
        if self.now is None or not self.baseline:
            return None
        return (self.now - self.baseline) / abs(self.baseline) * 100


def objective(
    name: str, passes: Sequence[str], fails: Sequence[str] = (), unit: str = "", minimum: int = 1
) -> Objective:
    """An objective from criteria as people write them. Raises InputError for one that cannot be read."""
    return Objective(name, tuple(map(parse, passes)), tuple(map(parse, fails)), unit, minimum)


def judge(objective: Objective, now: Sequence[float], baseline: Sequence[float] = ()) -> Judged:
    """Judge the mean of ``now`` against criteria, relative ones against the mean of ``baseline``.

    NaN and infinite samples are no data. The sentence names the criterion that decided.
    """
    current, before = _mean(now), _mean(baseline)
    counted = sum(1 for value in now if math.isfinite(value))
    if current is None:
        return Judged(objective, Outcome.UNKNOWN, f"{objective.name}: no data in the window", None, before)
    if counted < objective.minimum:
        sentence = f"{objective.name}: {counted} samples, fewer than the {objective.minimum} that count as evidence"
        return Judged(objective, Outcome.UNKNOWN, sentence, current, before)
    shown = _shown(current, before, objective.unit)
    for criterion in objective.fails:
        if criterion.holds(current, before):
            return Judged(
                objective, Outcome.FAIL, f"{objective.name}: {shown}, which is {criterion.text}", current, before
            )
    held = [(criterion, criterion.holds(current, before)) for criterion in (*objective.passes, *objective.fails)]
    for criterion, holds in held:
        if holds is None:
            sentence = f"{objective.name}: {shown}; {criterion.text} needs a baseline, and there is none"
            return Judged(objective, Outcome.UNKNOWN, sentence, current, before)
    for criterion in objective.passes:
        if not criterion.holds(current, before):
            outcome = Outcome.WARN if objective.fails else Outcome.FAIL
            return Judged(objective, outcome, f"{objective.name}: {shown}, not {criterion.text}", current, before)
    wanted = " and ".join(criterion.text for criterion in objective.passes)
    if not wanted and not objective.fails:
        sentence = f"{objective.name}: {shown}; no criterion is given, so a person decides"
        return Judged(objective, Outcome.UNKNOWN, sentence, current, before)
    return Judged(
        objective, Outcome.PASS, f"{objective.name}: {shown}" + (f", {wanted}" if wanted else ""), current, before
    )


def _mean(values: Sequence[float]) -> float | None:
    finite = [value for value in values if math.isfinite(value)]
    return math.fsum(finite) / len(finite) if finite else None


def _shown(now: float, before: float | None, unit: str) -> str:
    suffix = f" {unit}" if unit else ""
    if before is None:
        return f"{now:.4g}{suffix}"
    change = f" ({(now - before) / abs(before):+.0%})" if before else ""
    return f"{now:.4g}{suffix} against {before:.4g}{suffix} before{change}"
