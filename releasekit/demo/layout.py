"""Lays the example service out: a git repository with two tagged versions, and beside it the reports of its CI.

Knows the packaged data (storefront/history.yaml says how they become commits); analyses and judges nothing.
"""

import os
import re
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from pathlib import Path

from releasekit.errors import InputError
from releasekit.syntax import yaml
from releasekit.syntax.node import Node

DATA = Path(__file__).with_name("storefront")
REPORTS = (
    "unit-tests.xml",
    "integration-tests.xml",
    "migrations.xml",
    "performance.json",
    "security.sarif",
    "infrastructure.json",
    "settings.txt",
    "metrics.csv",
)
PARAMETERS = ("storefront.yaml", "organisation.yaml")

# How the parameter files of a checkout reach what `lay_out(Path("reports/demo"))` writes.
FROM_CHECKOUT = "../reports/demo/"

_MARK = Path(".git", "releasekit-demo")
_COMMIT = "@COMMIT@"

# The day on which the example takes place. Evidence grows old: what is written on another day is moved to that day.
DAY = date(2026, 11, 23)
_MOMENT = re.compile(r"\b(\d{4}-\d{2}-\d{2})(?=T\d{2}:\d{2})")


@dataclass(frozen=True, slots=True)
class Layout:
    """What was laid out: the repository, the tags of both versions, the candidate's full hash, and where its
    parameter file belongs (`write_parameters` puts it there)."""

    repository: Path
    running: str
    candidate: str
    commit: str
    parameters: Path


def lay_out(target: Path, today: date | None = None) -> Layout:
    """Write `target/storefront` (a git repository) and `target/ci` (reports on its candidate), the same each time.

    The times in the reports, and of their files, are moved by whole days, as if the example took place `today` (UTC,
    unless given). What an earlier call wrote is replaced, changes included. Raises InputError when something else
    stands there, when the folder cannot be written, or when git is missing.
    """
    today = today or _today()
    repository, reports = target / "storefront", target / "ci"
    _refuse_foreign(repository, reports)
    history = _history()
    building = target / ".storefront-new"
    try:
        _remove(building)
        building.mkdir(parents=True)
        commit = _make_repository(building, history)
        _remove(repository)
        building.rename(repository)
        _write_reports(reports, commit, today)
    except OSError as error:
        raise InputError(
            f"the example service cannot be written: {error.strerror or error}", str(target), "name another folder"
        ) from error
    return Layout(repository, history.at("running").text, history.at("candidate").text, commit, target / PARAMETERS[0])


def write_parameters(layout: Layout, source: Path, today: date | None = None) -> Path:
    """Copy the example's parameter file and its defaults from folder `source` to beside the repository; its path.

    `source` is the checkout's or the wheel's `parameters`; paths into `../reports/demo/` become relative to the copy,
    and its times are moved as those of the reports are.
    """
    today = today or _today()
    for name in PARAMETERS:
        text = (source / name).read_text(encoding="utf-8").replace(FROM_CHECKOUT, "")
        _write(layout.parameters.with_name(name), _moved(text, today).encode())
    return layout.parameters


def packaged_files() -> dict[str, Path]:
    """The candidate's files: path within the repository to file. An installer's byte code is none of them."""
    return _files(DATA / "repository")


def _history() -> Node:
    path = DATA / "history.yaml"
    return yaml.parse(path.read_text(encoding="utf-8"), path.name)[0]


def _files(folder: Path) -> dict[str, Path]:
    found = (path for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    return {path.relative_to(folder).as_posix(): path for path in found}


def _refuse_foreign(repository: Path, reports: Path) -> None:
    ours = not repository.is_symlink() and (repository / _MARK).is_file()
    if ours:
        return
    others = [repository, *(reports / name for name in REPORTS)]
    found = next((path for path in others if path.is_symlink() or path.exists()), None)
    if found is not None:
        raise InputError("this was not written by the demo, and is left alone", str(found), "name another folder")


def _make_repository(root: Path, history: Node) -> str:
    """Commit after commit, as the history says; the hash of the last one."""
    candidate = packaged_files()
    executable = {node.text for node in history.at("executable")}
    tree = {path: file for path, file in candidate.items() if path not in {node.text for node in history.at("absent")}}
    tree |= _files(DATA / history.at("overlay").text)
    _git(root, "init", "--quiet", "--template=", "--initial-branch=main")
    for number, commit in enumerate(history.at("commits")):
        paths = tree if number == 0 else {node.text: candidate[node.text] for node in commit.at("paths")}
        for path, file in paths.items():
            _write(root / path, file.read_bytes(), 0o755 if path in executable else 0o644)
        _commit(root, commit)
    (root / _MARK).write_text("written by releasekit demo, which replaces this repository without asking\n")
    return _git(root, "rev-parse", "HEAD").strip()


def _commit(root: Path, commit: Node) -> None:
    person = {}
    for role in ("AUTHOR", "COMMITTER"):
        person[f"GIT_{role}_NAME"] = commit.at("author", "name").text
        person[f"GIT_{role}_EMAIL"] = commit.at("author", "email").text
        person[f"GIT_{role}_DATE"] = commit.at("date").text
    _git(root, "add", "--all", "--force", person=person)
    _git(root, "commit", "--quiet", "--message", str(commit.at("message").value), person=person)
    if tag := commit.at("tag"):
        _git(root, "tag", "--annotate", tag.at("name").text, "--message", tag.at("message").text, person=person)


def _git(root: Path, *arguments: str, person: Mapping[str, str] | None = None) -> str:
    """Run git on nobody's settings: the same data give the same hashes on every machine."""
    own = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    fixed = {
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_DEFAULT_HASH": "sha1",
        "LC_ALL": "C.UTF-8",
    }
    options = ("-c", "commit.gpgsign=false", "-c", "tag.gpgsign=false", "-c", "core.autocrlf=false", "-c", "gc.auto=0")
    try:
        done = subprocess.run(
            ["git", "-C", str(root), *options, *arguments],
            env=own | fixed | dict(person or {}),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=False,
        )
    except FileNotFoundError:
        raise InputError("the example service is a git repository, and git was not found", do="install git") from None
    if done.returncode:
        raise InputError(f"git {arguments[0]} failed: {done.stderr.strip()}", str(root), "is git 2.28 or newer?")
    return done.stdout


def _today() -> date:
    return datetime.now(UTC).date()


def _write_reports(folder: Path, commit: str, today: date) -> None:
    began = datetime.combine(today, time(), UTC).timestamp()
    for name in REPORTS:
        text = (DATA / "ci" / name).read_text(encoding="utf-8").replace(_COMMIT, commit)
        _write(folder / name, _moved(text, today).encode())
        os.utime(folder / name, (began, began))  # what states no time is dated by its file


def _moved(text: str, today: date) -> str:
    by = today - DAY
    return _MOMENT.sub(lambda match: (date.fromisoformat(match[1]) + by).isoformat(), text)


def _write(path: Path, content: bytes, mode: int = 0o644) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f".{path.name}.new")
    aside.write_bytes(content)
    aside.chmod(mode)
    aside.replace(path)


def _remove(folder: Path) -> None:
    if folder.exists():
        shutil.rmtree(folder)
