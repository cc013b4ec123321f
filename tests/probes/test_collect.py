from datetime import UTC, datetime
from pathlib import Path
from threading import Event
from types import MappingProxyType

from releasekit.errors import SourceError
from releasekit.facts.change import Change
from releasekit.facts.model import Analysis
from releasekit.parameters.model import Application, Parameters
from releasekit.probes.collect import collect
from releasekit.probes.evidence import Verdict
from releasekit.probes.request import Judgement, Request


def request() -> Request:
    application = Application(name="shop", repository=".", version="1.0.0")
    return Request(
        item="",
        parameters=Parameters(application=application),
        folder=Path(),
        repository=Path(),
        version="1.0.0",
        candidate="c" * 40,
        candidate_tag="",
        running="",
        running_tag="",
        change=Change(),
        analysis=Analysis(),
        now=lambda: datetime(2026, 11, 23, tzinfo=UTC),
        environ=MappingProxyType({}),
    )


def good(request: Request) -> Judgement:
    return Judgement(Verdict.PASS, f"asked about {request.item}")


def raising(request: Request) -> Judgement:
    raise ZeroDivisionError("no")


def refused(request: Request) -> Judgement:
    raise SourceError("nobody answers", "https://shop.example")


def test_one_probe_that_raises_is_unknown_and_the_others_are_asked_all_the_same() -> None:
    probes = {"good": good, "raising": raising, "refused": refused}
    wanted = [("a", "raising"), ("b", "good"), ("c", "refused"), ("d", "missing")]
    found = {evidence.item: evidence for evidence in collect(wanted, request(), probes)}
    assert {item: found[item].verdict for item in found} == {
        "a": Verdict.UNKNOWN,
        "b": Verdict.PASS,
        "c": Verdict.UNKNOWN,
        "d": Verdict.UNKNOWN,
    }
    assert found["b"].sentence == "asked about b"
    assert found["c"].sentence == "https://shop.example: nobody answers"


def test_a_probe_that_hangs_is_unknown_after_its_deadline() -> None:
    release = Event()

    def hanging(request: Request) -> Judgement:
        release.wait()
        return good(request)

    found = list(
        collect([("a", "hanging"), ("b", "good")], request(), {"hanging": hanging, "good": good}, deadline=0.2)
    )
    release.set()
    assert [(evidence.item, evidence.verdict) for evidence in found] == [("b", Verdict.PASS), ("a", Verdict.UNKNOWN)]
    assert "no answer within 0.2 s" in found[1].sentence
