import pytest

from releasekit.document.when import moment, span


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("2026-11-24T20:00:00Z", "24 Nov 2026, 20:00 UTC"),
        ("2026-11-24T20:00:05.123Z", "24 Nov 2026, 20:00:05 UTC"),
        ("2026-11-25T00:30:00+01:00", "24 Nov 2026, 23:30 UTC"),
        ("2026-11-24T20:00:00", "2026-11-24T20:00:00"),
        ("soon", "soon"),
        ("", ""),
    ],
)
def test_a_moment_is_shown_in_utc_and_any_other_text_as_it_is(text: str, shown: str) -> None:
    assert moment(text) == shown


def test_a_span_says_its_day_once() -> None:
    assert span("2026-11-24T20:00:00Z", "2026-11-24T22:00:00Z") == "24 Nov 2026, 20:00 to 22:00 UTC"
    assert span("2026-11-24T20:00:00Z", "2026-11-25T01:00:00Z") == "24 Nov 2026, 20:00 to 25 Nov 2026, 01:00 UTC"
    assert span("", "") == " to "
