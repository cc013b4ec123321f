"""From parameters and a repository to the plan: what this release changes decides which way back is offered."""

import os
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from releasekit.demo.layout import Layout, lay_out, write_parameters
from releasekit.errors import InputError
from releasekit.parameters.model import Parameters
from releasekit.parameters.reading import read
from releasekit.plan.compose import compose, locate, parameters_hash, read_lines
from releasekit.plan.model import Plan, from_data, seal, to_data
from releasekit.record.resources import find
from releasekit.tree import Skipped, of_texts

DESTRUCTIVE = "migrations/versions/f4b6d2c09e31_drop_shipping_notes.py"


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    return lay_out(tmp_path / "demo")


def parameters(layout: Layout, **application: object) -> tuple[Parameters, Path]:
    loaded = read(write_parameters(layout, find("parameters")))
    changed = loaded.parameters.application.model_copy(update=application)
    return loaded.parameters.model_copy(update={"application": changed}), loaded.folder


def git(layout: Layout, *arguments: str) -> str:
    done = subprocess.run(["git", *arguments], cwd=layout.repository, check=True, capture_output=True, text=True)
    return done.stdout.strip()


def details(plan: Plan, item: str) -> str:
    found = next(one for one in plan.checklist.items if one.id == item)
    return "\n".join(f"{detail.text} {detail.code}" for detail in found.details)


def test_a_destructive_migration_yields_a_restore_plan_with_its_point_of_no_return(layout: Layout) -> None:
    plan = compose(*parameters(layout))
    said = details(plan, "code.rollback-plan-documented")
    assert "Restore the backup, then code" in said
    assert "Point of no return" in said
    assert "f4b6d2c09e31_drop_shipping_notes" in said
    assert "removes orders.shipping_note, which the running version still reads (app/" in said
    (dropped,) = [migration for migration in plan.change.migrations if migration.effect == "destructive"]
    assert dropped.removes == "orders.shipping_note"
    assert dropped.read_by, "v2.3.1 still reads the column"
    assert all(place.startswith("app/") for place in dropped.read_by)


def test_without_it_going_back_is_a_matter_of_code_alone(layout: Layout) -> None:
    (layout.repository / DESTRUCTIVE).unlink()
    git(layout, "commit", "-q", "-a", "-m", "Keep the shipping notes")
    plan = compose(*parameters(layout, candidate="HEAD"))
    said = details(plan, "code.rollback-plan-documented")
    assert "Code only" in said
    assert "Point of no return" not in said


def test_a_plan_is_sealed_by_a_hash_of_everything_in_it_and_survives_being_written(layout: Layout) -> None:
    given, folder = parameters(layout)
    plan = compose(given, folder)
    assert from_data(to_data(plan)) == plan
    assert compose(given, folder).hash == plan.hash
    assert seal(replace(plan, level="A")).hash != plan.hash


def test_no_absolute_path_and_no_secret_enters_a_plan(layout: Layout) -> None:
    os.environ["STOREFRONT_DATABASE_URL"] = "postgresql://shop:canary-secret@db/shop"
    try:
        written = str(to_data(compose(*parameters(layout))))
    finally:
        del os.environ["STOREFRONT_DATABASE_URL"]
    assert str(layout.repository.parent) not in written
    assert "canary-secret" not in written


def test_the_running_version_is_assumed_to_be_the_newest_tag_before_the_candidate(layout: Layout) -> None:
    where = locate(*parameters(layout, running=None))
    assert (where.running.tag, where.running.assumed) == ("v2.3.1", True)


@pytest.mark.parametrize(
    ("application", "says"),
    [
        ({"candidate": "v9.9.9"}, "the revision 'v9.9.9' is not in the repository"),
        ({"running": "v0.0.1"}, "the revision 'v0.0.1' is not in the repository"),
        ({"path": "services/none"}, "the folder 'services/none' is not in the repository"),
        ({"repository": "nowhere"}, "the repository 'nowhere' is not there"),
    ],
)
def test_what_is_not_there_is_named_with_its_key_and_what_to_do(
    application: dict[str, object], says: str, layout: Layout
) -> None:
    with pytest.raises(InputError) as caught:
        locate(*parameters(layout, **application))
    (problem,) = caught.value.problems
    assert problem.what == says
    assert problem.where.startswith("application.")
    assert problem.do


def test_parameters_that_say_the_same_are_the_same_release(layout: Layout) -> None:
    first, _ = parameters(layout)
    assert parameters_hash(first) == parameters_hash(parameters(layout)[0])
    assert parameters_hash(first) != parameters_hash(parameters(layout, version="2.4.1")[0])


def test_what_stands_for_many_unread_files_comes_before_what_stands_for_one() -> None:
    links = tuple(Skipped(f"link{number}", "a symbolic link") for number in range(60))
    tree = replace(of_texts({"VERSION": "1"}), skipped=(*links, Skipped("", "5000 files, over the budget of 50000")))
    lines = read_lines(tree)
    assert lines[1] == "not read: 5000 files, over the budget of 50000"
    assert lines[2] == "not read: link0 (a symbolic link)"
    assert lines[-1] == "not read: 11 more"
