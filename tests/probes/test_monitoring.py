"""Prometheus is Debian's own, with rules, a target that is up and one that is down."""

import json
import subprocess
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from releasekit.facts.model import Analysis, Fact
from releasekit.probes.evidence import Evidence, Verdict
from releasekit.sources import web
from tests.probes.asking import ask, request
from tests.probes.matrix import World
from tests.probes.serving import site
from tests.run.postgresql import free_port
from tests.waiting import until

RULES = """
groups:
  - name: shop
    rules:
      - {alert: ShopDown, expr: 'up{job="shop"} == 0', labels: {severity: critical}}
      - {alert: ShopSlow, expr: 'latency_seconds{job="shop"} > 1'}
      - {alert: SickOne, expr: 'vector(1)', labels: {job: sick}}
      - {alert: LostDown, expr: 'up{job="lost"} == 0', for: 1h}
"""


@pytest.fixture(scope="module")
def prometheus(require: Callable[[str], Path], tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server that has scraped its targets and evaluated its rules."""
    program, folder = require("prometheus"), tmp_path_factory.mktemp("prometheus")
    with site() as shop:
        shop.answers("/metrics", "latency_seconds 0.2\nrequests_total 5\n")
        port = free_port()
        jobs = {"shop": shop.address, "sick": shop.address, "lost": "http://127.0.0.1:9"}
        configured = {
            "global": {"scrape_interval": "1s", "evaluation_interval": "1s"},
            "rule_files": [str(folder / "rules.yml")],
            "scrape_configs": [
                {"job_name": job, "static_configs": [{"targets": [address.removeprefix("http://")]}]}
                for job, address in jobs.items()
            ],
        }
        (folder / "rules.yml").write_text(RULES)
        (folder / "prometheus.yml").write_text(json.dumps(configured))
        command = [str(program), f"--config.file={folder}/prometheus.yml", f"--storage.tsdb.path={folder}/data"]
        command += [f"--web.listen-address=127.0.0.1:{port}", "--log.level=error"]
        server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            address = f"http://127.0.0.1:{port}"
            until(server, lambda: _settled(address))
            yield address
        finally:
            server.terminate()
            server.wait(timeout=30)


def _settled(address: str) -> bool:
    rules, targets, alerts = (_asked(address, what) for what in ("rules", "targets", "alerts"))
    health = {target["labels"]["job"]: target["health"] for target in targets["activeTargets"]}
    return (
        {rule["health"] for rule in rules["groups"][0]["rules"]} == {"ok"}
        and health == {"shop": "up", "sick": "up", "lost": "down"}
        and {alert["labels"]["alertname"] for alert in alerts["alerts"]} == {"SickOne", "LostDown"}
    )


def _asked(address: str, what: str) -> Any:
    found: Any = web.get(f"{address}/api/v1/{what}").json()
    return found["data"]


def asked(probe: str, address: str, job: str = "shop", *alerts: str) -> Evidence:
    analysis = Analysis(tuple(Fact("alert_rule", name, "critical", "rules.yaml:1") for name in alerts))
    return ask(probe, request(Path(), {"metrics": {"prometheus": address, "select": {"job": job}}}, analysis=analysis))


def test_alerts_that_are_loaded_and_targets_that_are_up_pass(prometheus: str) -> None:
    evidence = asked("monitoring.configured", prometheus, "shop", "ShopDown")
    assert (evidence.verdict, evidence.sentence) == (
        Verdict.PASS,
        "2 alerts loaded and healthy: ShopDown, ShopSlow; 1 targets up",
    )


def test_an_alert_of_the_repository_that_is_not_loaded_fails(prometheus: str) -> None:
    evidence = asked("monitoring.configured", prometheus, "shop", "ShopDown", "ShopNew")
    assert (evidence.verdict, evidence.sentence) == (Verdict.FAIL, "alerts not loaded: ShopNew")


def test_a_target_that_is_down_fails_and_a_service_that_nobody_knows_too(prometheus: str) -> None:
    assert "1 of 1 targets are down" in asked("monitoring.configured", prometheus, "lost").sentence
    assert asked("monitoring.configured", prometheus, "lost").verdict is Verdict.FAIL
    assert asked("monitoring.configured", prometheus, "unheard").verdict is Verdict.FAIL


def test_silence_counts_only_while_a_target_is_up(prometheus: str) -> None:
    assert asked("alerts.quiet", prometheus, "shop").verdict is Verdict.PASS
    assert asked("alerts.quiet", prometheus, "sick").verdict is Verdict.FAIL
    assert asked("alerts.quiet", prometheus, "lost").verdict is Verdict.UNKNOWN
    assert asked("alerts.quiet", prometheus, "unheard").verdict is Verdict.UNKNOWN


def test_the_name_of_a_service_cannot_become_part_of_a_pattern(prometheus: str) -> None:
    for name in ('shop"} or vector(1) #', "sh.p", ".*"):
        assert asked("monitoring.configured", prometheus, name).verdict is Verdict.FAIL


@pytest.mark.real_time("Prometheus, linked statically, has samples of the machine's clock")
def test_objectives_are_asked_of_the_same_server(prometheus: str) -> None:
    objective = {"name": "latency", "query": 'max(latency_seconds{job="shop"})', "pass": "<1"}
    metrics = {"prometheus": prometheus, "objectives": [objective], "now": "5m", "baseline": "5m"}
    assert (
        ask("metrics.objectives", request(Path(), {"metrics": metrics}, now=datetime.now(UTC))).verdict is Verdict.PASS
    )
    for query in ("no_such_metric", "up", "latency_seconds{", "vector(1)[5m:1m]"):
        metrics["objectives"] = [{"name": "x", "query": query, "pass": "<1"}]
        found = ask("metrics.objectives", request(Path(), {"metrics": metrics}, now=datetime.now(UTC)))
        assert found.verdict is Verdict.UNKNOWN, query


@pytest.mark.parametrize(
    ("content", "status"),
    [
        ({"status": "error", "error": "no"}, 200),
        ({"status": "success", "data": {}}, 200),
        (
            {"status": "success", "data": {"groups": [{"rules": [{"query": "x"}]}], "activeTargets": [], "alerts": 3}},
            200,
        ),
        ([], 200),
        ("<html>", 200),
        ({}, 401),
    ],
)
def test_a_server_that_answers_something_else_is_unknown(content: object, status: int, world: World) -> None:
    for path in ("rules", "targets", "alerts"):
        world.site.answers(f"/api/v1/{path}", content, status)
    for probe in ("monitoring.configured", "alerts.quiet"):
        assert asked(probe, world.site.address).verdict is Verdict.UNKNOWN


def test_the_token_is_sent_and_never_said(world: World) -> None:
    metrics = {"prometheus": world.site.address, "token": "env:TOKEN"}
    evidence = ask("alerts.quiet", request(Path(), {"metrics": metrics}, environ={"TOKEN": "t0ken"}))
    assert world.site.asked[0][1]["Authorization"] == "Bearer t0ken"
    assert "t0ken" not in str(evidence)
