"""The change between two versions: told where git knows it, said to be unknown, with what would help, where not."""

from pathlib import Path

import pytest

from releasekit.sources.change import read_change
from releasekit.sources.git import Git, find
from tests.sources.repositories import clone, commit, git, repository


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    folder = repository(tmp_path / "shop")
    commit(folder, "one", {"app.py": "1\n", "web/main.py": "1\n"})
    git(folder, "tag", "v1.0.0")
    commit(folder, "two\n\nReviewed-by: Ada", {"web/main.py": "2\n"})
    commit(folder, "three", {"app.py": "3\n", "migrations/2.sql": "drop table x;\n"})
    git(folder, "tag", "v1.1.0")
    return folder


def at(folder: Path) -> Git:
    found = find(folder)
    assert found is not None
    return found


def test_commits_and_files_between_two_versions(shop: Path) -> None:
    of = at(shop)
    running, candidate = of.resolve("v1.0.0"), of.resolve("v1.1.0")
    change = read_change(of, running, candidate)
    assert (change.running, change.candidate, change.unknown, change.first) == (running, candidate, "", False)
    assert [(one.subject, one.reviewers) for one in change.commits] == [("three", ()), ("two", ("Ada",))]
    assert {(file.status, file.path) for file in change.files} == {
        ("M", "app.py"),
        ("M", "web/main.py"),
        ("A", "migrations/2.sql"),
    }


def test_the_change_of_a_service_in_a_monorepo(shop: Path) -> None:
    of = at(shop)
    change = read_change(of, of.resolve("v1.0.0"), of.resolve("v1.1.0"), "web")
    assert [one.subject for one in change.commits] == ["two"]
    assert [file.path for file in change.files] == ["main.py"]


def test_nothing_changed_is_known(shop: Path) -> None:
    of = at(shop)
    change = read_change(of, of.resolve("v1.1.0"), of.resolve("v1.1.0"))
    assert (change.unknown, change.commits, change.files) == ("", (), ())


def test_without_git_the_change_is_unknown() -> None:
    change = read_change(None, None, None)
    assert change.unknown == "the folder is no git repository"
    assert change.mend.startswith("release from a clone")
    assert not change.first


def test_a_repository_without_commits_has_no_candidate(tmp_path: Path) -> None:
    of = at(repository(tmp_path / "new"))
    assert "candidate" in read_change(of, None, of.resolve("HEAD")).unknown


def test_a_shallow_clone_without_the_running_version_says_how_to_get_it(shop: Path, tmp_path: Path) -> None:
    of = at(clone(shop, tmp_path / "shallow", "--depth=1"))
    change = read_change(of, None, of.resolve("HEAD"))
    assert change.unknown == "this clone is shallow, and the running version is not in it"
    assert change.mend == "git fetch --unshallow --tags"
    assert not change.first
    git(tmp_path / "shallow", *change.mend.removeprefix("git ").split())
    running = of.newest_version_tag_before(of.resolve("HEAD") or "")
    assert running == "v1.0.0"
    assert len(read_change(of, of.resolve(running), of.resolve("HEAD")).commits) == 2


def test_a_shallow_clone_that_holds_both_versions_still_lacks_what_lies_between(shop: Path, tmp_path: Path) -> None:
    folder = clone(shop, tmp_path / "shallow", "--depth=1")
    git(folder, "fetch", "--quiet", "--depth=1", "origin", "tag", "v1.0.0")
    of = at(folder)
    change = read_change(of, of.resolve("v1.0.0"), of.resolve("HEAD"))
    assert "commits between the running version and the candidate are missing" in change.unknown
    assert change.mend == "git fetch --unshallow --tags"
    assert {file.path for file in change.files} == {"app.py", "web/main.py", "migrations/2.sql"}


def test_a_shallow_clone_that_is_deep_enough_knows_the_change(shop: Path, tmp_path: Path) -> None:
    commit(shop, "four", {"app.py": "4\n"})
    of = at(clone(shop, tmp_path / "shallow", "--depth=2"))
    change = read_change(of, of.resolve("HEAD~1"), of.resolve("HEAD"))
    assert of.is_shallow()
    assert (change.unknown, [one.subject for one in change.commits]) == ("", ["four"])


def test_the_first_tagged_version_is_the_first_release(shop: Path) -> None:
    of = at(shop)
    change = read_change(of, None, of.resolve("v1.0.0"))
    assert change.first
    assert change.unknown


def test_a_repository_without_tags_may_have_been_released_before(tmp_path: Path) -> None:
    folder = repository(tmp_path / "untagged")
    sha = commit(folder, "one", {"a": "1"})
    change = read_change(at(folder), None, sha)
    assert not change.first
    assert "application.running" in change.mend


def test_a_commit_that_is_not_there_is_unknown_and_no_exception(shop: Path) -> None:
    of = at(shop)
    assert read_change(of, "0" * 40, of.resolve("HEAD")).unknown
    assert read_change(of, "--help", of.resolve("HEAD")).unknown
