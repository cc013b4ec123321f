from dataclasses import replace

import pytest

from releasekit.checklist.rollback import Way, downgrade_command, rollback
from releasekit.facts.change import Change
from releasekit.facts.model import Analysis, Fact, Finding, Severity
from tests.checklist.samples import ADDITIVE, ANALYSIS, DESTRUCTIVE, FACTS, RELEASE, change


def test_without_a_migration_the_code_alone_goes_back() -> None:
    plan = rollback(ANALYSIS, change(), RELEASE)
    assert (plan.way, plan.no_return) == (Way.CODE, None)
    assert "v2.3.1" in plan.sentence


def test_additive_migrations_may_stay() -> None:
    plan = rollback(ANALYSIS, change(ADDITIVE), RELEASE)
    assert (plan.way, plan.no_return) == (Way.CODE, None)
    assert not any(reason.warns for reason in plan.reasons)


def test_a_destructive_migration_needs_the_backup_and_is_the_point_of_no_return() -> None:
    plan = rollback(ANALYSIS, change(ADDITIVE, DESTRUCTIVE), RELEASE)
    assert plan.way is Way.RESTORE
    assert plan.no_return is not None
    assert plan.no_return.source == "m/f4b6.py:21"
    assert plan.no_return.code == "alembic upgrade head"
    assert plan.lost
    assert not plan.downgrade, "a downgrade would bring the column back empty"


@pytest.mark.parametrize("effect", ["irreversible", "unknown", "something new"])
def test_what_cannot_be_undone_or_classed_counts_as_irreversible(effect: str) -> None:
    plan = rollback(ANALYSIS, change(replace(DESTRUCTIVE, effect=effect, reversible=None)), RELEASE)
    assert plan.way is Way.RESTORE
    assert plan.no_return is not None


def test_the_reason_why_a_migration_could_not_be_classed_is_said_in_words() -> None:
    changed = replace(DESTRUCTIVE, effect="unknown", statement="it was changed after it was released")
    reason = rollback(ANALYSIS, change(changed), RELEASE).reasons[0]
    assert "it was changed after it was released" in reason.text
    assert reason.code == ""


def test_a_changed_structure_that_says_how_to_undo_it_is_downgraded() -> None:
    locking = replace(ADDITIVE, effect="locking", statement="ALTER TABLE orders ALTER COLUMN total SET NOT NULL")
    plan = rollback(ANALYSIS, change(locking, ADDITIVE), RELEASE)
    assert (plan.way, plan.downgrade) == (Way.DOWNGRADE, "alembic downgrade -2")


def test_an_index_takes_a_lock_and_does_the_running_code_no_harm() -> None:
    index = replace(ADDITIVE, effect="locking", statement="CREATE INDEX i ON orders (total)", reversible=False)
    assert rollback(ANALYSIS, change(index), RELEASE).way is Way.CODE


def test_where_nothing_is_known_to_restore_the_way_is_forward() -> None:
    facts = tuple(fact if fact.kind != "datastore" else replace(fact, value="cassandra") for fact in FACTS)
    plan = rollback(Analysis(facts), change(DESTRUCTIVE), RELEASE)
    assert plan.way is Way.FORWARD
    known = Analysis((*facts, Fact("backup", "scripts/backup.sh", "nodetool snapshot", "scripts/backup.sh:3")))
    assert rollback(known, change(DESTRUCTIVE), RELEASE).way is Way.RESTORE


def test_a_first_release_has_nothing_to_return_to() -> None:
    plan = rollback(ANALYSIS, Change(first=True), RELEASE)
    assert plan.way is Way.NOTHING
    assert "nothing to return to" in plan.sentence


def test_an_unknown_running_version_leaves_the_way_unknown_with_what_mends_it() -> None:
    what = Change(unknown="the clone is shallow", mend="git fetch --unshallow --tags")
    plan = rollback(ANALYSIS, what, RELEASE)
    assert plan.way is Way.UNKNOWN
    assert "git fetch --unshallow --tags" in plan.sentence


def test_migrations_that_could_not_be_read_leave_the_way_unknown() -> None:
    blind = Finding(
        "not-analysed", Severity.WARNING, "db/ is of an unknown tool", ("db/1.x:1",), touches=("migration_head",)
    )
    plan = rollback(replace(ANALYSIS, findings=(blind,)), change(), RELEASE)
    assert plan.way is Way.UNKNOWN
    assert plan.reasons[0].source == "db/1.x:1"


@pytest.mark.parametrize(
    ("forward", "back"),
    [
        ("alembic upgrade head", "alembic downgrade -2"),
        ("uv run alembic -c db.ini upgrade head", "uv run alembic -c db.ini downgrade -2"),
        ("bin/rails db:migrate", "bin/rails db:rollback STEP=2"),
        ("migrate -path db -database $DB up", "migrate -path db -database $DB down 2"),
        ("dbmate up", "dbmate down && dbmate down"),
        ("npx prisma migrate deploy", ""),
        ("./manage.py migrate", ""),
        ("make schema", ""),
    ],
)
def test_the_way_back_is_said_in_the_words_of_the_way_forward(forward: str, back: str) -> None:
    assert downgrade_command(Fact("migration_command", "", forward, "x:1"), 2) == back
