"""Repositories that are not as one would wish: the run goes on, says what is unknown, and how to mend it."""

import subprocess
from pathlib import Path

from tests.cli.conftest import Command, make_demo


def checklist(releasekit: Command, folder: Path) -> str:
    written = releasekit("init", folder.name, "-o", "shop.yaml", cwd=folder.parent)
    assert written.status == 0, written.err
    printed = releasekit("checklist", "shop.yaml", cwd=folder.parent)
    assert printed.status == 0, printed.err
    return printed.out


def test_a_folder_without_git_is_read_as_it_is_and_what_changed_is_unknown(releasekit: Command, tmp_path: Path) -> None:
    repository = make_demo(tmp_path).layout.repository
    subprocess.run(["rm", "-r", str(repository / ".git")], check=True)
    said = checklist(releasekit, repository)
    assert "`alembic upgrade head`" in said
    assert "no git repository" in said
    assert "No version to return to is known" in said


def test_a_shallow_clone_says_which_command_would_tell(releasekit: Command, tmp_path: Path) -> None:
    repository = make_demo(tmp_path).layout.repository
    subprocess.run(["git", "clone", "-q", "--depth", "1", repository.as_uri(), str(tmp_path / "shallow")], check=True)
    said = checklist(releasekit, tmp_path / "shallow")
    assert "git fetch --unshallow --tags" in said
    assert "No version to return to is known" in said


def test_a_run_on_a_shallow_clone_says_what_would_mend_it(releasekit: Command, tmp_path: Path) -> None:
    repository = make_demo(tmp_path).layout.repository
    subprocess.run(["git", "clone", "-q", "--depth", "1", repository.as_uri(), str(tmp_path / "shallow")], check=True)
    written = releasekit("init", "shallow", "-o", "shop.yaml", cwd=tmp_path)
    assert written.status == 0, written.err
    ended = releasekit("run", "shop.yaml", cwd=tmp_path)
    lines = ended.out.splitlines()
    at = next(at for at, line in enumerate(lines) if "mend: " in line and "git fetch --unshallow --tags" in line)
    assert lines[at - 1].startswith("  blocked by evidence: ")


def test_a_first_release_has_nothing_to_return_to(releasekit: Command, tmp_path: Path) -> None:
    repository = make_demo(tmp_path).layout.repository
    for command in (["checkout", "-q", "v2.3.1"], ["tag", "-d", "v2.4.0"]):
        subprocess.run(["git", *command], cwd=repository, check=True, capture_output=True)
    assert "There is nothing to return to" in checklist(releasekit, repository)


def test_a_file_more_than_the_budget_is_said_to_be_left_out(releasekit: Command, tmp_path: Path) -> None:
    folder = tmp_path / "large"
    folder.mkdir()
    (folder / "Dockerfile").write_text("FROM python:3.13\nEXPOSE 8000\n", encoding="utf-8")
    for number in range(50_100):
        part = folder / f"part{number // 1000}"
        part.mkdir(exist_ok=True)
        (part / f"{number}.txt").touch()
    said = checklist(releasekit, folder)
    assert "8000" in said
    assert "50,000" in said or "50000" in said
