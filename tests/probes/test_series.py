"""What was measured is kept with the evidence, small enough for a log and whole enough to be drawn again."""

import json
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path

import pytest

from releasekit.probes.evidence import POINTS, Evidence, Series, as_data, series_of
from tests.probes.asking import NOW, ask, request


def asked(folder: Path, minutes: int, *odd: str) -> Evidence:
    """Evidence on a sample a minute, slowly rising, with ``odd`` values among the last."""
    start = NOW - timedelta(minutes=minutes)
    values = [str(100 + at / 10) for at in range(minutes - len(odd))] + list(odd)
    rows = [f"{(start + timedelta(minutes=at)).isoformat()},p95,{value}\n" for at, value in enumerate(values)]
    (folder / "m.csv").write_text("time,metric,value\n" + "".join(rows))
    objective = {"name": "Latency", "metric": "p95", "unit": "ms", "pass": ["<=+10%", "<600"], "fail": ">+50%"}
    metrics = {"csv": "m.csv", "objectives": [objective], "now": "30m", "baseline": "24h"}
    return ask("metrics.objectives", request(folder, {"metrics": metrics}))


def test_a_short_course_is_kept_value_by_value_with_its_boundary_and_its_limits(tmp_path: Path) -> None:
    (one,) = asked(tmp_path, 60).series
    assert (one.name, one.unit, one.outcome, len(one.values)) == ("Latency", "ms", "pass", 60)
    assert one.values[:2] == (100.0, 100.1)
    assert 0 < one.before < 60
    assert one.baseline == pytest.approx(sum(one.values[: one.before]) / one.before)
    assert one.limits == (round(one.baseline * 1.1, 3), round(one.baseline * 1.5, 3), 600.0)
    assert one.criteria == "<=+10% and <600; fails at >+50%"
    assert (one.since, one.until) == ("2026-11-23T11:00:00+00:00", "2026-11-23T11:59:00+00:00")


def test_a_long_one_is_thinned_and_keeps_both_sides_and_their_means(tmp_path: Path) -> None:
    (one,) = asked(tmp_path, 1400).series
    assert len(one.values) <= POINTS
    assert one.baseline == pytest.approx(sum(one.values[: one.before]) / one.before, rel=1e-3)
    assert one.now == pytest.approx(sum(one.values[one.before :]) / (len(one.values) - one.before), rel=1e-3)
    assert len(json.dumps(asdict(one))) < 2000


def test_what_is_no_number_is_not_kept_for_a_log_has_none(tmp_path: Path) -> None:
    (one,) = asked(tmp_path, 60, "NaN", "Inf").series
    assert len(one.values) == 58
    assert series_of(json.loads(json.dumps([asdict(one)], allow_nan=False))) == (one,)


def test_evidence_that_measured_nothing_says_nothing_of_it() -> None:
    told = as_data(Evidence("item", "junit.unit", "pass", "14 tests passed"))  # type: ignore[arg-type] - as an event has it
    assert "series" not in told


@pytest.mark.parametrize(
    "data",
    [
        None,
        "x",
        [None],
        [{}],
        [{"name": "a", "outcome": "pass", "sentence": "s", "values": ["x"]}],
        [{"name": "a", "outcome": "pass", "sentence": "s", "values": 3}],
    ],
)
def test_a_series_that_cannot_be_read_is_left_out(data: object) -> None:
    assert series_of(data) == ()


def test_a_series_of_other_hands_cannot_say_more_than_its_values() -> None:
    data = {"name": "a", "outcome": "?", "sentence": "s", "values": [1, 2], "before": 9, "limits": [float("inf"), 3]}
    assert series_of([data]) == (Series("a", "?", "s", values=(1.0, 2.0), before=2, limits=(3.0,)),)
