"""The steps of each fixture's release and of its rollback, typed one after the other into a real bash.

The platforms cannot run here, so their programs are stand-ins (`standins/`): each knows the verbs and options of the
real one and refuses others, and together they keep a small world's state: which artefacts exist and of which commit,
what runs, where the schema stands, when it was dumped. git, the shell and the repository's own scripts are real.
"""

from collections.abc import Callable
from functools import cache

import pytest

from releasekit.checklist.model import Act
from tests.checklist.ways.cases import CASES
from tests.checklist.ways.laid import FIXTURES, Laid, lay_out, way_of
from tests.checklist.ways.rehearsing import Rehearsal, rehearse
from tests.checklist.ways.standins.world import NEW, OLD

Rehearsed = Callable[[str], tuple[Rehearsal, Rehearsal]]
EACH = pytest.mark.parametrize("fixture", sorted(CASES))
MIGRATING = pytest.mark.parametrize("fixture", sorted(name for name, case in CASES.items() if case.migrates))
STOPPED = pytest.mark.parametrize("fixture", sorted(name for name, case in CASES.items() if case.destructive))


@pytest.fixture(scope="session")
def rehearsed(tmp_path_factory: pytest.TempPathFactory, laid: Callable[[str], Laid]) -> Rehearsed:
    """The release and the rollback of a fixture, done once in a worker."""

    @cache
    def once(fixture: str) -> tuple[Rehearsal, Rehearsal]:
        own = lay_out(fixture, tmp_path_factory.mktemp("rehearsed"))
        own.__dict__["plan"] = laid(fixture).plan  # the same commits
        return rehearse(own, CASES[fixture])

    return once


@EACH
def test_every_command_of_the_release_works(fixture: str, rehearsed: Rehearsed) -> None:
    assert rehearsed(fixture)[0].failed == []


@EACH
def test_every_step_of_the_release_is_known(fixture: str, rehearsed: Rehearsed) -> None:
    assert rehearsed(fixture)[0].unknown == []


@EACH
def test_what_the_page_offers_to_look_at_is_taken_by_its_program(fixture: str, rehearsed: Rehearsed) -> None:
    assert rehearsed(fixture)[0].looked == []


@EACH
def test_after_the_release_the_new_version_serves(fixture: str, rehearsed: Rehearsed) -> None:
    assert rehearsed(fixture)[0].after.serving == NEW


@EACH
def test_nothing_serves_on_a_schema_that_it_cannot_work_on(fixture: str, rehearsed: Rehearsed) -> None:
    """Where only code goes back, the new version, which goes, may see the old schema for a moment."""
    release, rollback = rehearsed(fixture)
    assert release.broken == ()
    going = () if CASES[fixture].destructive else tuple(line for line in rollback.broken if f" of {NEW} " in line)
    assert [line for line in rollback.broken if line not in going] == []


@MIGRATING
def test_migrations_run_once_and_in_the_new_version(fixture: str, rehearsed: Rehearsed) -> None:
    release, _ = rehearsed(fixture)
    assert [version for version, _ in release.migrations] == [NEW]
    assert release.after.schema == NEW


@STOPPED
def test_the_backup_is_made_after_the_last_write_and_before_the_migration(fixture: str, rehearsed: Rehearsed) -> None:
    release, _ = rehearsed(fixture)
    assert release.migrations
    assert release.dumps
    assert (release.dumps[-1].schema, release.dumps[-1].writes) == (OLD, release.migrations[-1][1])


@EACH
def test_every_command_of_the_rollback_works(fixture: str, rehearsed: Rehearsed) -> None:
    assert rehearsed(fixture)[1].failed == []


@EACH
def test_every_step_of_the_rollback_is_known(fixture: str, rehearsed: Rehearsed) -> None:
    assert rehearsed(fixture)[1].unknown == []


@EACH
def test_after_the_rollback_the_old_version_serves(fixture: str, rehearsed: Rehearsed) -> None:
    assert rehearsed(fixture)[1].after.serving == OLD


@MIGRATING
def test_after_the_rollback_the_schema_is_the_one_that_the_page_says(
    fixture: str, rehearsed: Rehearsed, laid: Callable[[str], Laid]
) -> None:
    """Restored where the old code cannot work on the new one; else only the code goes back, or the page has a step."""
    taken_back = any(step.act is Act.BACK_SCHEMA for step in laid(fixture).steps)
    wanted = OLD if CASES[fixture].destructive or taken_back else NEW
    assert rehearsed(fixture)[1].after.schema == wanted


def test_every_way_with_commands_is_rehearsed() -> None:
    from releasekit.checklist.ways import _MODULES

    assert sorted({way_of(fixture) for fixture in CASES}) == sorted(_MODULES)
    assert set(CASES) <= set(FIXTURES)
