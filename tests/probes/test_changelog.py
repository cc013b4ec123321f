import pytest

from releasekit.probes.evidence import Verdict
from releasekit.probes.judges.versions import judge_changelog, names_version

SECTION = (
    "# Changelog\n\n## [Unreleased]\n\n"
    "## [2.4.0] - 2026-11-20\n### Added\n- coupons\n\n## 2.3.1 (2026-10-01)\n- older\n"
)


def verdict(text: str, version: str = "2.4.0") -> Verdict:
    return judge_changelog(text, "CHANGELOG.md", version, "c" * 40).verdict


def test_a_dated_section_with_entries_passes_and_its_line_is_named() -> None:
    judgement = judge_changelog(SECTION, "CHANGELOG.md", "2.4.0", "c" * 40)
    assert (judgement.verdict, judgement.source) == (Verdict.PASS, "CHANGELOG.md:5")


def test_no_section_an_empty_one_and_a_yanked_one_fail() -> None:
    assert verdict(SECTION, "2.5.0") is Verdict.FAIL
    assert verdict("## 2.4.0 - 2026-11-20\n\n## 2.3.0 - 2026-01-01\n- x\n") is Verdict.FAIL
    assert verdict("## [2.4.0] - 2026-11-20 [YANKED]\n- x\n") is Verdict.FAIL
    assert verdict("") is Verdict.FAIL


def test_a_section_without_a_date_is_a_warning() -> None:
    assert verdict("## v2.4.0\n- x\n") is Verdict.WARN


def test_removals_are_raised_in_the_sentence() -> None:
    judged = judge_changelog("## 2.4.0 - 2026-11-20\n### Removed\n- the old cart\n", "C", "2.4.0", None)
    assert "removes or breaks: the old cart" in judged.sentence


def test_an_entry_that_goes_on_in_the_next_line_is_one_entry() -> None:
    text = "## 2.4.0 - 2026-11-20\n### Removed\n- the old cart,\n  which nobody used\n- the banner\n"
    judged = judge_changelog(text, "C", "2.4.0", None)
    assert judged.sentence == "2 entries for 2.4.0; removes or breaks: the old cart, which nobody used; the banner"


@pytest.mark.parametrize(
    "title", ["2.4.0", "v2.4.0", "[2.4.0] - 2026-11-20", "Version 2.4.0 (20 Nov 2026)", "2.4.0: coupons"]
)
def test_headings_that_name_the_version(title: str) -> None:
    assert names_version(title, "2.4.0")


@pytest.mark.parametrize("title", ["2.4.0-rc1", "12.4.0", "2.4.01", "2.4.0.1", "2.4.0+build", "2.4", "since-2.4.0"])
def test_headings_that_name_another_version(title: str) -> None:
    assert not names_version(title, "2.4.0")
