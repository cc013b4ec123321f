"""Histories of database migrations: tool, folder, revisions, heads. Knows no tool's files."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from releasekit.facts.model import Fact, Finding, Severity


@dataclass(frozen=True, slots=True)
class Revision:
    """One migration: its id, those it follows, and where both are said (``source`` and ``after`` are ``path:line``)."""

    name: str
    source: str
    parents: tuple[str, ...] = ()
    after: str = ""


@dataclass(frozen=True, slots=True)
class History:
    """The migrations of one folder, as one tool sees them; ``scope`` is the folder of the project they belong to."""

    tool: str
    folder: str
    scope: str
    source: str
    how: str = ""
    revisions: tuple[Revision, ...] = ()


def heads(revisions: Sequence[Revision]) -> tuple[Revision, ...]:
    """The revisions that no other one follows, in the order given."""
    followed = {parent for revision in revisions for parent in revision.parents}
    return tuple(revision for revision in revisions if revision.name not in followed)


def in_line(revisions: Sequence[Revision]) -> tuple[Revision, ...]:
    """Revisions that are ordered by their names alone, oldest first, each following the one before it."""
    ordered = sorted(revisions, key=lambda revision: (_numbers(revision.name), revision.name))
    previous = [None, *ordered[:-1]]
    return tuple(
        Revision(revision.name, revision.source, (before.name,) if before else (), revision.source)
        for revision, before in zip(ordered, previous, strict=True)
    )


def facts(history: History, *, tool: bool = True) -> Iterator[Fact | Finding]:
    """Tool, heads and their number; findings for several heads and for a revision that follows a missing one."""
    scope = history.scope
    if tool:
        yield Fact("migration_tool", history.folder or ".", history.tool, history.source, how=history.how, scope=scope)
    ends = heads(history.revisions)
    for head in ends:
        how = f"the newest of {len(history.revisions)} migrations"
        yield Fact("migration_head", history.folder, head.name, head.source, how=how, scope=scope)
    if ends:
        how = f"of {len(history.revisions)} migrations, those that no other one follows"
        source = ends[0].after or ends[0].source
        yield Fact("migration_head_count", history.folder, len(ends), source, how=how, scope=scope)
    if len(ends) > 1:
        names = ", ".join(head.name for head in ends)
        sentence = f"{len(ends)} migrations in {history.folder} have no successor: {names}"
        places = tuple(head.source for head in ends)
        yield Finding("migration-heads", Severity.RISK, sentence, places, do="merge them, or say which one is deployed")
    known = {revision.name for revision in history.revisions}
    for revision in history.revisions:
        for parent in revision.parents:
            if parent not in known:
                sentence = f"the migration {revision.name} follows {parent}, which is not in {history.folder}"
                place = (revision.after or revision.source,)
                yield Finding("migration-missing", Severity.RISK, sentence, place, do="commit the missing migration")


def _numbers(name: str) -> tuple[int, ...]:
    """The leading version of a name as numbers: ``V1_10__x`` is (1, 10), ``20240101120000_x`` is (20240101120000,)."""
    match = re.match(r"[A-Za-z]*((?:\d+[._-]?)*\d)", name)
    if not match:
        return ()
    return tuple(int(part) for part in re.split(r"[._-]", match[1]) if len(part) < 32)
