"""Helm charts as they lie in a tree: which folders are charts, and which are part of another one. Renders nothing."""

from releasekit.facts.code import folder
from releasekit.facts.files import Files


def chart_folders(files: Files) -> tuple[str, ...]:
    """The folders that hold a Chart.yaml, sorted, sub-charts included."""
    return tuple(sorted(folder(path) for path in files.tree.named("Chart.yaml")))


def chart_of(path: str, folders: tuple[str, ...] | set[str]) -> str | None:
    """The innermost chart that a path lies in; None when in none. A chart at the root holds everything below it."""
    here = folder(path)
    while True:
        if here in folders:
            return here
        if not here:
            return None
        here = folder(here)
