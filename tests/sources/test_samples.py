from datetime import timedelta

import pytest

from releasekit.errors import SourceError
from releasekit.sources.files import ReportFile
from releasekit.sources.samples import from_csv, from_matrix, split

ROWS = "time,metric,value\n2026-11-20T10:00:00Z,p95,1\n2026-11-20T11:30:00+01:00,p95,2\n2026-11-20T11:00:00Z,p95,3\n"


def csv(text: str) -> ReportFile:
    return ReportFile("metrics.csv", text.encode(), "", 0.0)


def test_samples_are_in_order_of_time_whatever_their_zone() -> None:
    assert [sample.value for sample in from_csv(csv(ROWS))["p95"]] == [1, 2, 3]


def test_windows_are_counted_back_from_the_last_sample() -> None:
    windows = split(from_csv(csv(ROWS))["p95"], timedelta(minutes=15), timedelta(minutes=60))
    assert [sample.value for sample in windows.now] == [3]
    assert [sample.value for sample in windows.baseline] == [1, 2]


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("time,value\n", "metrics.csv:1"),
        ("", "metrics.csv:1"),
        ("time,metric,value\nyesterday,p95,1\n", "metrics.csv:2"),
        ("time,metric,value\n2026-11-20T10:00:00,p95,1\n", "metrics.csv:2"),
        ("time,metric,value\n2026-11-20T10:00:00Z,p95,1\n2026-11-20T10:00:00Z,p95,fast\n", "metrics.csv:3"),
    ],
)
def test_a_row_that_cannot_be_read_is_named_by_its_line(text: str, where: str) -> None:
    with pytest.raises(SourceError) as caught:
        from_csv(csv(text))
    assert caught.value.problems[0].where == where


MATRIX = {
    "status": "success",
    "data": {"resultType": "matrix", "result": [{"metric": {}, "values": [[1.5, "2"], [2, "NaN"]]}]},
}


def test_a_matrix_gives_times_and_values_and_keeps_nan_for_the_judge() -> None:
    values = [sample.value for sample in from_matrix(MATRIX, "u")]
    assert values[0] == 2
    assert values[1] != values[1]


def test_an_empty_result_is_no_samples() -> None:
    assert from_matrix({"status": "success", "data": {"resultType": "matrix", "result": []}}, "u") == ()


@pytest.mark.parametrize(
    "answer",
    [
        None,
        [],
        {},
        {"status": "error", "error": "bad query"},
        {"status": "success", "data": {"resultType": "vector", "result": []}},
        {"status": "success", "data": {"resultType": "matrix", "result": [{"values": "no"}]}},
        {"status": "success", "data": {"resultType": "matrix", "result": [{"values": [[1]]}]}},
        {"status": "success", "data": {"resultType": "matrix", "result": [{"values": []}, {"values": []}]}},
    ],
)
def test_any_other_answer_is_an_error_and_no_data(answer: object) -> None:
    with pytest.raises(SourceError):
        from_matrix(answer, "u")
