"""Criteria as people write them: ``<600``, ``<=+10%``. Knows numbers and baselines; knows no source of samples.

The form is that of Keptn's service level objectives (keptn/spec, service_level_objective.md): a sign or a percent makes
a criterion relative to the baseline, anything else is absolute.
"""

import re
from dataclasses import dataclass

from releasekit.errors import InputError

_FORM = re.compile(
    r"\s*(?P<op><=|>=|<|>|=)\s*(?P<sign>[+-]?)(?P<number>\d+(?:\.\d+)?(?:[eE][-+]?\d+)?)\s*(?P<percent>%?)\s*"
)


@dataclass(frozen=True, slots=True)
class Criterion:
    """``value op bound``; ``relative`` bounds are a change against the baseline, in percent or in the metric's unit."""

    text: str
    op: str
    bound: float
    relative: bool
    percent: bool

    def limit(self, baseline: float | None) -> float | None:
        """The number that the value is compared with; None when a baseline is needed and there is none."""
        if not self.relative:
            return self.bound
        if baseline is None:
            return None
        return baseline * (1 + self.bound / 100) if self.percent else baseline + self.bound

    def holds(self, value: float, baseline: float | None) -> bool | None:
        """Whether the value meets the criterion; None when that cannot be known without a baseline."""
        limit = self.limit(baseline)
        if limit is None:
            return None
        return {
            "<": value < limit,
            "<=": value <= limit,
            ">": value > limit,
            ">=": value >= limit,
            "=": value == limit,
        }[self.op]


def parse(text: str) -> Criterion:
    """Read one criterion. Raises InputError that shows the form."""
    match = _FORM.fullmatch(text)
    if not match:
        raise InputError(f"{text!r} is not a criterion", do="write it as <600, <=0.01, <=+10% or >=-5%")
    sign = -1.0 if match["sign"] == "-" else 1.0
    percent = bool(match["percent"])
    return Criterion(text.strip(), match["op"], sign * float(match["number"]), percent or bool(match["sign"]), percent)
