from pathlib import Path
from typing import Any

import pytest

from releasekit.facts.model import Analysis, Fact
from releasekit.probes.evidence import Evidence, Verdict
from tests.probes.asking import CANDIDATE, OTHER, ask, request
from tests.probes.matrix import World


def healthy(world: World, content: object, status: int = 200, **headers: str) -> Evidence:
    url = world.site.answers("/health", content, status, **headers)
    return ask("endpoints.healthy", request(Path(), {"endpoints": {"shop": url}}))


@pytest.mark.parametrize(
    "body", [{"build": {"version": "v2.4.0"}}, {"git": {"commit": {"id": CANDIDATE[:7]}}}, {"commit": CANDIDATE}]
)
def test_an_endpoint_that_names_the_candidate_is_a_pass(body: dict[str, Any], world: World) -> None:
    assert healthy(world, body).verdict is Verdict.PASS


def test_one_that_does_not_say_which_version_answers_is_a_warning(world: World) -> None:
    for content in ("OK", {"status": "UP"}, {"version": 3}, {"version": ""}):
        assert healthy(world, content).verdict is Verdict.WARN


@pytest.mark.parametrize("body", [{"commit": OTHER}, {"version": "2.4.0", "commit": OTHER}, {"version": "2.4.0-rc1"}])
def test_the_health_of_another_version_is_no_evidence(body: dict[str, Any], world: World) -> None:
    assert healthy(world, body).verdict is Verdict.UNKNOWN


@pytest.mark.parametrize("status", ["DOWN", "Unhealthy", "fail", "OUT_OF_SERVICE"])
def test_http_200_with_a_bad_status_is_a_failure(status: str, world: World) -> None:
    assert healthy(world, {"status": status, "version": "2.4.0"}).verdict is Verdict.FAIL


def test_a_redirect_is_named_and_not_followed(world: World) -> None:
    evidence = healthy(world, b"", 301, Location="https://elsewhere.example/?token=secret")
    assert evidence.verdict is Verdict.UNKNOWN
    assert "a redirect to https://elsewhere.example/" in evidence.sentence
    assert "secret" not in evidence.sentence
    assert len(world.site.asked) == 1


def test_an_endpoint_without_a_path_is_asked_at_the_health_path_of_its_service(world: World) -> None:
    world.site.answers("/readyz", {"version": "2.4.0"})
    facts = (
        Fact("healthcheck", "compose", "http:/readyz", "compose.yaml:3", "web"),
        Fact("healthcheck", "compose", "http:/other", "compose.yaml:9", "proxy"),
        Fact("healthcheck", "compose", "cmd:pg_isready", "compose.yaml:12", "db"),
    )
    asked = request(Path(), {"endpoints": {"web": world.site.address}}, analysis=Analysis(facts))
    assert ask("endpoints.healthy", asked).verdict is Verdict.PASS
    assert {path for path, _ in world.site.asked} == {"/readyz"}


def test_the_name_of_a_secret_address_is_resolved_when_it_is_asked(world: World) -> None:
    url = world.site.answers("/health", {"version": "2.4.0"})
    asked = request(Path(), {"endpoints": {"shop": "env:SHOP"}}, environ={"SHOP": f"{url}?token=secret"})
    evidence = ask("endpoints.healthy", asked)
    assert evidence.verdict is Verdict.PASS
    assert "secret" not in evidence.source + evidence.sentence
    assert ask("endpoints.healthy", request(Path(), {"endpoints": {"shop": "env:SHOP"}})).verdict is Verdict.UNKNOWN


def test_one_endpoint_that_is_ill_decides(world: World) -> None:
    good, bad = world.site.answers("/a", {"version": "2.4.0"}), world.site.answers("/b", "", 500)
    evidence = ask("endpoints.healthy", request(Path(), {"endpoints": {"a": good, "b": bad}}))
    assert (evidence.verdict, evidence.sentence) == (Verdict.FAIL, "b: HTTP 500")
