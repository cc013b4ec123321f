"""Moments as people read them; what programs read stays RFC 3339. Knows no run."""

from datetime import UTC, datetime

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def moment(text: str) -> str:
    """``2026-11-24T20:00:00.123Z`` as ``24 Nov 2026, 20:00:00 UTC``; any other text as it is."""
    at = _utc(text)
    return f"{_day(at)}, {_time(at)} UTC" if at else text


def span(start: str, end: str) -> str:
    """From one moment to another, the day said once where it is the same."""
    first, last = _utc(start), _utc(end)
    if first is None or last is None:
        return f"{start} to {end}"
    if first.date() == last.date():
        return f"{_day(first)}, {_time(first)} to {_time(last)} UTC"
    return f"{_day(first)}, {_time(first)} to {_day(last)}, {_time(last)} UTC"


def _utc(text: str) -> datetime | None:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    return at.astimezone(UTC) if at.tzinfo else None


def _day(at: datetime) -> str:
    return f"{at.day} {_MONTHS[at.month - 1]} {at.year}"  # not strftime: its month names follow the machine's language


def _time(at: datetime) -> str:
    return f"{at:%H:%M:%S}" if at.second else f"{at:%H:%M}"
