"""Real git repositories for tests, with dates that do not change."""

import os
import subprocess
from pathlib import Path


def git(folder: Path, *arguments: str) -> str:
    """Run git in a folder, as the test's person, and return what it printed."""
    done = subprocess.run(
        ["git", "-C", str(folder), "-c", "gc.auto=0", *arguments],
        env=os.environ | {"GIT_AUTHOR_DATE": "2026-11-01T10:00:00Z", "GIT_COMMITTER_DATE": "2026-11-02T10:00:00Z"},
        capture_output=True,
        check=True,
        text=True,
    )
    return done.stdout.strip()


def repository(folder: Path) -> Path:
    """An empty repository."""
    folder.mkdir(parents=True, exist_ok=True)
    git(folder, "init", "--quiet", "--initial-branch=main")
    return folder


def commit(folder: Path, message: str, files: dict[str, str] | None = None) -> str:
    """Write files and commit everything; the full hash of the commit."""
    for path, text in (files or {}).items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, "utf-8")
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--allow-empty", "--message", message)
    return git(folder, "rev-parse", "HEAD")


def clone(source: Path, folder: Path, *options: str) -> Path:
    """A clone through the file protocol, so that --depth works."""
    git(source, "clone", "--quiet", *options, f"file://{source}", str(folder))
    return folder
