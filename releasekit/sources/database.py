"""Asks a database, and changes nothing: server, history tables of migration tools, numbers. Judges nothing.

Every question is a read-only transaction with a time limit. Its address is a secret: only host and name are ever said.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from time import monotonic
from typing import TYPE_CHECKING, Any

from releasekit.errors import SourceError

if TYPE_CHECKING:
    from sqlalchemy import URL, Connection

CONNECT_SECONDS = 5
STATEMENT_SECONDS = 10
ROWS = 100_000


@dataclass(frozen=True, slots=True)
class Server:
    """What answered: ``product`` with its version, and how long connecting and asking took, in seconds."""

    product: str
    seconds: float


@dataclass(frozen=True, slots=True)
class History:
    """What a migration tool wrote down of what it did in this database.

    ``applied`` are its own names (Alembic's revisions, Django's ``app.name``, versions of Rails and Flyway, Prisma's
    folders, Liquibase's ids), the newest last where the table has an order. ``unfinished`` did not end well;
    ``locked`` when the tool says that it is at work.
    """

    tool: str
    applied: tuple[str, ...]
    unfinished: tuple[str, ...] = ()
    locked: bool = False


def shown(address: str) -> str:
    """The address as it may be shown: without user and password."""
    url = _url(address)
    port = f":{url.port}" if url.port else ""
    return f"{url.get_backend_name()}://{url.host or ''}{port}/{url.database or ''}"


def server(address: str) -> Server:
    """Connect and ask for the server's version."""
    started = monotonic()
    with _reading(address) as connection:
        row = connection.exec_driver_sql("SELECT 1").scalar()
        if row != 1:
            raise SourceError("answers SELECT 1 with something else", shown(address), "look at the server")
        version = ".".join(map(str, (connection.dialect.server_version_info or ())[:2]))
        name = {"postgresql": "PostgreSQL", "mysql": "MySQL", "mariadb": "MariaDB", "sqlite": "SQLite"}
        product = name.get(connection.dialect.name, connection.dialect.name)
    return Server(f"{product} {version}".strip(), monotonic() - started)


def number(address: str, sql: str) -> float | None:
    """The one number of a query; None for NULL. Raises SourceError when it is no single query, or yields no number."""
    import sqlglot
    from sqlglot import exp

    try:
        statements = sqlglot.parse(sql, read=_dialect(address))
    except (sqlglot.errors.SqlglotError, RecursionError):
        raise SourceError("a query that cannot be read", sql[:60], "write one SELECT") from None
    writes = (exp.Insert, exp.Update, exp.Delete, exp.Into, exp.Create, exp.Drop, exp.Command)
    if len(statements) != 1 or not isinstance(statements[0], exp.Query) or statements[0].find(*writes):
        raise SourceError("not one query that only reads", sql[:60], "write one SELECT")
    with _reading(address) as connection:
        rows = connection.exec_driver_sql(sql.strip().rstrip(";").replace("%", "%%")).fetchmany(2)
    if len(rows) != 1 or len(rows[0]) != 1:
        raise SourceError("a query that yields more or less than one value", sql[:60], "have it yield one number")
    value = rows[0][0]
    try:
        return None if value is None else float(value)
    except (TypeError, ValueError):
        raise SourceError("a query that yields no number", sql[:60], "have it yield one number") from None


def histories(address: str) -> tuple[History, ...]:
    """The history tables that are there, in the schema that the address leads to.

    Their columns are those that the tools document: Alembic, Django, Rails (and golang-migrate, whose table has the
    same name), Flyway, Liquibase, Prisma.
    """
    import sqlalchemy

    with _reading(address) as connection:
        tables = {name.lower(): name for name in sqlalchemy.inspect(connection).get_table_names()}
        return tuple(read(connection, tables[table]) for table, read in _READERS.items() if table in tables)


def _rows(connection: "Connection", sql: str, table: str) -> list[tuple[Any, ...]]:
    quoted = connection.dialect.identifier_preparer.quote_identifier(table)
    return [tuple(row) for row in connection.exec_driver_sql(sql.format(table=quoted)).fetchmany(ROWS)]


def _alembic(connection: "Connection", table: str) -> History:
    return History("alembic", tuple(str(row[0]) for row in _rows(connection, "SELECT version_num FROM {table}", table)))


def _django(connection: "Connection", table: str) -> History:
    rows = _rows(connection, "SELECT app, name FROM {table} ORDER BY id", table)
    return History("django", tuple(f"{app}.{name}" for app, name in rows))


def _rails(connection: "Connection", table: str) -> History:
    import sqlalchemy

    columns = {column["name"] for column in sqlalchemy.inspect(connection).get_columns(table)}
    if "dirty" in columns:
        rows = _rows(connection, "SELECT version, dirty FROM {table}", table)
        applied = tuple(str(version) for version, dirty in rows if not dirty)
        return History("golang-migrate", applied, tuple(str(version) for version, dirty in rows if dirty))
    rows = _rows(connection, "SELECT version FROM {table} ORDER BY version", table)
    return History("rails", tuple(str(row[0]) for row in rows))


def _flyway(connection: "Connection", table: str) -> History:
    sql = "SELECT version, success, script FROM {table} ORDER BY installed_rank"
    rows = _rows(connection, sql, table)
    applied = tuple(str(version) for version, success, _ in rows if success and version is not None)
    return History("flyway", applied, tuple(str(script) for _, success, script in rows if not success))


def _liquibase(connection: "Connection", table: str) -> History:
    import sqlalchemy

    rows = _rows(connection, "SELECT id, exectype FROM {table} ORDER BY orderexecuted", table)
    locks = [
        name for name in sqlalchemy.inspect(connection).get_table_names() if name.lower() == f"{table.lower()}lock"
    ]
    locked = bool(locks) and any(row[0] for row in _rows(connection, "SELECT locked FROM {table}", locks[0]))
    applied = tuple(str(name) for name, kind in rows if kind in {"EXECUTED", "RERAN", "MARK_RAN"})
    return History("liquibase", applied, tuple(str(name) for name, kind in rows if kind == "FAILED"), locked)


def _prisma(connection: "Connection", table: str) -> History:
    sql = "SELECT migration_name, finished_at, rolled_back_at FROM {table} ORDER BY started_at"
    rows = _rows(connection, sql, table)
    applied = tuple(str(name) for name, finished, back in rows if finished is not None and back is None)
    return History("prisma", applied, tuple(str(name) for name, finished, back in rows if not finished and not back))


_READERS: dict[str, Callable[["Connection", str], History]] = {
    "alembic_version": _alembic,
    "django_migrations": _django,
    "schema_migrations": _rails,
    "flyway_schema_history": _flyway,
    "databasechangelog": _liquibase,
    "_prisma_migrations": _prisma,
}
# drivers that frameworks name and that are not here: the same server is asked with ours
_DRIVERS = {"postgres": "postgresql+psycopg", "postgresql": "postgresql+psycopg", "postgis": "postgresql+psycopg"}


def _url(address: str) -> "URL":
    import sqlalchemy

    text = address.strip().removeprefix("jdbc:")
    scheme, found, rest = text.partition("://")
    backend = scheme.partition("+")[0].lower()
    try:
        return sqlalchemy.make_url(f"{_DRIVERS.get(backend, scheme)}://{rest}" if found else text)
    except (sqlalchemy.exc.ArgumentError, ValueError):
        do = "write it as postgresql://user:password@host/name"
        raise SourceError("the database's address cannot be read", do=do) from None


def _dialect(address: str) -> str:
    backend = _url(address).get_backend_name()
    return {"postgresql": "postgres", "mssql": "tsql", "mariadb": "mysql"}.get(backend, backend)


_LIMITS = {
    "postgresql": (
        "SET TRANSACTION READ ONLY",
        "SET LOCAL statement_timeout = '{seconds}s'",
        "SET LOCAL lock_timeout = '2s'",
    ),
    "mysql": ("SET SESSION MAX_EXECUTION_TIME = {seconds}000", "START TRANSACTION READ ONLY"),
    "mariadb": ("SET SESSION max_statement_time = {seconds}", "START TRANSACTION READ ONLY"),
}


@contextmanager
def _reading(address: str) -> Iterator["Connection"]:
    """A connection that cannot write, and gives up in time. Raises SourceError for whatever goes wrong in it."""
    import sqlalchemy

    url = _url(address)
    backend = url.get_backend_name()
    arguments: dict[str, Any] = {}
    if backend == "postgresql":
        arguments = {"connect_timeout": CONNECT_SECONDS, "application_name": "releasekit"}
        arguments |= {key: value for key, value in url.query.items() if key.startswith("ssl")}
        url = url.set(query={})
    elif backend == "sqlite" and url.database:
        url = url.set(database=f"file:{url.database}", query={"mode": "ro", "uri": "true"})
    try:
        engine = sqlalchemy.create_engine(url, poolclass=sqlalchemy.NullPool, connect_args=arguments)
        with engine.connect() as connection:
            # in the transaction and not as options of the connection, which poolers such as PgBouncer refuse
            for limit in _LIMITS.get(backend, ()):
                connection.exec_driver_sql(limit.format(seconds=STATEMENT_SECONDS))
            yield connection
            connection.rollback()
    except ModuleNotFoundError as error:
        do = "install it beside releasekit; for PostgreSQL: pip install releasekit[postgres]"
        raise SourceError(f"the driver {error.name} is not installed", shown(address), do) from None
    except sqlalchemy.exc.SQLAlchemyError as error:
        raise SourceError(_why(error, url), shown(address), "check address, network and permissions") from None


def _why(error: Exception, url: "URL") -> str:
    text = " ".join(str(getattr(error, "orig", None) or error).split())
    for secret in filter(None, (url.password, url.username)):
        text = text.replace(str(secret), "***")
    return f"the database says: {text[:300]}"
