"""Changelogs, versions that stand alone, owners, runbooks, backups."""

import pytest

from releasekit.facts.detectors import changelog, owners, runbooks, version_files
from tests.facts.saying import facts, pairs


@pytest.mark.parametrize(
    ("path", "text", "version"),
    [
        ("CHANGELOG.md", "# Changelog\n\n## [Unreleased]\n\n## [2.4.0] - 2026-01-01\n\n## [2.3.0]\n", "2.4.0"),
        ("CHANGES.rst", "Changes\n=======\n\n1.2.3 (2026-01-01)\n------------------\n\n* in 1.2.2 x\n", "1.2.3"),
        ("release-notes.md", "## Latest Changes\n\n### Docs\n* x 3.1.0\n\n## 0.12.0 (2026-01-01)\n", "0.12.0"),
        ("HISTORY.md", "## v4.4-dev - Unreleased\n", "v4.4-dev"),
        ("NEWS", "Version 3.0.1\n=============\n", "3.0.1"),
    ],
)
def test_a_changelog_says_the_newest_version_it_has_a_section_for(path: str, text: str, version: str) -> None:
    assert pairs(changelog.detect, {path: text}) == [(path, path), (path, version)]


def test_a_changelog_without_versions_is_still_a_changelog() -> None:
    assert pairs(changelog.detect, {"CHANGELOG.md": "# Changelog\n\n* fixed 10.0 things\n"}) == [
        ("CHANGELOG.md", "CHANGELOG.md")
    ]


def test_only_versions_of_the_application_itself_count() -> None:
    texts = {".env": "POSTGRES_VERSION=16.1\nIMAGE_VERSION=3.0.0\nDEMO_VERSION=latest\n", "VERSION": "2.1.0\n"}
    assert pairs(version_files.detect, texts) == [("VERSION", "2.1.0"), (".env", "3.0.0")]


def test_owners_come_from_the_file_that_counts() -> None:
    texts = {
        ".github/CODEOWNERS": "# who\n*  @org/all\n/db/ @dba ops@example.org # x\n[Section]\n",
        "CODEOWNERS": "* @other\n",
    }
    assert pairs(owners.detect, texts) == [("*", "@org/all"), ("/db/", "@dba"), ("/db/", "ops@example.org")]


def test_runbooks_by_their_name_and_backups_by_what_they_run() -> None:
    texts = {
        "docs/runbook.md": "# When it burns\n",
        "scripts/backup.sh": "#!/bin/sh\npg_dump app | gzip > x\n",
        "bin/backup": "#!/bin/sh\nmysqldump app\n",
        "scripts/backup_notes.py": "print(1)\n",
        "tests/runbook.md": "# no\n",
    }
    assert [(fact.kind, fact.name, fact.value) for fact in facts(runbooks.detect, texts)] == [
        ("backup", "bin/backup", "mysqldump"),
        ("runbook", "docs/runbook.md", "When it burns"),
        ("backup", "scripts/backup.sh", "pg_dump"),
    ]


def test_what_reads_a_backup_back_is_told_by_its_name_and_by_what_it_runs() -> None:
    texts = {
        "scripts/restore.sh": '#!/bin/sh\n# pg_restore is not run here, but below\npg_restore --clean "$1"\n',
        "maintenance/restore": "#!/bin/bash\ngunzip -c $1 | psql app\n",
        "ops/restore-shop.sh": "#!/bin/sh\npsql app < dump.sql\n",
        "scripts/restore-icons.sh": "#!/bin/sh\ngit checkout icons\n",
        "tests/restore.sh": "#!/bin/sh\npg_restore x\n",
        "docs/runbook.md": "# Data\n\nUse `pg_restore`, or\n\n```\nvelero restore create --from-backup shop\n```\n",
    }
    assert [(fact.name, fact.value, fact.source) for fact in facts(runbooks.detect, texts, "restore")] == [
        ("docs/runbook.md", "velero restore create --from-backup shop", "docs/runbook.md:6"),
        ("maintenance/restore", "psql", "maintenance/restore:2"),
        ("ops/restore-shop.sh", "psql", "ops/restore-shop.sh:2"),
        ("scripts/restore.sh", "pg_restore", "scripts/restore.sh:3"),
    ]
