"""Asks a Prometheus server's HTTP API (v1): samples, alerting rules, targets, firing alerts. Judges nothing."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from pydantic import Field

from releasekit.errors import SourceError
from releasekit.sources.samples import Sample, from_matrix
from releasekit.sources.strictjson import Loose, shaped
from releasekit.sources.web import get

STEP_SECONDS = 30.0
SAMPLES = 20  # at least, however short the span


@dataclass(frozen=True, slots=True)
class Server:
    """Where to ask; ``token`` is "" for none."""

    address: str
    token: str = ""


class Rule(Loose):
    """An alerting rule: its expression and labels; ``health`` is ok, err or unknown; ``lastError`` says why."""

    name: str
    query: str = ""
    health: str = "unknown"
    type: str = "alerting"
    labels: dict[str, str] = Field(default_factory=dict)
    lastError: str = ""


class Scraped(Loose):
    """A target: its labels; ``health`` is up, down or unknown."""

    labels: dict[str, str] = Field(default_factory=dict)
    health: str
    lastError: str = ""
    scrapePool: str = ""


class Alert(Loose):
    """An alert: its labels; ``state`` is pending or firing."""

    labels: dict[str, str] = Field(default_factory=dict)
    state: str


class _Group(Loose):
    rules: tuple[Rule, ...] = ()


class _Rules(Loose):
    groups: tuple[_Group, ...]


class _Targets(Loose):
    activeTargets: tuple[Scraped, ...]


class _Alerts(Loose):
    alerts: tuple[Alert, ...]


class _Answer(Loose):
    status: str
    error: str = ""
    data: dict[str, object] = Field(default_factory=dict)


def query_range(
    server: Server, query: str, end: datetime, span: timedelta, deadline: float = 10.0
) -> tuple[Sample, ...]:
    """Samples of one query over ``span`` up to ``end``, a sample every STEP_SECONDS; of a short span SAMPLES.

    Raises SourceError for anything but one clean series, warnings of a part that did not answer included.
    """
    form = {
        "query": query,
        "start": str((end - span).timestamp()),
        "end": str(end.timestamp()),
        "step": f"{min(STEP_SECONDS, span.total_seconds() / SAMPLES):g}",
        "timeout": f"{deadline:g}s",
    }
    answer = _get(server, "query_range", form, deadline)
    if isinstance(answer, dict) and answer.get("warnings"):
        raise SourceError(f"a part did not answer: {str(answer['warnings'])[:200]}", server.address, "try it again")
    return from_matrix(answer, server.address)


def alerting_rules(server: Server) -> tuple[Rule, ...]:
    """All alerting rules that are loaded (``/api/v1/rules?type=alert``)."""
    groups = shaped(_Rules, _data(server, "rules", {"type": "alert"}), server.address, "Prometheus' rules").groups
    return tuple(rule for group in groups for rule in group.rules if rule.type == "alerting")


def targets(server: Server) -> tuple[Scraped, ...]:
    """All targets that are scraped (``/api/v1/targets?state=active``)."""
    data = _data(server, "targets", {"state": "active"})
    return shaped(_Targets, data, server.address, "Prometheus' targets").activeTargets


def alerts(server: Server) -> tuple[Alert, ...]:
    """All alerts that are pending or firing (``/api/v1/alerts``)."""
    return shaped(_Alerts, _data(server, "alerts", {}), server.address, "Prometheus' alerts").alerts


def _data(server: Server, what: str, form: Mapping[str, str]) -> dict[str, object]:
    answer = shaped(_Answer, _get(server, what, form, 10.0), server.address, "an answer of Prometheus")
    if answer.status != "success":
        raise SourceError(f"Prometheus answers: {answer.error or answer.status}", server.address, "look at the server")
    return answer.data


def _get(server: Server, what: str, form: Mapping[str, str], deadline: float) -> object:
    headers = {"Authorization": f"Bearer {server.token}"} if server.token else {}
    url = f"{server.address.rstrip('/')}/api/v1/{what}"
    answer = get(url, query=form, headers=headers, deadline=deadline)
    if answer.status in {401, 403}:
        raise SourceError(f"HTTP {answer.status}: not allowed", server.address, "check configuration.metrics.token")
    return answer.json()
