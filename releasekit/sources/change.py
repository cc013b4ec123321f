"""Commits and files between the running version and the candidate, from git. Says what is unknown; never raises."""

from releasekit.errors import SourceError
from releasekit.facts.change import Change
from releasekit.sources import tags
from releasekit.sources.git import Git

_UNSHALLOW = "git fetch --unshallow --tags"


def read_change(git: Git | None, running: str | None, candidate: str | None, path: str = ".") -> Change:
    """The change from the commit ``running`` to the commit ``candidate`` (full hashes; None where not known).

    Paths are relative to ``path``, and only commits that touch it count. What git cannot say is in ``unknown``, with
    the command that would help in ``mend``. ``first`` is true when versions are tagged and the candidate is the first.
    """
    known = Change(running, candidate)
    if git is None:
        return _unknown(
            known, "the folder is no git repository", "release from a clone, not from an export of its files"
        )
    try:
        if candidate is None:
            return _unknown(known, "the candidate's commit is not known", "git fetch --tags")
        if running is None:
            return _without_running(git, known, candidate)
        return _between(git, running, candidate, path)
    except SourceError as error:
        return _unknown(known, error.problems[0].what, error.problems[0].do)


def _unknown(known: Change, why: str, mend: str, *, first: bool = False) -> Change:
    return Change(known.running, known.candidate, why, mend, first)


def _without_running(git: Git, known: Change, candidate: str) -> Change:
    if git.is_shallow():
        return _unknown(known, "this clone is shallow, and the running version is not in it", _UNSHALLOW)
    if any(tags.parse(name) for name in git.tags_at(candidate)):
        return _unknown(known, "this is the first version: no earlier one is tagged", "", first=True)
    do = "write application.running: the revision that production runs now; or fetch the tags: git fetch --tags"
    return _unknown(known, "no version tag lies before the candidate, so what runs now is not known", do)


def _between(git: Git, running: str, candidate: str, path: str) -> Change:
    files = git.changed_files(running, candidate, path)
    commits = git.commits(running, candidate, path)
    cut = git.is_shallow() and git.is_cut(running, candidate)
    why = "this clone is shallow: commits between the running version and the candidate are missing" if cut else ""
    return Change(running, candidate, why, _UNSHALLOW if cut else "", commits=commits, files=files)
