"""The maintenance window: is it ahead, long enough, and free of freezes. Knows no calendar service."""

from collections.abc import Iterator
from datetime import datetime

from releasekit.errors import SourceError
from releasekit.probes.evidence import Verdict
from releasekit.probes.request import Judgement, Request, unknown
from releasekit.sources import calendars
from releasekit.sources.files import matching

LINE = "give configuration.window its start and end, such as {start: 2026-11-24T20:00:00Z, end: 2026-11-24T22:00:00Z}"


def scheduled(request: Request) -> Judgement:
    """``configuration.window`` against the clock, the estimates in ``minutes``, ``freezes`` and ``calendar`` (.ics).

    pass: it lies ahead or is open, what is planned fits into what is left of it, and nothing is frozen then. warn: no
    estimate says how long deploying and verifying take. fail: it is over, too short, or overlaps a freeze. unknown: no
    window, or a calendar that cannot be read, or has a repeating event that may fall into it.
    """
    configuration = request.parameters.configuration
    window = configuration.window
    if window is None:
        return unknown("no window is configured", LINE)
    source = configuration.calendar or "configuration.window"
    now = request.now()
    shown = f"{window.start:%Y-%m-%d %H:%M} to {window.end:%H:%M %Z}".rstrip()
    if window.end <= now:
        return Judgement(Verdict.FAIL, f"the window {shown} is over", source, None, "agree on another window")
    for title, start, end in _frozen(request):
        if start < window.end and window.start < end:
            text = f"the window {shown} falls into a freeze: {title}, {start:%Y-%m-%d} to {end:%Y-%m-%d}"
            return Judgement(Verdict.FAIL, text, source, None, "agree on another window, or have the freeze lifted")
    repeating = [event.title for event in _events(request) if event.repeats and event.start < window.end]
    if repeating:
        text = f"the calendar has events that repeat, which are not worked out: {', '.join(repeating[:3])}"
        return unknown(text, "see that none falls into the window", source)
    left = (window.end - max(now, window.start)).total_seconds() / 60
    estimates = [minutes for minutes in (configuration.minutes.deploy, configuration.minutes.verify) if minutes]
    needed = sum(estimates)
    if needed > left:
        text = f"deploying and verifying take {needed} minutes, and {left:.0f} are left of the window {shown}"
        return Judgement(Verdict.FAIL, text, source, None, "agree on a longer window")
    if len(estimates) < 2:
        text = f"the window {shown} is ahead and free; how long deploying and verifying take is not given"
        return Judgement(Verdict.WARN, text, source, None, "give configuration.minutes deploy and verify")
    return Judgement(Verdict.PASS, f"the window {shown} is free and has {left:.0f} minutes for {needed}", source)


def _frozen(request: Request) -> Iterator[tuple[str, datetime, datetime]]:
    for freeze in request.parameters.configuration.freezes:
        yield freeze.reason or "no reason given", freeze.start, freeze.end
    for event in _events(request):
        yield event.title, event.start, event.end


def _events(request: Request) -> tuple[calendars.Event, ...]:
    place = request.parameters.configuration.calendar
    if place is None:
        return ()
    files = matching(request.folder, [place])
    if not files:
        raise SourceError("is not there", place, "export the calendar, or mend configuration.calendar")
    return calendars.events(files[0].raw, files[0].name)
