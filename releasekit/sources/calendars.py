"""Times that an iCalendar file (RFC 5545) names: events with start, end and title. Judges nothing.

Repeating events are named and not worked out; a time without a zone counts as UTC, a day from its midnight to the next.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from releasekit.errors import SourceError

_LINE = re.compile(r"(?P<name>[A-Za-z-]+)(?P<parameters>(?:;[^:;\"]+(?:\"[^\"]*\")?)*):(?P<value>.*)")
_DURATION = re.compile(
    r"P(?:(?P<weeks>\d{1,4})W)?(?:(?P<days>\d{1,5})D)?(?:T(?:(?P<hours>\d{1,5})H)?(?:(?P<minutes>\d{1,6})M)?(?:(?P<seconds>\d{1,7})S)?)?"
)
_TIME = re.compile(r"\d{8}(?:T\d{6}Z?)?")
LIMIT = 20_000


@dataclass(frozen=True, slots=True)
class Event:
    """One event; ``repeats`` when it has a rule for more of it."""

    title: str
    start: datetime
    end: datetime
    repeats: bool = False


def events(raw: bytes, name: str) -> tuple[Event, ...]:
    """The events that are not cancelled. Raises SourceError with the line of what cannot be read."""
    try:
        lines = _unfolded(raw.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise SourceError("not UTF-8 text", name, "export the calendar again") from None
    if not lines or lines[0][1].strip().upper() != "BEGIN:VCALENDAR" or lines[-1][1].strip().upper() != "END:VCALENDAR":
        raise SourceError("no whole iCalendar file", name, "export the calendar again")
    found: list[Event] = []
    inside: list[str] = []
    said: dict[str, tuple[str, str, int]] = {}
    for number, line in lines:
        match = _LINE.fullmatch(line)
        if not match:
            raise SourceError("a line that is no property", f"{name}:{number}", "export the calendar again")
        key, value = match["name"].upper(), match["value"]
        if key == "BEGIN":
            inside.append(value.strip().upper())
            said = {} if inside[-1] == "VEVENT" else said
        elif key == "END":
            if not inside or inside.pop() != value.strip().upper():
                raise SourceError("BEGIN and END do not match", f"{name}:{number}", "export the calendar again")
            if value.strip().upper() == "VEVENT" and said.get("STATUS", ("",))[0].upper() != "CANCELLED":
                found.append(_event(said, f"{name}:{number}"))
        elif inside[-1:] == ["VEVENT"]:
            said.setdefault(key, (value, match["parameters"], number))
    return tuple(found)


def _unfolded(text: str) -> list[tuple[int, str]]:
    """Lines with their numbers; one that begins with a space goes on with the one before (RFC 5545, 3.1)."""
    lines: list[tuple[int, str]] = []
    for number, line in enumerate(text.splitlines()[:LIMIT], 1):
        if line[:1] in {" ", "\t"} and lines:
            lines[-1] = (lines[-1][0], lines[-1][1] + line[1:])
        elif line.strip():
            lines.append((number, line))
    return lines


def _event(said: dict[str, tuple[str, str, int]], where: str) -> Event:
    if "DTSTART" not in said:
        raise SourceError("an event without a start", where, "export the calendar again")
    start, whole_day = _time(*said["DTSTART"][:2], where)
    if "DTEND" in said:
        end, _ = _time(*said["DTEND"][:2], where)
    elif "DURATION" in said:
        match = _DURATION.fullmatch(said["DURATION"][0].strip().lstrip("+"))
        if not match:
            raise SourceError("a duration that cannot be read", where, "export the calendar again")
        end = start + timedelta(**{unit: int(number) for unit, number in match.groupdict().items() if number})
    else:
        end = start + timedelta(days=1 if whole_day else 0)
    if end < start:
        raise SourceError("an event that ends before it starts", where, "mend the calendar")
    title = re.sub(r"\\([,;\\])", r"\1", said.get("SUMMARY", ("unnamed",))[0]).replace("\\n", " ").strip()
    return Event(title[:200] or "unnamed", start, end, "RRULE" in said or "RDATE" in said)


def _time(value: str, parameters: str, where: str) -> tuple[datetime, bool]:
    text = value.strip()
    zone: tzinfo = UTC
    for parameter in parameters.split(";"):
        key, _, given = parameter.partition("=")
        if key.upper() == "TZID" and not text.endswith("Z"):
            try:
                zone = ZoneInfo(given.strip('"'))
            except (ZoneInfoNotFoundError, ValueError, OSError):
                raise SourceError(f"a time zone that is not known: {given[:60]}", where, "export it in UTC") from None
    if not _TIME.fullmatch(text):  # strptime takes 2100 for 21:00:00 as well as for 21:00
        raise SourceError(f"a time that cannot be read: {text[:40]}", where, "export the calendar again")
    for form, whole_day in (("%Y%m%dT%H%M%SZ", False), ("%Y%m%dT%H%M%S", False), ("%Y%m%d", True)):
        try:
            return datetime.strptime(text, form).replace(tzinfo=zone).astimezone(UTC), whole_day
        except (ValueError, OverflowError):
            continue
    raise SourceError(f"a time that cannot be read: {text[:40]}", where, "export the calendar again")
