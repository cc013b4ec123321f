from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from releasekit.facts.model import Analysis, Fact
from releasekit.probes.evidence import Verdict
from releasekit.probes.judges.certificates import allowed, judge
from releasekit.sources.tls import Certificate
from tests.probes.asking import ask, request
from tests.probes.matrix import World

NOW = datetime(2026, 11, 23, tzinfo=UTC)


def verdict(left: float, life: float = 90) -> Verdict:
    end = NOW + timedelta(days=left)
    return judge([Certificate("a", 443, "", ("a",), "", end - timedelta(days=life), end)], [], [], NOW).verdict


def test_thirty_days_or_a_third_of_a_short_life_are_enough() -> None:
    assert [verdict(left) for left in (31, 29, 6, 0, -1)] == [
        Verdict.PASS,
        Verdict.WARN,
        Verdict.FAIL,
        Verdict.FAIL,
        Verdict.FAIL,
    ]
    assert [verdict(left, 6) for left in (3, 1, 0.5)] == [Verdict.PASS, Verdict.WARN, Verdict.FAIL]


@pytest.mark.parametrize(
    ("chain", "why"),
    [
        ("expired", "the certificate has expired"),
        ("wrong-name", "the certificate is for another name"),
        ("incomplete", "an intermediate certificate is missing"),
    ],
)
def test_the_sentence_says_what_is_wrong(chain: str, why: str, world: World) -> None:
    evidence = ask("certificates.valid", request(Path(), {"endpoints": {"web": world.secure[chain].address}}))
    assert (evidence.verdict, why in evidence.sentence) == (Verdict.FAIL, True), evidence.sentence


def test_hosts_of_the_repository_are_asked_only_when_they_are_allowed(world: World) -> None:
    analysis = Analysis((Fact("host", "Ingress", "shop.invalid", "web.yaml:3"), Fact("host", "Ingress", "*.x", "a:1")))
    endpoints = {"web": world.secure["good"].address}
    found = ask("certificates.valid", request(Path(), {"endpoints": endpoints}, analysis=analysis))
    assert (found.verdict, "not asked: shop.invalid" in found.sentence) == (Verdict.WARN, True)
    asked = request(Path(), {"endpoints": endpoints, "allow": ["*.invalid"]}, analysis=analysis)
    found = ask("certificates.valid", asked)
    assert (found.verdict, "shop.invalid: its name cannot be resolved" in found.sentence) == (Verdict.UNKNOWN, True)


def test_an_allow_list_names_hosts_and_what_is_below_them() -> None:
    assert allowed("shop.example.com", ("shop.example.com:443",))
    assert allowed("a.b.example.com", ("*.example.com",))
    assert not allowed("example.com", ("*.example.com",))
    assert not allowed("badexample.com", ("*.example.com", "shop.example.com"))
