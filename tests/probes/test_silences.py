"""Alertmanager is Debian's own, with silences that the tests made."""

import json
import subprocess
import urllib.request
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from releasekit.facts.model import Analysis, Fact
from releasekit.probes.evidence import Evidence, Verdict
from releasekit.sources import alertmanager, web
from tests.probes.asking import ask, request
from tests.probes.matrix import World
from tests.run.postgresql import free_port
from tests.waiting import until

pytestmark = pytest.mark.real_time("Alertmanager, linked statically, ends silences by the machine's clock")

# days, so that none of the silences begins while the tests wait for their turn
START = datetime.now(UTC).replace(microsecond=0) + timedelta(days=2)
WINDOW = {"start": START.isoformat(), "end": (START + timedelta(hours=2)).isoformat()}


@pytest.fixture(scope="module")
def running(require: Callable[[str], Path], tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """An Alertmanager in which a silence covers the window, one a part of it, one is expired, one is another's."""
    program, folder, port = require("prometheus-alertmanager"), tmp_path_factory.mktemp("alertmanager"), free_port()
    (folder / "config.yml").write_text(json.dumps({"route": {"receiver": "nobody"}, "receivers": [{"name": "nobody"}]}))
    command = [str(program), f"--config.file={folder}/config.yml", f"--storage.path={folder}/data"]
    command += [f"--web.listen-address=127.0.0.1:{port}", "--cluster.listen-address=", "--log.level=error"]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    address = f"http://127.0.0.1:{port}"
    try:
        until(server, lambda: web.get(f"{address}/-/ready").status == 200)
        silence(address, "job", "covered")
        silence(address, "job", "half", hours=(1, 4))
        silence(address, "job", "long", hours=(0, 26))
        silence(address, "job", "early", hours=(-1, 0))
        silence(address, "job", "one|listed|two", regex=True)
        silence(address, "alertname", "ShopDown")
        gone = silence(address, "job", "gone")
        asked = urllib.request.Request(f"{address}/api/v2/silence/{gone}", method="DELETE")
        urllib.request.urlopen(asked, timeout=30).close()
        yield address
    finally:
        server.terminate()
        server.wait(timeout=30)


def silence(address: str, name: str, value: str, hours: tuple[float, float] = (0, 2), *, regex: bool = False) -> str:
    """A silence from and to so many hours after the window's start; its id."""
    content = {
        "matchers": [{"name": name, "value": value, "isRegex": regex, "isEqual": True}],
        "startsAt": (START + timedelta(hours=hours[0])).isoformat(),
        "endsAt": (START + timedelta(hours=hours[1])).isoformat(),
        "createdBy": "grace",
        "comment": "release",
    }
    raw, kind = json.dumps(content).encode(), {"Content-Type": "application/json"}
    asked = urllib.request.Request(f"{address}/api/v2/silences", raw, kind, method="POST")
    with urllib.request.urlopen(asked, timeout=30) as answer:
        found: dict[str, str] = json.load(answer)
    return found["silenceID"]


def told(address: str, job: str, *alerts: str, **more: Any) -> Evidence:
    analysis = Analysis(tuple(Fact("alert_rule", name, "critical", "rules.yaml:1") for name in alerts))
    configuration = {"alertmanager": {"url": address}, "metrics": {"select": {"job": job}}, "window": WINDOW, **more}
    evidence = ask("facts.silences", request(Path(), configuration, analysis=analysis, now=datetime.now(UTC)))
    assert evidence.verdict is Verdict.UNKNOWN  # a silence does not say that anybody was told
    assert not evidence.decides
    assert evidence.next
    return evidence


@pytest.mark.parametrize(
    ("job", "says"),
    [
        ("covered", "job=covered by grace, "),
        ("covered", ", covers the window"),
        ("half", ", covers a part of the window"),
        ("long", ", covers the window and lasts 24 hours longer"),
        ("early", ", not in the window"),
        ("listed", "job=~one|listed|two by grace"),
        ("gone", "none of 6 silences is about this service"),
        ("oth.*", "none of 6 silences is about this service"),
    ],
)
def test_a_silence_is_compared_with_the_window(job: str, says: str, running: str) -> None:
    assert says in told(running, job).sentence


def test_a_silence_of_an_alert_of_the_repository_is_this_services(running: str) -> None:
    assert "alertname=ShopDown" in told(running, "unheard", "ShopDown").sentence
    assert "none of 6" in told(running, "unheard").sentence


def test_a_silence_that_has_expired_is_left_out(running: str) -> None:
    assert len(alertmanager.silences(running)) == 6


@pytest.mark.parametrize(
    ("content", "status", "says"),
    [
        ({}, 200, "not a list of silences"),
        ("<html>", 200, "a body that is no JSON"),
        ([{"id": "x"}], 200, "not a list of silences"),
        ([], 401, "HTTP 401"),
        ([{"matchers": 3}], 200, "not a list of silences"),
    ],
)
def test_a_server_that_answers_something_else_says_so(content: object, status: int, says: str, world: World) -> None:
    world.site.answers("/api/v2/silences", content, status)
    assert says in told(world.site.address, "shop").sentence


def test_the_token_is_sent_and_never_said(world: World) -> None:
    where = {"url": world.site.address, "token": "env:TOKEN"}
    evidence = ask("facts.silences", request(Path(), {"alertmanager": where}, environ={"TOKEN": "t0ken"}))
    assert world.site.asked[0][1]["Authorization"] == "Bearer t0ken"
    assert "t0ken" not in str(evidence)
