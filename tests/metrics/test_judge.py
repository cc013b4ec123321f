import math

import pytest

from releasekit.errors import InputError
from releasekit.metrics.criteria import parse
from releasekit.metrics.judge import Outcome, judge, objective


@pytest.mark.parametrize(
    ("text", "value", "baseline", "holds"),
    [
        ("<600", 599, None, True),
        ("<600", 600, None, False),
        ("<=+10%", 110, 100, True),
        ("<=+10%", 110.1, 100, False),
        (">=-5%", 94, 100, False),
        ("<+0.01", 0.019, 0.01, True),
        ("<=+10%", 1, None, None),
    ],
)
def test_a_criterion_is_absolute_or_relative_to_the_baseline(
    text: str, value: float, baseline: float | None, holds: bool | None
) -> None:
    assert parse(text).holds(value, baseline) is holds


@pytest.mark.parametrize("text", ["", "600", "<", "< ten", "<=10%%", "=>5"])
def test_what_is_no_criterion_is_refused_with_the_form(text: str) -> None:
    with pytest.raises(InputError, match="write it as <600"):
        parse(text)


def test_no_data_and_nan_are_unknown_and_never_green() -> None:
    wanted = objective("errors", ["<1"])
    assert judge(wanted, []).outcome is Outcome.UNKNOWN
    assert judge(wanted, [math.nan, math.inf]).outcome is Outcome.UNKNOWN


def test_a_relative_criterion_without_a_baseline_is_unknown() -> None:
    assert judge(objective("latency", ["<=+10%"]), [1.0]).outcome is Outcome.UNKNOWN
    assert judge(objective("latency", ["<2"], [">+50%"]), [1.0]).outcome is Outcome.UNKNOWN


def test_degradation_beyond_fifty_percent_fails_and_the_sentence_names_the_criterion() -> None:
    judged = judge(objective("p95", ["<=+10%"], [">+50%"], unit="s"), [0.16], [0.1])
    assert judged.outcome is Outcome.FAIL
    assert judged.sentence == "p95: 0.16 s against 0.1 s before (+60%), which is >+50%"


def test_between_pass_and_fail_is_a_warning() -> None:
    assert judge(objective("p95", ["<=+10%"], [">+50%"]), [0.12], [0.1]).outcome is Outcome.WARN


def test_fewer_samples_than_the_minimum_are_no_evidence() -> None:
    assert judge(objective("p95", ["<1"], minimum=3), [0.1, 0.1]).outcome is Outcome.UNKNOWN


def test_a_metric_without_criteria_is_left_to_a_person() -> None:
    assert judge(objective("requests", []), [5.0]).outcome is Outcome.UNKNOWN
