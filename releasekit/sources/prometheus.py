"""Asks a Prometheus server's HTTP API (``query_range``) within a deadline. Judges nothing."""

import json
from datetime import datetime, timedelta
from time import monotonic

from releasekit.errors import SourceError
from releasekit.sources.samples import Sample, from_matrix

LIMIT = 1 << 20
STEP_SECONDS = 30


def query_range(address: str, query: str, end: datetime, span: timedelta, timeout: float = 10.0) -> tuple[Sample, ...]:
    """Samples of one query over ``span`` up to ``end``, a sample every STEP_SECONDS.

    Redirects are not followed, at most LIMIT bytes are read. Raises SourceError for anything but one clean series.
    """
    import httpx2

    deadline = monotonic() + timeout
    url = f"{address.rstrip('/')}/api/v1/query_range"
    form: dict[str, str | float] = {
        "query": query,
        "start": (end - span).timestamp(),
        "end": end.timestamp(),
        "step": STEP_SECONDS,
        "timeout": f"{timeout:g}s",
    }
    try:
        with (
            httpx2.Client(timeout=timeout, follow_redirects=False, trust_env=False) as client,
            client.stream("GET", url, params=form, headers={"Accept-Encoding": "identity"}) as answer,
        ):
            body = bytearray()
            for chunk in answer.iter_bytes():
                body += chunk
                if len(body) > LIMIT:
                    raise SourceError(f"more than {LIMIT} bytes", url, "aggregate the query")
                if monotonic() > deadline:
                    raise SourceError(f"no whole answer within {timeout:g} s", url, "check the server's load")
            status = answer.status_code
    except httpx2.HTTPError as error:
        raise SourceError(
            f"Prometheus does not answer: {error}", url, "check metrics.prometheus and the network"
        ) from None
    return from_matrix(_json(bytes(body), url, status), url)


def _json(body: bytes, url: str, status: int) -> object:
    try:
        return json.loads(body)
    except ValueError:
        raise SourceError(f"HTTP {status} with a body that is no JSON", url, "check metrics.prometheus") from None
