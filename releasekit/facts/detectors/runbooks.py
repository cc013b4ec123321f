"""Runbooks, and jobs that back up data: documents and scripts by their names and what they run."""

import re
from collections.abc import Iterator

from releasekit.facts.code import folder, line_at
from releasekit.facts.files import Files
from releasekit.facts.model import Fact
from releasekit.facts.places import aside

_RUNBOOK = re.compile(
    r"(?:.*/)?(?:run-?books?|play-?books?|on-?call|incident[\w-]*|disaster-recovery|operations)(?:/[^/]+|[\w.-]*)\.(?:md|rst|adoc|txt)",
    re.IGNORECASE,
)
_BACKUP_NAME = re.compile(
    r"(?:.*/)?[\w.-]*(?:backup|pg_?dump|snapshot)[\w.-]*\.(?:sh|py|rb|ya?ml|service|timer)", re.IGNORECASE
)
_BACKUP = re.compile(
    r"\b(pg_dump(?:all)?|pg_basebackup|mysqldump|mariadb-dump|mongodump|redis-cli\s[^\n]*(?:BGSAVE|--rdb)|restic\s+backup"
    r"|borg\s+create|velero|barman|wal-g|pgbackrest|xtrabackup|etcdctl\s+snapshot)\b"
)
_NOT_OPERATIONS = re.compile(r"^(?:tests|test data|examples|vendored|archived)")


def detect(files: Files) -> Iterator[Fact]:
    """One fact a runbook, and one a file that backs up data."""
    for path in files.tree.paths:
        if _NOT_OPERATIONS.match(aside(path)):
            continue
        if _RUNBOOK.fullmatch(path):
            title = next(((n, line) for n, line in files.lines(path) if line.strip()), (1, ""))
            value = title[1].lstrip("#= ").strip()
            yield Fact("runbook", path, value, f"{path}:{title[0]}")
        elif _BACKUP_NAME.fullmatch(path):
            text = files.text(path)
            match = _BACKUP.search(text)
            if match:
                value = " ".join(match[0].split())
                yield Fact("backup", path, value, f"{path}:{line_at(text, match.start())}", scope=folder(path))
