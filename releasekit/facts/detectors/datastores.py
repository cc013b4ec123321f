"""Data stores that configuration names where no container of the repository is one: they run somewhere else.

Files for development and tests, and stores in memory or in a file, do not count.
"""

import re
from collections.abc import Iterator

from releasekit.facts.code import join, kept, line_at, own, owner
from releasekit.facts.files import Files
from releasekit.facts.model import Fact
from releasekit.facts.projects.commandlines import kind_of
from releasekit.syntax.expression import Expression

_IMAGES = Expression(
    r"image:\s*[\"']?\S*(?:postgres|postgis|timescale|mysql|mariadb|percona|mongo|redis|valkey|mssql|oracle|cockroach)",
    re.IGNORECASE,
)
_STORE_WORDS = Expression(
    r"postgres|mysql|mariadb|mongo|databases:|aws_db_instance|aws_rds|google_sql|sqlserver", re.IGNORECASE
)
_STORES = {
    **dict.fromkeys(("postgresql", "postgres", "postgis", "pg", "psycopg", "psycopg2"), "postgres"),
    **dict.fromkeys(("mysql", "mysql2", "trilogy"), "mysql"),
    **dict.fromkeys(("sqlserver", "mssql"), "sqlserver"),
    **{name: name for name in ("mariadb", "mongodb", "oracle", "cockroachdb", "db2")},
}
_SPRING = Expression(
    r"(?:.*/)?application(?:-(?:prod\w*|cloud|k8s|kubernetes|docker|postgres\w*|mysql))?\.(?:properties|ya?ml)"
)
_JDBC = Expression(r"(?:jdbc|r2dbc):(\w+):|\bmongodb(?:\+srv)?://")
_PRISMA = Expression(r"^\s*provider\s*=\s*\"(\w+)\"", re.MULTILINE)
_DJANGO = Expression(r"[\"']django\.(?:contrib\.gis\.)?db\.backends\.(\w+)[\"']")
_ADAPTER = Expression(r"^\s*adapter:\s*[\"']?(\w+)", re.MULTILINE)
# where the real file holds passwords, a template shows it
_RAILS = Expression(r"(?:.*/)?database(?:\.yml|(?:\.yml)?[._-](?:sample|example|template|dist|default)(?:\.yml)?)")
_OTHER_GEMS = Expression(r"^\s*gem\s+[\"'](?:pg|mysql2|trilogy|activerecord-\w+-adapter)[\"']", re.MULTILINE)
_ECTO = Expression(r"Ecto\.Adapters\.(Postgres|MyXQL|Tds)")


def detect(files: Files) -> Iterator[Fact]:
    """One fact a project and store, unless a project's files name several: then which one is deployed is not known."""
    if any(_deployed(files, path) for path in files.tree.paths):
        return
    found: dict[str, dict[str, str]] = {}
    for value, source in _said(files):
        found.setdefault(owner(files, source.rpartition(":")[0]), {}).setdefault(value, source)
    for scope, stores in sorted(found.items()):
        if len(stores) == 1:
            for value, source in stores.items():
                yield Fact("datastore", value, value, source, how="the configuration names its driver", scope=scope)


def _deployed(files: Files, path: str) -> bool:
    """Whether a deployment file brings a data store itself: as an image, a chart's dependency or a managed one."""
    kind = kind_of(path)
    if kind in {"compose", "manifest"} and _IMAGES.search(files.text(path)):
        return True
    elsewhere = kind == "platform" or path.endswith((".tf", "Chart.yaml", "requirements.yaml"))
    return elsewhere and _STORE_WORDS.search(files.text(path)) is not None


def _said(files: Files) -> Iterator[tuple[str, str]]:
    own_ones = {path.rpartition("database")[0] for path in files.tree.named("database.yml")}
    for path in kept(files.tree.paths):
        match: re.Match[str] | None
        if _RAILS.fullmatch(path) and (path.endswith("database.yml") or path.rpartition("database")[0] not in own_ones):
            yield from _rails(files, path)
        elif path.endswith(".prisma"):
            text = files.text(path)
            start = text.find("datasource ")
            yield from _known(path, text, _PRISMA.search(text, start) if start >= 0 else None)
        elif _SPRING.fullmatch(path):
            text = files.text(path)
            yield from _known(path, text, _JDBC.search(text))
    for path in own(files, ".py"):
        text = files.text(path) if "settings" in path else ""
        for match in _DJANGO.finditer(text):
            yield from _known(path, text, match)
    for path in own(files, "repo.ex"):
        text = files.text(path)
        match = _ECTO.search(text)
        if match:
            yield (
                {"Postgres": "postgres", "MyXQL": "mysql"}.get(match[1], "sqlserver"),
                f"{path}:{line_at(text, match.start())}",
            )


def _rails(files: Files, path: str) -> Iterator[tuple[str, str]]:
    """The adapter of the production block, which usually comes from the default above. Where the real file is made on
    the server, a template stands for it; SQLite counts where the gems bring no other store."""
    text = files.text(path)
    start = max(text.find("\nproduction:"), 0)
    match = _ADAPTER.search(text, start) or _ADAPTER.search(text)
    if match and match[1] == "sqlite3" and start and not _OTHER_GEMS.search(files.text(join(path, "../../Gemfile"))):
        yield "sqlite", f"{path}:{line_at(text, match.start(1))}"
    yield from _known(path, text, match)


def _known(path: str, text: str, match: re.Match[str] | None) -> Iterator[tuple[str, str]]:
    store = _STORES.get((match[1] or "mongodb").lower()) if match else None
    if match and store:
        yield store, f"{path}:{line_at(text, match.start(1) if match[1] else match.start())}"
