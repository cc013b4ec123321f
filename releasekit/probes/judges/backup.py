"""The backup before the deployment: there, recent, whole, and not suddenly small. Restores nothing."""

import os
from pathlib import Path

from releasekit.errors import SourceError
from releasekit.parameters.values import seconds
from releasekit.probes.evidence import Verdict
from releasekit.probes.reports import AHEAD, age
from releasekit.probes.request import Judgement, Request, unknown
from releasekit.sources import backups
from releasekit.sources.backups import Backup
from releasekit.sources.files import listed, matching

OLDEST = "24h"
LINE = "give configuration.reports.backup the glob of the dumps, or the file of pgbackrest info --output=json"


def made(request: Request) -> Judgement:
    """The newest dump under ``reports.backup``, or the newest backup in pgBackRest's report (``info --output=json``).

    pass: it is younger than ``max_age`` (24h unless given), not empty, and whole (`pg_restore --list`; the last line of
    a plain dump). warn: the same, but nothing here can look into it, or it has less than half the size of the one
    before. fail: it is older, empty, or not whole. unknown: none is configured, or none is there. Whether it can be
    restored, only a restore shows.
    """
    wanted = request.parameters.configuration.reports.get("backup")
    if wanted is None:
        return unknown("no backup is configured", LINE)
    paths = listed(request.folder, wanted.files)
    if not paths:
        return unknown(f"no backup: nothing matches {', '.join(wanted.files)}", "see whether the backup ran")
    found, before, digest = _found(request, paths)
    now, oldest = request.now(), wanted.max_age or OLDEST
    source = ", ".join(one.name for one in found)
    for one in found:
        old = (now - one.finished).total_seconds()
        if old < -AHEAD:
            return unknown(
                f"{one.name} was finished at {one.finished:%Y-%m-%d %H:%M}, which is yet to come", source=source
            )
        if one.broken or old > seconds(oldest):
            why = one.broken or f"it is {age(one.finished, now)} old, more than {oldest}"
            return Judgement(Verdict.FAIL, f"{one.name}: {why}", source, None, "back up again, and look at it", digest)
    shown = "; ".join(f"{one.name}: {age(one.finished, now)} old{_size(one.size)}" for one in found)
    if before and before.size and found[0].size * 2 < before.size:
        text = f"{shown}, less than half of the{_size(before.size)} of {before.name}"
        return Judgement(Verdict.WARN, text, source, None, "see what is missing in it", digest)
    if not all(one.looked_into for one in found):
        text = f"{shown}; whether it is whole cannot be seen here"
        return Judgement(Verdict.WARN, text, source, None, "list its contents by hand: pg_restore --list", digest)
    return Judgement(Verdict.PASS, shown, source, None, "", digest)


def _found(request: Request, paths: tuple[Path, ...]) -> tuple[tuple[Backup, ...], Backup | None, str]:
    """What counts: each stanza of a report, or the newest dump; and the dump before that one."""
    if len(paths) == 1 and paths[0].suffix == ".json":
        (file,) = matching(request.folder, [str(paths[0])])
        return backups.pgbackrest(file.raw, file.name), None, file.sha256
    try:
        newest, *others = sorted(paths, key=lambda path: path.stat().st_mtime, reverse=True)
    except OSError as error:
        raise SourceError(f"cannot be read: {error.strerror}", do="check the files' permissions") from None
    name = Path(os.path.relpath(newest, request.folder)).as_posix()
    before = backups.dump(others[0], others[0].name) if others else None
    return (backups.dump(newest, name),), before, ""


def _size(size: int) -> str:
    if not size:
        return ""
    for unit in ("bytes", "KiB", "MiB", "GiB"):
        if size < 1024 or unit == "GiB":
            return f" {size:.0f} {unit}"
        size //= 1024
    return ""
