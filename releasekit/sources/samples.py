"""Samples of metrics, from a CSV file or from Prometheus. Judges nothing."""

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from pydantic import TypeAdapter, ValidationError

from releasekit.errors import SourceError
from releasekit.sources.files import ReportFile

COLUMNS = ("time", "metric", "value")


@dataclass(frozen=True, slots=True)
class Sample:
    """A value at a time (UTC); NaN and infinities are kept, judging them is not this room's part."""

    at: datetime
    value: float


@dataclass(frozen=True, slots=True)
class Windows:
    """Samples of one metric before and after; ``end`` is the time up to which they were asked for."""

    baseline: tuple[Sample, ...]
    now: tuple[Sample, ...]
    end: datetime | None


def from_csv(file: ReportFile) -> Mapping[str, tuple[Sample, ...]]:
    """Samples by metric, in order of time, of a CSV with the columns time (RFC 3339), metric and value.

    Raises SourceError with the line of the first row that cannot be read.
    """
    try:
        text = file.raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise SourceError("not UTF-8 text", file.name, "save it as UTF-8") from None
    rows = csv.DictReader(io.StringIO(text))
    missing = [column for column in COLUMNS if column not in (rows.fieldnames or ())]
    if missing:
        head = (
            f"the column {missing[0]} is missing"
            if len(missing) == 1
            else f"the columns {', '.join(missing)} are missing"
        )
        raise SourceError(head, f"{file.name}:1", f"the first line names the columns: {','.join(COLUMNS)}")
    samples: dict[str, list[Sample]] = {}
    for row in rows:
        where = f"{file.name}:{rows.line_num}"
        try:
            at = datetime.fromisoformat(row["time"])
            value = float(row["value"])
        except (TypeError, ValueError):
            raise SourceError("a time or a value cannot be read", where, "times are RFC 3339, values numbers") from None
        if at.tzinfo is None:
            raise SourceError("a time without a zone", where, "end it in Z or an offset such as +01:00")
        samples.setdefault(row["metric"], []).append(Sample(at.astimezone(UTC), value))
    return {name: tuple(sorted(found, key=lambda sample: sample.at)) for name, found in samples.items()}


def split(samples: Sequence[Sample], now: timedelta, baseline: timedelta, deployed: datetime | None = None) -> Windows:
    """The last ``now`` of the samples and the ``baseline`` before that, counted back from the last sample.

    With ``deployed`` the first begins there at the earliest, and the baseline ends there.
    """
    if not samples:
        return Windows((), (), None)
    end = samples[-1].at
    edge = max(end - now, deployed) if deployed else end - now
    until = deployed or edge
    return Windows(
        tuple(sample for sample in samples if until - baseline < sample.at <= until),
        tuple(sample for sample in samples if edge < sample.at),
        end,
    )


def from_matrix(answer: object, address: str) -> tuple[Sample, ...]:
    """The one series of a Prometheus ``query_range`` answer; () when it has none.

    Prometheus HTTP API: ``data.result[].values`` is a list of ``[unix seconds, "value"]``. Raises SourceError for an
    error status, another result type, several series (the query must aggregate), and for anything malformed (A35).
    """
    data = _mapping(answer, address)
    if data.get("status") != "success":
        raise SourceError(f"Prometheus answers: {data.get('error', 'no status')}", address, "try the query there")
    body = _mapping(data.get("data"), address)
    result = body.get("result")
    if body.get("resultType") != "matrix" or not isinstance(result, list):
        raise SourceError(f"a {body.get('resultType')} instead of a matrix", address, "write an instant vector query")
    if not result:
        return ()
    if len(result) > 1:
        raise SourceError(
            f"{len(result)} series, but one is needed", address, "aggregate the query: sum(...), max(...)"
        )
    try:
        pairs = _PAIRS.validate_python(_mapping(result[0], address).get("values"))
    except ValidationError:
        raise SourceError("an answer that is no list of times and values", address, "check the address") from None
    return tuple(Sample(datetime.fromtimestamp(at, UTC), value) for at, value in pairs if 0 <= at < _YEAR_3000)


_YEAR_3000 = 32_503_680_000
_PAIRS: TypeAdapter[list[tuple[float, float]]] = TypeAdapter(list[tuple[float, float]])


def _mapping(value: object, address: str) -> Mapping[str, object]:
    if not isinstance(value, dict):
        raise SourceError("an answer that is not what Prometheus gives", address, "check the address")
    return value
