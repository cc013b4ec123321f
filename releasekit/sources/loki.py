"""Asks Loki's HTTP API (v1) for one number. Judges nothing."""

from collections.abc import Mapping

from pydantic import Field

from releasekit.errors import SourceError
from releasekit.sources.strictjson import Loose, shaped
from releasekit.sources.web import get


class _Series(Loose):
    value: tuple[float, str]


class _Data(Loose):
    resultType: str
    result: tuple[_Series, ...] = ()


class _Answer(Loose):
    status: str
    data: _Data | None = Field(default=None)


def count(address: str, query: str, token: str = "") -> float | None:
    """The number that a metric query yields now (``/loki/api/v1/query``); None when there is no series.

    Raises SourceError for several series, for a query of lines, and for anything malformed.
    """
    headers: Mapping[str, str] = {"Authorization": f"Bearer {token}"} if token else {}
    answer = get(f"{address.rstrip('/')}/loki/api/v1/query", query={"query": query}, headers=headers)
    if answer.status != 200:
        raise SourceError(f"HTTP {answer.status}: {answer.text[:200]}", address, "try the query there")
    found = shaped(_Answer, answer.json(), address, "an answer of Loki")
    if found.status != "success" or found.data is None or found.data.resultType != "vector":
        raise SourceError("no vector, so no metric query", address, "write sum(count_over_time({...} |= ... [15m]))")
    if len(found.data.result) > 1:
        raise SourceError(f"{len(found.data.result)} series, but one is needed", address, "aggregate it: sum(...)")
    if not found.data.result:
        return None
    try:
        return float(found.data.result[0].value[1])
    except ValueError:
        raise SourceError("a value that is no number", address, "try the query there") from None
