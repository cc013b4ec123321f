import re
from pathlib import Path

import pytest

from releasekit.checklist import applicability, details
from releasekit.checklist.model import Applies, Kind, Phase
from releasekit.checklist.template import bundled, extend, load, read
from releasekit.errors import InputError

SEED = (Path(__file__).parent / "seed.md").read_text(encoding="utf-8")


def seed_lines() -> list[str]:
    inside = SEED[SEED.index("# Production Deployment Checklist") : SEED.rindex("```")]
    return [line.strip() for line in inside.splitlines() if line.strip()]


def test_the_template_has_the_seeds_headings_and_items_word_for_word_and_in_order() -> None:
    template = bundled()
    written = [f"# {template.title}"]
    for part in template.parts:
        written.append(f"{'#' * part.level} {part.title}")
        for entry in part.entries:
            item = entry.item
            text = f"**{item.label}**{item.text.removeprefix(item.label)}" if item.label else item.text
            written.append(f"- [ ] {text}")
    assert written == seed_lines()


def test_the_template_has_62_items_with_distinct_ids_that_carry_their_section() -> None:
    ids = bundled().ids
    assert len(ids) == len(set(ids)) == 62
    assert all(re.fullmatch(r"[a-z-]+\.[a-z0-9-]+", one) for one in ids)
    for part in bundled().parts:
        assert len({entry.item.id.partition(".")[0] for entry in part.entries}) <= 1


def test_the_text_that_the_seed_has_twice_is_told_apart_by_its_id() -> None:
    same = [entry.item.id for entry in bundled().entries if entry.item.text == "Configuration files updated"]
    assert same == ["infrastructure.configuration-files-updated", "execution.configuration-files-updated"]


def test_every_rule_that_the_template_names_exists_and_every_rule_is_named() -> None:
    entries = bundled().entries
    assert {entry.applies for entry in entries} == set(applicability.RULES)
    assert {entry.details for entry in entries if entry.details} == set(details.RULES)
    assert all(entry.details for entry in entries if entry.item.kind is not Kind.SIGN_OFF)


def test_a_stricter_level_requires_all_that_a_laxer_one_does() -> None:
    for entry in bundled().entries:
        assert entry.item.levels in {("A",), ("A", "B"), ("A", "B", "C")}


def test_four_roles_sign_and_rollback_steps_are_of_the_rollback_phase() -> None:
    items = [entry.item for entry in bundled().entries]
    assert [item.role for item in items if item.kind is Kind.SIGN_OFF] == [
        "technical_lead",
        "devops_engineer",
        "product_owner",
        "release_manager",
    ]
    assert {item.id.partition(".")[0] for item in items if item.phase is Phase.ROLLBACK} == {"rollback-steps"}
    assert {item.id.partition(".")[0] for item in items if item.kind is Kind.TRIGGER} == {"rollback-triggers"}


TEAM = """
add:
  - id: code.threat-model
    after: code.rollback-plan-documented
    text: Threat model looked at
    because: the incident of May
  - {id: code.threat-model-signed, after: code.threat-model, text: Threat model signed, levels: [A]}
remove:
  - {id: testing.user-acceptance, reason: no users see it}
reword:
  - {id: testing.unit-tests, text: "Unit tests of both modules pass"}
relevel:
  - {id: sign-off.product-owner, levels: [A, B]}
"""


def test_a_teams_template_adds_removes_rewords_and_relevels_by_id() -> None:
    team = extend(bundled(), TEAM, "team.yaml")
    items = {entry.item.id: entry.item for entry in team.entries}
    at = team.ids.index("code.threat-model")
    assert team.ids[at - 1 : at + 2] == (
        "code.rollback-plan-documented",
        "code.threat-model",
        "code.threat-model-signed",
    )
    assert items["code.threat-model"].because == "the incident of May"
    assert items["code.threat-model"].role == items["code.rollback-plan-documented"].role
    assert items["testing.user-acceptance"].applies is Applies.REMOVED
    assert items["testing.user-acceptance"].reason == "no users see it"
    assert team.ids.index("testing.user-acceptance") == bundled().ids.index("testing.user-acceptance") + 2
    assert items["testing.unit-tests"].text == "Unit tests of both modules pass"
    assert items["sign-off.product-owner"].levels == ("A", "B")


def test_the_bundled_template_stays_as_it_is_when_a_team_extends_it() -> None:
    before = bundled()
    extend(before, TEAM, "team.yaml")
    assert bundled() == before
    assert len(bundled().ids) == 62


def test_all_mistakes_of_a_teams_template_are_told_at_once_each_with_its_line() -> None:
    text = """\
add:
  - id: testing.unit-tests
    after: code.nothing
    text: twice
    kind: chekc
remove:
  - id: code.release-note-prepared
    reason: x
  - id: testing.unit-tests
relevel:
  - {id: testing.unit-tests, levels: [D]}
renew: []
"""
    with pytest.raises(InputError) as caught:
        extend(bundled(), text, "team.yaml")
    said = {(problem.where, problem.what.split(":")[0]) for problem in caught.value.problems}
    assert ("team.yaml:3", "there is no item 'code.nothing' above") in said
    assert ("team.yaml:2", "the id 'testing.unit-tests' stands twice") in said
    assert ("team.yaml:5", "`kind` cannot be 'chekc'") in said
    assert ("team.yaml:7", "there is no item 'code.release-note-prepared'") in said
    assert ("team.yaml:9", "`reason` is missing") in said
    assert ("team.yaml:11", "`levels` is a list of A, B and C") in said
    assert ("team.yaml:12", "a team's template has no key 'renew'") in said
    assert "did you mean 'code.release-notes-prepared'?" in str(caught.value)


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("- a\n- b\n", "one YAML mapping"),
        ("add: [", "not valid YAML"),
        ("add: yes\n", "list of mappings"),
        ("remove:\n  - code.release-notes-prepared\n", "is a mapping"),
        ("reword:\n  - {id: testing.unit-tests}\n", "`text` is missing"),
        ("relevel:\n  - {id: testing.unit-tests, levels: A}\n", "list of A, B and C"),
    ],
)
def test_a_template_of_another_form_is_refused_with_its_place(text: str, what: str) -> None:
    with pytest.raises(InputError, match=re.escape(what)) as caught:
        extend(bundled(), text, "team.yaml")
    assert all(problem.where.startswith("team.yaml:") for problem in caught.value.problems)


def test_a_template_that_is_not_there_is_one_message(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        load(tmp_path / "team.yaml")
    with pytest.raises(InputError, match="cannot be read"):
        load(tmp_path)


def test_a_file_of_a_team_is_read_over_the_bundled_template(tmp_path: Path) -> None:
    (tmp_path / "team.yaml").write_text(TEAM, encoding="utf-8")
    assert len(load(tmp_path / "team.yaml").ids) == 64


def test_two_items_of_one_id_are_refused_in_a_whole_template() -> None:
    text = "title: t\nsections:\n  - {title: s, level: 1, items: [{id: a.b, text: x}, {id: a.b, text: y}]}\n"
    with pytest.raises(InputError, match="stands twice"):
        read(text, "whole.yaml")
