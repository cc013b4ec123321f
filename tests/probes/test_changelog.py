from pathlib import Path

import pytest

from releasekit.facts.model import Analysis, Fact
from releasekit.probes.evidence import Evidence, Verdict
from releasekit.probes.judges.versions import judge_changelog, names_version
from tests.probes.asking import ask, leave, request

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


def noted(folder: Path, changelog: str = SECTION) -> Evidence:
    leave(folder, "CHANGELOG.md", changelog)
    known = Analysis((Fact("changelog", "CHANGELOG.md", "CHANGELOG.md", "CHANGELOG.md:1"),))
    return ask("changelog.section", request(folder, analysis=known))


def test_fragments_that_wait_beside_a_section_are_a_warning(tmp_path: Path) -> None:
    for name in ("12.feature.md", "13.removal", "+odd.bugfix.1.rst", "README.md", ".gitignore", "14.unheard.md"):
        leave(tmp_path, f"newsfragments/{name}", "x")
    evidence = noted(tmp_path)
    assert evidence.verdict is Verdict.WARN
    assert "; 3 news fragments are not built in: +odd.bugfix.1.rst, 12.feature.md, 13.removal" in evidence.sentence
    assert evidence.sentence.endswith("(1 of them remove something)")
    assert evidence.next == "towncrier build --version 2.4.0"


def test_fragments_alone_are_no_release_notes(tmp_path: Path) -> None:
    leave(tmp_path, "newsfragments/12.feature.md", "x")
    evidence = noted(tmp_path, "## 2.3.1 - 2026-10-01\n- older\n")
    assert (evidence.verdict, evidence.next) == (Verdict.FAIL, "towncrier build --version 2.4.0")


@pytest.mark.parametrize(
    ("configured", "waits"),
    [
        ('[tool.towncrier]\ndirectory = "changes"\n', True),
        ('[tool.towncrier]\ndirectory = "elsewhere"\n', False),
        ('[tool.towncrier]\ndirectory = "changes"\n[[tool.towncrier.type]]\ndirectory = "feature"\n', True),
        ("[tool.towncrier\n", False),
    ],
)
def test_where_fragments_lie_is_read_from_towncriers_configuration(
    configured: str, waits: bool, tmp_path: Path
) -> None:
    leave(tmp_path, "pyproject.toml", configured)
    leave(tmp_path, "changes/12.feature.md", "x")
    assert (noted(tmp_path).verdict is Verdict.WARN) is waits
    leave(tmp_path, "changes/13.unheard.md", "x")
    assert "unheard" not in noted(tmp_path).sentence


def test_a_projects_own_types_count(tmp_path: Path) -> None:
    leave(tmp_path, "towncrier.toml", '[[tool.towncrier.type]]\nname = "Chores"\ndirectory = "chore"\n')
    leave(tmp_path, "newsfragments/12.chore.md", "x")
    assert "12.chore.md" in noted(tmp_path).sentence
    leave(tmp_path, "towncrier.toml", "[tool.towncrier.fragment.tidy]\n")
    leave(tmp_path, "newsfragments/13.tidy.md", "x")
    assert "13.tidy.md" in noted(tmp_path).sentence
