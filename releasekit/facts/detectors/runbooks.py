"""Runbooks, and jobs that back up data: documents and scripts by their names and what they run."""

import re
from collections.abc import Iterator

from releasekit.facts.code import folder, line_at
from releasekit.facts.files import Files
from releasekit.facts.kubernetes.containers import hidden
from releasekit.facts.model import Fact
from releasekit.facts.places import aside
from releasekit.facts.projects import shells
from releasekit.facts.projects.commandlines import blank
from releasekit.facts.projects.shelltexts import blocks
from releasekit.syntax.expression import Expression

_RUNBOOK = Expression(
    r"(?:.*/)?(?:run-?books?|play-?books?|on-?call|incident[\w-]*|disaster-recovery|operations)(?:/[^/]+|[\w.-]*)\.(?:md|rst|adoc|txt)",
    re.IGNORECASE,
)
_BACKUP_NAME = Expression(
    r"(?:.*/)?(?:[\w.-]*(?:backup|pg_?dump|snapshot)[\w.-]*\.(?:sh|py|rb|ya?ml|service|timer)|(?:[\w.-]*[-_])?backup)",
    re.IGNORECASE,
)
_BACKUP = Expression(
    r"\b(pg_dump(?:all)?|pg_basebackup|mysqldump|mariadb-dump|mongodump|redis-cli\s[^\n]*(?:BGSAVE|--rdb)|restic\s+backup"
    r"|borg\s+create|velero|barman|wal-g|pgbackrest|xtrabackup|etcdctl\s+snapshot)\b"
)
_RESTORE_NAME = Expression(
    r"(?:.*/)?(?:[\w.-]*restore[\w.-]*\.(?:sh|bash|py|rb|ps1|ya?ml|service)|(?:[\w.-]*[-_])?restore)", re.IGNORECASE
)
_RESTORES = Expression(
    r"\b(pg_restore|mongorestore|pgbackrest\s[^\n]{0,200}?\brestore|velero\s+restore|restic\s+(?:[^\n]{0,80}\s)?restore"
    r"|borg\s+extract|barman\s+recover|wal-g\s+backup-fetch|etcdctl\s+snapshot\s+restore|xtrabackup\s[^\n]{0,200}--copy-back"
    r"|(?:psql|mysql|mariadb|sqlite3)\b(?=[^\n|;]{0,300}?(?<!<)<(?!<)|[^\n|;]{0,300}\s(?:-f|--file)\b)"
    r"|(?<=\|\s)(?:psql|mysql|mariadb)\b)"
)
_NOT_OPERATIONS = Expression(r"^(?:tests|test data|examples|vendored|archived)")

_KINDS = (("backup", _BACKUP_NAME, _BACKUP), ("restore", _RESTORE_NAME, _RESTORES))


def detect(files: Files) -> Iterator[Fact]:
    """One fact a runbook, one a file that backs up data, one a file or a runbook's command that reads it back."""
    for path in files.tree.paths:
        if _NOT_OPERATIONS.match(aside(path)):
            continue
        if _RUNBOOK.fullmatch(path):
            title = next(((n, line) for n, line in files.lines(path) if line.strip()), (1, ""))
            value = title[1].lstrip("#= ").strip()
            yield Fact("runbook", path, value, f"{path}:{title[0]}")
            yield from _commands(files, path)
        for kind, named, does in _KINDS:
            match = does.search(blank(files.text(path))) if named.fullmatch(path) else None
            if match:
                line = line_at(files.text(path), match.start())
                yield Fact(kind, path, " ".join(match[0].split()), f"{path}:{line}", scope=folder(path))


def _commands(files: Files, path: str) -> Iterator[Fact]:
    """What a runbook tells people to type to read a backup back: code alone, no sentence about it."""
    for block in blocks(files, path):
        for number, code in shells.lines(block.text, path, block.line):
            # a tool's name alone is a mention, and no command
            if _RESTORES.search(code) and " " in code:
                yield Fact("restore", path, hidden(code), f"{path}:{number}", how="a command in a runbook")
