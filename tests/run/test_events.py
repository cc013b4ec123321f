"""Events: their bytes, their chain, their clocks."""

import json
from datetime import UTC, datetime, timedelta, timezone
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from releasekit.errors import StoreError
from releasekit.run import events as ev
from releasekit.run.events import NO_EVENT, Event, canonical, first_break, moment, parse, suspect, written

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53) + 1, 2**53 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), inner, max_size=3)
    ),
    max_leaves=8,
)


def event(seq: int = 1, prev: str = NO_EVENT, **changed: object) -> Event:
    fields = {
        "v": 1,
        "seq": seq,
        "id": f"e{seq}",
        "run": "r",
        "at": "2026-11-23T05:00:17.123Z",
        "kind": "item.noted",
        "actor": "alice",
        "grade": "self-declared",
        "item": "a.b",
        "version": 0,
        "data": {},
        "clock_suspect": False,
        "prev": prev,
    }
    return Event(**(fields | changed))  # type: ignore[arg-type] - the fields of the table above


@given(st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), JSON, max_size=4))
def test_what_is_written_is_read_and_its_bytes_stay_the_same(data: dict[str, object]) -> None:
    line = canonical(event(data=data))
    read = parse(line)
    assert read.data == data
    assert canonical(read) == line
    assert read.hash == sha256(line).hexdigest()


def test_a_line_is_rfc_8785_keys_sorted_no_space_no_escapes_that_need_not_be() -> None:
    line = canonical(event(data={"b": 1.0, "a": "é\u2028"})).decode()
    assert '"data":{"a":"é\u2028","b":1}' in line
    assert list(json.loads(line)) == sorted(json.loads(line))


def chain(length: int) -> list[Event]:
    events: list[Event] = []
    for seq in range(1, length + 1):
        events.append(parse(canonical(event(seq, events[-1].hash if events else NO_EVENT))))
    return events


def test_the_chain_breaks_where_an_event_is_missing_moved_or_changed() -> None:
    events = chain(6)
    assert first_break(events) == 0
    assert first_break(events[3:], size=3, head=events[2].hash) == 0
    assert first_break([*events[:2], *events[3:]]) == 3
    assert first_break([*events[:2], events[3], events[2], *events[4:]]) == 3
    changed = parse(canonical(event(3, events[1].hash, actor="mallory")))
    assert first_break([*events[:2], changed, *events[3:]]) == 4
    assert first_break(events[1:]) == 1


@pytest.mark.parametrize(
    "line", [b"", b"[]", b"{}", b"null", b"\xff", b'{"v":1}', b'{"v":"1"}', b'{"v":true}', b"[" * 100_000]
)
def test_a_line_that_is_no_event_is_refused(line: bytes) -> None:
    with pytest.raises(StoreError):
        parse(line)


def test_a_format_of_before_is_brought_to_the_present_one(monkeypatch: pytest.MonkeyPatch) -> None:
    line = canonical(event(kind="item.tick"))
    monkeypatch.setattr(ev, "FORMAT", 2)
    monkeypatch.setitem(ev.UPCAST, 1, lambda fields: fields | {"v": 2, "kind": fields["kind"] + "ed"})
    read = parse(line)
    assert (read.v, read.kind) == (2, "item.ticked")
    assert read.hash == sha256(line).hexdigest()


def test_a_moment_is_utc_with_milliseconds_whatever_zone_it_was_said_in() -> None:
    here = datetime(2026, 11, 23, 6, 0, 17, 123999, tzinfo=timezone(timedelta(hours=1)))
    assert written(here) == "2026-11-23T05:00:17.123Z"
    assert moment("2026-11-23T05:00:17.123Z") == datetime(2026, 11, 23, 5, 0, 17, 123000, tzinfo=UTC)
    with pytest.raises(ValueError, match="without a time zone"):
        written(datetime(2026, 11, 23))  # noqa: DTZ001 - that is the case


@pytest.mark.parametrize(
    ("at", "before", "store", "off"),
    [
        (0, None, 0, False),
        (0, 1.9, 0, False),
        (0, 2.5, 0, True),
        (119, 0, 0, False),
        (121, 0, 0, True),
        (-86400, 0, 0, True),
        (-86400, -86400, 0, False),
        (86400 * 365 * 50, 0, 0, True),
    ],
)
def test_a_clock_is_suspect_when_it_runs_back_or_far_ahead_of_the_stores(
    at: float, before: float | None, store: float, off: bool
) -> None:
    base = datetime(2026, 11, 23, tzinfo=UTC)

    def after(seconds: float) -> datetime:
        return base + timedelta(seconds=seconds)

    assert suspect(after(at), "" if before is None else written(after(before)), after(store)) is off
