from releasekit.syntax.markdown import sections, under

TEXT = """# Changelog

## [Unreleased]

## [2.4.0] - 2026-11-20
### Added
- a *thing*

Removed
-------
- b

```
## not a heading
```
"""


def test_headings_have_their_level_and_line_and_text_without_markup() -> None:
    assert [(section.title, section.level, section.line) for section in sections(TEXT)] == [
        ("Changelog", 1, 1),
        ("[Unreleased]", 2, 3),
        ("[2.4.0] - 2026-11-20", 2, 5),
        ("Added", 3, 6),
        ("Removed", 2, 9),
    ]


def test_what_stands_under_a_heading_includes_its_deeper_headings_and_stops_at_the_next_equal_one() -> None:
    found = sections(TEXT)
    assert under(found, 2) == ((7, "- a *thing*"),)
    assert under(found, 1) == ()
