from pathlib import Path
from typing import Any

import pytest

from releasekit.errors import SourceError
from releasekit.probes.evidence import Evidence, Verdict
from releasekit.sources.calendars import events
from tests.probes.asking import ask, leave, request

WINDOW = {"start": "2026-11-24T20:00:00Z", "end": "2026-11-24T22:00:00Z"}  # the day after NOW
ENOUGH = {"deploy": 30, "verify": 30}


def calendar(*lines: str) -> str:
    return "\r\n".join(["BEGIN:VCALENDAR", "VERSION:2.0", "BEGIN:VEVENT", *lines, "END:VEVENT", "END:VCALENDAR", ""])


def scheduled(folder: Path, ics: str | None = None, **configuration: Any) -> Evidence:
    settings = {"window": WINDOW, "minutes": ENOUGH} | configuration
    if ics is not None:
        leave(folder, "freezes.ics", ics)
        settings["calendar"] = "freezes.ics"
    return ask("window.scheduled", request(folder, settings))


def test_a_window_that_is_ahead_long_enough_and_free_passes(tmp_path: Path) -> None:
    evidence = scheduled(tmp_path)
    assert (evidence.verdict, "has 120 minutes for 60" in evidence.sentence) == (Verdict.PASS, True)


@pytest.mark.parametrize(
    ("configuration", "verdict"),
    [
        ({"window": {"start": "2026-11-20T20:00:00Z", "end": "2026-11-20T22:00:00Z"}}, Verdict.FAIL),
        ({"window": {"start": "2026-11-23T10:00:00Z", "end": "2026-11-23T13:30:00Z"}}, Verdict.PASS),
        ({"window": {"start": "2026-11-23T10:00:00Z", "end": "2026-11-23T12:30:00Z"}}, Verdict.FAIL),
        ({"minutes": {"deploy": 90, "verify": 31}}, Verdict.FAIL),
        ({"minutes": {}}, Verdict.WARN),
        ({"freezes": [{"start": "2026-11-24T21:59:00Z", "end": "2026-12-01T00:00:00Z"}]}, Verdict.FAIL),
        ({"freezes": [{"start": "2026-11-24T22:00:00Z", "end": "2026-12-01T00:00:00Z"}]}, Verdict.PASS),
        ({"calendar": "no-such.ics"}, Verdict.UNKNOWN),
    ],
)
def test_clock_estimates_and_freezes_decide(configuration: dict[str, Any], verdict: Verdict, tmp_path: Path) -> None:
    evidence = scheduled(tmp_path, **configuration)
    assert evidence.verdict is verdict, evidence.sentence


@pytest.mark.parametrize(
    ("lines", "verdict"),
    [
        (("DTSTART:20261124T210000Z", "DTEND:20261125T000000Z", "SUMMARY:Black Friday\\, early"), Verdict.FAIL),
        (("DTSTART;VALUE=DATE:20261124", "DTEND;VALUE=DATE:20261125"), Verdict.FAIL),
        (("DTSTART;VALUE=DATE:20261124",), Verdict.FAIL),
        (("DTSTART:20261124T190000Z", "DURATION:PT2H"), Verdict.FAIL),
        (("DTSTART;TZID=Europe/Berlin:20261124T223000", "DTEND;TZID=Europe/Berlin:20261124T224500"), Verdict.FAIL),
        (("DTSTART;TZID=America/New_York:20261124T180000", "DURATION:PT1H"), Verdict.PASS),
        (("DTSTART:20261201T000000Z", "DTEND:20261202T000000Z"), Verdict.PASS),
        (("DTSTART:20261124T210000Z", "DTEND:20261125T000000Z", "STATUS:CANCELLED"), Verdict.PASS),
        (("DTSTART:20260101T000000Z", "DURATION:PT1H", "RRULE:FREQ=WEEKLY"), Verdict.UNKNOWN),
        (("DTSTART:20261124T2100", "DTEND:20261125T000000Z"), Verdict.UNKNOWN),
        (("DTSTART;TZID=Nowhere/Else:20261124T210000", "DURATION:PT1H"), Verdict.UNKNOWN),
        (("DTSTART:20261124T210000Z", "DURATION:two hours"), Verdict.UNKNOWN),
        (("DTSTART:20261124T210000Z", "DTEND:20261101T000000Z"), Verdict.UNKNOWN),
        (("SUMMARY:no start",), Verdict.UNKNOWN),
    ],
)
def test_events_of_a_calendar_are_freezes(lines: tuple[str, ...], verdict: Verdict, tmp_path: Path) -> None:
    evidence = scheduled(tmp_path, calendar(*lines))
    assert evidence.verdict is verdict, evidence.sentence


def test_a_folded_title_is_one_title_and_alarms_are_no_events() -> None:
    alarm = ("BEGIN:VALARM", "TRIGGER:-PT15M", "DTSTART:20200101T000000Z", "END:VALARM")
    (event,) = events(calendar("DTSTART:20261124T210000Z", *alarm, "SUMMARY:Black", "  Friday").encode(), "x")
    assert (event.title, event.start.year) == ("Black Friday", 2026)


@pytest.mark.parametrize("text", ["", "BEGIN:VCALENDAR", "<html>", calendar("rubbish"), calendar("END:VCALENDAR")])
def test_what_is_no_calendar_is_one_error(text: str) -> None:
    with pytest.raises(SourceError):
        events(text.encode(), "freezes.ics")
