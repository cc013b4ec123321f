from dataclasses import replace

import pytest

from releasekit.checklist.model import Applies
from releasekit.facts.change import Change, KeyChange
from releasekit.facts.model import Analysis, Fact, Finding, Severity
from tests.checklist.samples import ADDITIVE, ANALYSIS, RELEASE, change, checklist, only

EXECUTED = "execution.migrations-executed"


def test_migrations_do_not_apply_when_a_known_tool_has_none_between_the_versions() -> None:
    item = checklist().item(EXECUTED)
    assert item.applies is Applies.NO
    assert item.reason == "no migration differs between v2.3.1 and 2.4.0 (alembic, alembic.ini:2)"


def test_a_new_migration_applies() -> None:
    assert checklist(what=change(ADDITIVE)).item(EXECUTED).applies is Applies.YES


def test_without_a_migration_tool_it_is_proposed_with_what_was_looked_for() -> None:
    item = checklist(only("service", "datastore")).item(EXECUTED)
    assert item.applies is Applies.PROPOSED
    assert "looked for folders of migrations" in item.reason
    assert "in 58 files" in item.reason


def test_an_unknown_running_version_leaves_it_unknown_whether_migrations_run() -> None:
    item = checklist(what=Change(unknown="there is no earlier version tag")).item(EXECUTED)
    assert item.applies is Applies.UNKNOWN
    assert "there is no earlier version tag" in item.reason


def test_a_first_release_runs_all_migrations() -> None:
    assert checklist(what=Change(first=True)).item(EXECUTED).applies is Applies.YES


def test_migrations_that_were_not_understood_leave_it_unknown_and_are_named() -> None:
    blind = Finding("not-analysed", Severity.WARNING, "?", ("db/changes.groovy:1",), touches=("migration_tool",))
    known = checklist(replace(ANALYSIS, findings=(blind,))).item(EXECUTED)
    assert known.applies is Applies.UNKNOWN
    nothing = checklist(Analysis((), (blind,))).item(EXECUTED)
    assert nothing.applies is Applies.PROPOSED
    assert "not understood: db/changes.groovy:1" in nothing.reason


@pytest.mark.parametrize(
    ("item_id", "fact"),
    [
        ("code.feature-flags-configured", Fact("feature_flag", "x", False, "flags.json:1")),
        ("infrastructure.certificates-valid", Fact("host", "web", "a.example.com", "i.yaml:1", "web")),
        ("preparation.database-backup", Fact("volume", "data", "/data", "c.yaml:1", "db")),
        ("rollback-triggers.data-corruption", Fact("datastore", "db", "postgres", "c.yaml:1")),
        ("rollback-steps.update-dns", Fact("host", "web", "a.example.com", "i.yaml:1", "web")),
    ],
)
def test_silence_only_proposes_and_a_fact_makes_it_apply(item_id: str, fact: Fact) -> None:
    silent = checklist(Analysis()).item(item_id)
    assert silent.applies is Applies.PROPOSED
    assert "looked for" in silent.reason
    assert checklist(Analysis((fact,))).item(item_id).applies is Applies.YES


def test_a_flag_that_was_removed_still_is_a_matter_of_this_release() -> None:
    gone = replace(change(), keys=(KeyChange("feature_flag", "old", "on", None, "flags.json:3"),))
    item = checklist(Analysis(), gone).item("code.feature-flags-configured")
    assert item.applies is Applies.YES
    assert any("old" in detail.text and detail.warns for detail in item.details)


def test_the_first_release_proposes_that_nothing_runs_yet() -> None:
    items = checklist(what=Change(first=True), release=replace(RELEASE, running_sha="", running_tag="", running_ref=""))
    for item_id in ("preparation.current-version-tagged", "rollback-steps.deploy-previous-version"):
        assert items.item(item_id).applies is Applies.PROPOSED


def test_a_machine_never_excludes_an_item_of_an_empty_repository() -> None:
    assert {item.applies for item in checklist(Analysis(), Change(unknown="no git")).items} == {
        Applies.YES,
        Applies.PROPOSED,
    }
