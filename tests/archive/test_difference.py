from dataclasses import replace
from pathlib import Path

from releasekit.archive import layout
from releasekit.archive.difference import Difference, as_data, differences
from releasekit.archive.layout import Bundle
from releasekit.facts.model import Analysis, Fact
from releasekit.plan.model import seal
from releasekit.probes.evidence import Series
from releasekit.run.run import Run
from tests.run.samples import SLOW, UAT, UNIT, Clock, begin_in, found, plan


def bundle(run: Run) -> Bundle:
    """All of a bundle that a comparison reads."""
    return Bundle(run.run_id, {layout.EVENTS: b"\n".join(run.store.lines(run.run_id)) + b"\n"})


def release(folder: Path, port: str, minutes: int, *, passed: bool) -> Bundle:
    clock = Clock()
    facts = (Fact("port", "http", port, "compose.yaml:3", "web"), Fact("image", "web", "shop", "compose.yaml:2", "web"))
    run = begin_in(folder, clock, seal(replace(plan(), analysis=Analysis(facts=facts))))
    if passed:
        run.add_evidence(found())
        run.tick(UAT, note="fine")
    clock.move(minutes=minutes)
    run.close("deployed" if passed else "abandoned")
    return bundle(run)


def test_what_differs_between_two_releases_is_said_and_nothing_else(tmp_path: Path) -> None:
    one = release(tmp_path / "one", "8080", 5, passed=False)
    other = release(tmp_path / "other", "9090", 125, passed=True)
    assert differences(one, other) == (
        Difference("release", "outcome", "abandoned", "deployed"),
        Difference("facts", "port web http", "8080", "9090"),
        Difference("items", UNIT, "open", "passed"),
        Difference("items", UAT, "open", "done"),
        Difference("evidence", f"{UNIT} (junit.unit)", "", "pass: 14 tests passed"),
        Difference("durations", "prepare", "5 min 00 s", "2 h 05 min"),
    )
    assert differences(one, one) == ()
    assert as_data(differences(one, other))[0] == {
        "about": "release",
        "what": "outcome",
        "before": "abandoned",
        "after": "deployed",
    }


def measured(folder: Path, now: float | None, outcome: str, *names: str) -> Bundle:
    clock = Clock()
    run = begin_in(folder, clock)
    for at, mean in (("2026-11-23T05:10:00Z", 9.0), ("2026-11-23T05:20:00Z", now)):
        series = tuple(Series(name, outcome, "", unit="ms", now=mean, baseline=100.0) for name in names)
        run.add_evidence(replace(found(SLOW), probe=f"metrics.{at}", at=at, series=series))
    run.close("deployed")
    return bundle(run)


def test_each_objective_is_compared_as_it_was_measured_last(tmp_path: Path) -> None:
    one = measured(tmp_path / "one", 120.5, "pass", "Latency")
    other = measured(tmp_path / "other", None, "unknown", "Latency", "Errors")
    metrics = [(line.what, line.before, line.after) for line in differences(one, other) if line.about == "metrics"]
    assert metrics == [
        ("Latency: verdict", "pass", "unknown"),
        ("Latency: now", "120.5 ms", ""),
        ("Errors: verdict", "", "unknown"),
        ("Errors: baseline", "", "100 ms"),
    ]


def test_where_an_execution_was_interrupted_is_a_difference(tmp_path: Path) -> None:
    run = begin_in(tmp_path / "cut")
    run.started("Deploy")
    run.close("abandoned")
    whole = release(tmp_path / "whole", "1", 0, passed=False)
    assert Difference("release", "interrupted at", "", "Deploy") in differences(whole, bundle(run))
