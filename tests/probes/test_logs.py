"""Loki is a small server that answers with the bodies of its documented HTTP API."""

from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from releasekit.probes.evidence import Evidence, Verdict
from tests.probes.asking import ask, request
from tests.probes.matrix import World

QUERY = 'sum(count_over_time({app="shop"} |= "error" [15m]))'
LINES = 'sum(count_over_time({app="shop"}[15m]))'


def vector(*values: str) -> dict[str, object]:
    result = [{"metric": {}, "value": [1795435200.0, value]} for value in values]
    return {"status": "success", "data": {"resultType": "vector", "result": result}}


def errors(world: World, lines: object, found: object, query: str = QUERY, status: int = 200) -> Evidence:
    from urllib.parse import urlencode

    for asked, answer in ((LINES, lines), (QUERY, found)):
        world.site.answers(f"/loki/api/v1/query?{urlencode({'query': asked})}", answer, status)
    settings = {"loki": world.site.address, "query": query, "token": "env:TOKEN"}
    return ask("logs.errors", request(Path(), {"logs": settings}, environ={"TOKEN": "t0ken"}))


@pytest.mark.parametrize(
    ("lines", "found", "verdict"),
    [
        (vector("812"), vector(), Verdict.PASS),
        (vector("812"), vector("0"), Verdict.PASS),
        (vector("812"), vector("3"), Verdict.WARN),
        (vector(), vector(), Verdict.UNKNOWN),
        (vector("0"), vector("0"), Verdict.UNKNOWN),
        (vector("NaN"), vector(), Verdict.UNKNOWN),
        (vector("812"), vector("NaN"), Verdict.UNKNOWN),
        (vector("812"), vector("1", "2"), Verdict.UNKNOWN),
        (vector("812"), vector("many"), Verdict.UNKNOWN),
        (vector("812"), {"status": "success", "data": {"resultType": "streams", "result": []}}, Verdict.UNKNOWN),
        (vector("812"), {}, Verdict.UNKNOWN),
        (vector("812"), "<html>", Verdict.UNKNOWN),
    ],
)
def test_no_error_counts_only_when_lines_arrived(lines: object, found: object, verdict: Verdict, world: World) -> None:
    evidence = errors(world, lines, found)
    assert evidence.verdict is verdict, evidence.sentence
    assert "t0ken" not in str(evidence)


def test_both_questions_are_asked_with_the_token(world: World) -> None:
    errors(world, vector("812"), vector())
    assert [parse_qs(urlsplit(path).query)["query"][0] for path, _ in world.site.asked] == [LINES, QUERY]
    assert {headers["Authorization"] for _, headers in world.site.asked} == {"Bearer t0ken"}


def test_a_query_whose_stream_is_not_seen_is_unknown(world: World) -> None:
    assert errors(world, vector("1"), vector(), query="sum(rate(errors))").verdict is Verdict.UNKNOWN
    assert errors(world, vector("1"), vector(), status=500).verdict is Verdict.UNKNOWN
