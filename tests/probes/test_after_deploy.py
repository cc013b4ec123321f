"""What was measured before the deployment says nothing of the version that was deployed."""

from datetime import timedelta
from pathlib import Path

import pytest

from releasekit.probes.evidence import Verdict
from releasekit.probes.request import Happened
from tests.probes.asking import NOW, ask, happened, request
from tests.probes.serving import site

BEFORE = NOW - timedelta(hours=3)


def written(folder: Path, *values: tuple[float, float]) -> None:
    """A CSV of (minutes since BEFORE, value)."""
    rows = [f"{(BEFORE + timedelta(minutes=at)).isoformat()},p95,{value}\n" for at, value in values]
    (folder / "m.csv").write_text("time,metric,value\n" + "".join(rows))


def asked(folder: Path, probe: str, *log: Happened) -> tuple[Verdict, str]:
    objective = {"name": "Latency", "metric": "p95", "pass": "<=+10%", "fail": ">+50%"}
    metrics = {"csv": "m.csv", "objectives": [objective], "now": "30m", "baseline": "60m"}
    evidence = ask(probe, request(folder, {"metrics": metrics}, log=log))
    return evidence.verdict, evidence.sentence


def deployed(minutes: float) -> Happened:
    at = BEFORE + timedelta(minutes=minutes)
    return Happened("phase.entered", "", at, "lena", {"phase": "deploy"})


@pytest.mark.parametrize("probe", ["metrics.objectives", "metrics.degraded"])
def test_samples_of_before_the_deployment_are_no_samples_of_after_it(tmp_path: Path, probe: str) -> None:
    written(tmp_path, (0, 1.0), (20, 1.0), (50, 1.0))
    assert asked(tmp_path, probe)[0] is Verdict.PASS
    verdict, sentence = asked(tmp_path, probe, deployed(60))
    assert verdict is Verdict.UNKNOWN
    assert "the deployment began at" in sentence


def test_now_begins_and_the_baseline_ends_with_the_deployment(tmp_path: Path) -> None:
    # of the last half hour half is of the version before, and fast; what was deployed is slow
    written(tmp_path, (0, 1.0), (20, 1.0), (40, 1.0), (44, 1.0), (50, 9.0), (60, 9.0))
    assert asked(tmp_path, "metrics.degraded", deployed(45))[0] is Verdict.FAIL
    # what is slow for long is compared with what ran before, and not with itself
    written(tmp_path, (0, 1.0), (20, 1.0), (50, 9.0), (70, 9.0), (100, 9.0), (120, 9.0))
    assert asked(tmp_path, "metrics.degraded", deployed(45))[0] is Verdict.FAIL


def test_another_phase_is_no_deployment(tmp_path: Path) -> None:
    written(tmp_path, (0, 1.0), (20, 1.0), (50, 1.0))
    other = happened("phase.entered", "11:59", phase="verify")
    assert asked(tmp_path, "metrics.objectives", other)[0] is Verdict.PASS


def test_prometheus_is_not_asked_for_a_moment_that_its_last_scrape_reaches_over() -> None:
    with site() as server:
        objective = {"name": "Latency", "query": "up", "pass": "<2"}
        metrics = {"prometheus": server.address, "objectives": [objective], "now": "30m", "baseline": "60m"}
        evidence = ask("metrics.objectives", request(Path(), {"metrics": metrics}, log=(deployed(179.5),)))
    assert evidence.verdict is Verdict.UNKNOWN
    assert "less than a minute of samples" in evidence.sentence
