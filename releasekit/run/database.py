"""How a database is opened, made ours or refused, and what its errors mean in words. Knows no event."""

import ctypes
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from releasekit.errors import InputError, StoreError

if TYPE_CHECKING:
    from sqlalchemy import URL, Connection, Engine
    from sqlalchemy.exc import DBAPIError

LAYOUT = 1
APPLICATION_ID = 0x524C4B54  # "RLKT", in the header of every SQLite file of ours
_MARK = "releasekit store"
_IN_MEMORY = "the store in memory"
_LOCK_OF_CREATION = 0x524C4B54
_SMALL_FILE = 64 * 2**20  # up to here the whole file is looked through when it is opened: about 0.1 s

# Magic numbers of statfs(2) for file systems whose locks SQLite must not trust: https://sqlite.org/faq.html#q5
NETWORK = {
    0x6969: "NFS",
    0x517B: "SMB",
    0xFE534D42: "SMB",
    0xFF534D42: "CIFS",
    0x5346414F: "AFS",
    0x00C36400: "Ceph",
    0x0BD00BD0: "Lustre",
    0x01161970: "GFS2",
    0x7461636F: "OCFS2",
}

_TABLES = (
    """CREATE TABLE release_runs (
        run TEXT PRIMARY KEY, service TEXT NOT NULL, version TEXT NOT NULL, environment TEXT NOT NULL,
        parameters_hash TEXT NOT NULL, candidate TEXT NOT NULL, opened TEXT NOT NULL, closed TEXT NOT NULL,
        outcome TEXT NOT NULL, size INTEGER NOT NULL, head TEXT NOT NULL)""",
    # of one version of one service in one environment at most one run is open, whoever asks at the same moment
    """CREATE UNIQUE INDEX release_open ON release_runs (service, version, environment) WHERE outcome = ''""",
    """CREATE INDEX release_listed ON release_runs (opened, run)""",
    """CREATE TABLE release_events (
        run TEXT NOT NULL REFERENCES release_runs (run), seq INTEGER NOT NULL, id TEXT NOT NULL UNIQUE,
        kind TEXT NOT NULL, item TEXT NOT NULL, version INTEGER NOT NULL, line TEXT NOT NULL,
        PRIMARY KEY (run, seq))""",
    """CREATE INDEX release_items ON release_events (run, item, seq) WHERE item <> ''""",
)
# Against accidents, not against whoever may change the database: the hash chain shows what they did.
_SQLITE_GUARDS = tuple(
    f"""CREATE TRIGGER release_events_no_{act} BEFORE {act} ON release_events
        BEGIN SELECT RAISE(ABORT, 'the log of a run is append-only'); END"""
    for act in ("update", "delete")
)
# PostgreSQL knows who is connected, so it can hold an event that says "authenticated" to that.
_POSTGRESQL_GUARDS = (
    """CREATE FUNCTION release_events_guard() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_OP <> 'INSERT' THEN
            RAISE EXCEPTION 'the log of a run is append-only';
        END IF;
        IF NEW.line::json ->> 'grade' = 'authenticated' AND NEW.line::json ->> 'actor' <> session_user THEN
            RAISE EXCEPTION 'an event of % was written by %', NEW.line::json ->> 'actor', session_user;
        END IF;
        RETURN NEW;
    END $$""",
    """CREATE TRIGGER release_events_rows BEFORE INSERT OR UPDATE OR DELETE ON release_events
        FOR EACH ROW EXECUTE FUNCTION release_events_guard()""",
    """CREATE TRIGGER release_events_all BEFORE TRUNCATE ON release_events
        FOR EACH STATEMENT EXECUTE FUNCTION release_events_guard()""",
    f"COMMENT ON TABLE release_events IS '{_MARK} {LAYOUT}'",
)


@dataclass(frozen=True, slots=True)
class Database:
    """An open database of ours; ``name`` is what messages call it (no password), ``patience`` seconds for locks."""

    engine: "Engine"
    name: str
    patience: float

    @property
    def postgresql(self) -> bool:
        """Whether it is PostgreSQL; SQLite otherwise."""
        return self.engine.dialect.name == "postgresql"

    @property
    def in_memory(self) -> bool:
        """Whether it ends with the process."""
        return not self.postgresql and self.name == _IN_MEMORY

    @contextmanager
    def reading(self) -> Iterator["Connection"]:
        """A transaction that only reads. Raises StoreError."""
        with translated(self.name, self.patience), self.engine.connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def writing(self) -> Iterator["Connection"]:
        """A transaction that holds SQLite's write lock from its start; committed durably when it ends well."""
        engine = self.engine.execution_options(releasekit_writes=True)
        with translated(self.name, self.patience), engine.begin() as connection:
            yield connection


def filesystem_of(path: Path) -> int:
    """The magic number of the file system under an existing path (Linux), 0 where it cannot be known."""
    if not sys.platform.startswith("linux"):
        return 0
    buffer = ctypes.create_string_buffer(512)  # struct statfs is smaller everywhere; f_type is its first word
    if ctypes.CDLL(None, use_errno=True).statfs(os.fsencode(path), buffer) != 0:
        return 0
    return ctypes.c_ulong.from_buffer(buffer).value & 0xFFFFFFFF


def open_database(
    url: str | None, out: Path, *, patience: float = 30.0, filesystem: Callable[[Path], int] = filesystem_of
) -> Database:
    """Open the store at ``url`` (default: ``out``/releases.db), made if it is not there.

    Raises InputError for an address that cannot be a store, StoreError for a database that must not be used.
    """
    address = _address(url, out)
    if address.get_backend_name() == "postgresql":
        return _open_postgresql(address, patience)
    return _open_sqlite(address, patience, filesystem)


def _address(url: str | None, out: Path) -> "URL":
    from sqlalchemy import URL, make_url
    from sqlalchemy.exc import ArgumentError

    if not url:
        return URL.create("sqlite", database=str(out / "releases.db"))
    example = "give sqlite:///PATH or postgresql+psycopg://USER@HOST/DATABASE"
    try:
        address = make_url(url)
    except ArgumentError as error:
        # the text may hold a password, so it is not repeated
        raise InputError("the address of the store cannot be read", "RELEASEKIT_STORE", example) from error
    if address.drivername not in ("sqlite", "sqlite+pysqlite", "postgresql", "postgresql+psycopg"):
        raise InputError(f"{address.drivername} is no store for releases", "RELEASEKIT_STORE", example)
    if address.get_backend_name() == "postgresql":
        return address.set(drivername="postgresql+psycopg")
    return address


def _open_sqlite(address: "URL", patience: float, filesystem: Callable[[Path], int]) -> Database:
    from sqlalchemy import create_engine, event
    from sqlalchemy.pool import NullPool, StaticPool

    memory = address.database in (None, "", ":memory:")
    name = _IN_MEMORY if memory else str(address.database)
    options: dict[str, Any] = {"poolclass": StaticPool, "connect_args": {"check_same_thread": False}}
    if not memory:
        _prepare_file(Path(name), filesystem)
        # A connection a call: a file that was replaced, or a process that forked, never meets an old connection.
        options = {"poolclass": NullPool, "connect_args": {"timeout": patience}}
    engine = create_engine(address, **options)

    @event.listens_for(engine, "connect")
    def settings(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # transactions begin where `begin` below says so
        for pragma in ("journal_mode=DELETE", "synchronous=EXTRA", "foreign_keys=ON", "trusted_schema=OFF"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection: "Connection") -> None:
        writes = connection.get_execution_options().get("releasekit_writes")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    database = Database(engine, name, patience)
    _make_ours(database, memory)
    return database


def _prepare_file(path: Path, filesystem: Callable[[Path], int]) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(f"the folder of the store cannot be made: {error.strerror}", str(path.parent)) from error
    if path.is_dir():
        raise StoreError("the store is a folder, not a file", str(path), "give the path of a file")
    kind = NETWORK.get(filesystem(path.parent))
    if kind:
        raise StoreError(
            f"the store lies on a network file system ({kind}), where SQLite's locks do not hold",
            str(path),
            "choose a folder on a local disk, or RELEASEKIT_STORE=postgresql+psycopg://...",
        )
    try:
        with path.open("rb") as file:
            start = file.read(16)
    except FileNotFoundError:
        return
    except OSError as error:
        raise StoreError(f"the store cannot be read: {error.strerror}", str(path)) from error
    if start and start != b"SQLite format 3\0":
        raise StoreError(
            "this file is not a database of releasekit", str(path), "move it away, or choose another folder"
        )


def _make_ours(database: Database, memory: bool) -> None:
    with database.reading() as connection:
        if _is_ours(connection, database.name):
            if not memory and Path(database.name).stat().st_size <= _SMALL_FILE:
                _look_through(connection, database.name)
            return
    with database.writing() as connection:
        if _is_ours(connection, database.name):
            return
        for statement in (*_TABLES, *_SQLITE_GUARDS):
            connection.exec_driver_sql(statement)
        connection.exec_driver_sql(f"PRAGMA application_id={APPLICATION_ID}")
        connection.exec_driver_sql(f"PRAGMA user_version={LAYOUT}")


def _is_ours(connection: "Connection", name: str) -> bool:
    """False for an empty database; StoreError for one that somebody else made, or a newer releasekit."""
    ours = connection.exec_driver_sql("PRAGMA application_id").scalar() == APPLICATION_ID
    if not ours and connection.exec_driver_sql("SELECT count(*) FROM sqlite_master").scalar() == 0:
        return False
    if not ours:
        raise StoreError("this database is not releasekit's", name, "move it away, or choose another folder")
    layout = connection.exec_driver_sql("PRAGMA user_version").scalar()
    if layout != LAYOUT:
        raise _newer(layout, name)
    return True


def _newer(layout: object, name: str) -> StoreError:
    return StoreError(
        f"the store has layout {layout}; this releasekit knows layout {LAYOUT}", name, "install a newer releasekit"
    )


def _look_through(connection: "Connection", name: str) -> None:
    said = connection.exec_driver_sql("PRAGMA quick_check(1)").scalar()
    if said != "ok":
        raise StoreError(f"the database is damaged: {said}", name, "restore it from a backup")


def _open_postgresql(address: "URL", patience: float) -> Database:
    from sqlalchemy import create_engine, event

    name = address.render_as_string(hide_password=True)
    try:
        engine = create_engine(
            address,
            pool_pre_ping=True,
            connect_args={"connect_timeout": max(2, int(patience)), "application_name": "releasekit"},
        )
    except ModuleNotFoundError as error:
        raise InputError(
            "PostgreSQL needs psycopg, which is not installed", "RELEASEKIT_STORE", "pip install 'releasekit[postgres]'"
        ) from error

    @event.listens_for(engine, "connect")
    def settings(connection: Any, _record: Any) -> None:
        # whatever the server's default is: acknowledged means on disk
        connection.execute("SET synchronous_commit = on")
        connection.execute(f"SET lock_timeout = {int(patience * 1000)}")
        connection.commit()

    database = Database(engine, name, patience)
    try:
        with database.reading() as connection:
            ours = _is_ours_postgresql(connection, name)
        if not ours:
            _make_ours_postgresql(database)
    except StoreError:
        engine.dispose()
        raise
    return database


def _make_ours_postgresql(database: Database) -> None:
    with database.writing() as connection:
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_LOCK_OF_CREATION})")
        if not _is_ours_postgresql(connection, database.name):
            for statement in (*_TABLES, *_POSTGRESQL_GUARDS):
                connection.exec_driver_sql(statement.replace("%", "%%"))


def _is_ours_postgresql(connection: "Connection", name: str) -> bool:
    # from pg_class itself: to_regclass answers from a cache that a wait for the lock of creation does not renew
    mark = connection.exec_driver_sql(
        "SELECT coalesce(obj_description(oid, 'pg_class'), '') FROM pg_catalog.pg_class"
        " WHERE relname = 'release_events' AND pg_catalog.pg_table_is_visible(oid)"
    ).scalar()
    if mark is None:
        return False
    said, _, layout = mark.rpartition(" ")
    if said != _MARK:
        raise StoreError("its table release_events is not releasekit's", name, "choose another database or schema")
    if layout != str(LAYOUT):
        raise _newer(layout, name)
    return True


@contextmanager
def translated(name: str, patience: float) -> Iterator[None]:
    """Say the database's errors in words, as StoreError; what was acknowledged before is not touched by any of them."""
    from sqlalchemy.exc import DBAPIError

    try:
        yield
    except DBAPIError as error:
        what, do = _words(error, patience)
        raise StoreError(what, name, do) from error


def _words(error: "DBAPIError", patience: float) -> tuple[str, str]:
    said = str(error.orig).strip().splitlines()
    cause = said[0] if said else type(error.orig).__name__
    code = getattr(error.orig, "sqlite_errorname", "") or getattr(error.orig, "sqlstate", "") or ""
    for prefix, (what, do) in _CAUSES.items():
        if code.startswith(prefix):
            return what.format(patience=f"{patience:g}"), do
    if error.connection_invalidated or (not code and "connect" in cause):
        return f"the store does not answer ({cause})", "what was not acknowledged may be done again; then try again"
    return f"the store refused: {cause}", ""


# by SQLite's error names and PostgreSQL's SQLSTATE classes
_CAUSES = {
    "SQLITE_BUSY": ("another program has kept the store locked for {patience} s", "end it, or try again"),
    "SQLITE_LOCKED": ("another program has kept the store locked for {patience} s", "end it, or try again"),
    "55P03": ("another program has kept the run locked for {patience} s", "end it, or try again"),
    "SQLITE_FULL": ("the disk is full; what was saved before is intact", "free some space and do it again"),
    "53100": ("the server's disk is full; what was saved before is intact", "free some space and do it again"),
    "SQLITE_READONLY": ("the store may only be read", "make the file and its folder writable"),
    "25006": ("the store may only be read", "connect to a server, and as a user, that may write"),
    "42501": ("the database user may not do this", "grant it SELECT and INSERT, and UPDATE on release_runs"),
    "SQLITE_CANTOPEN": ("the store cannot be opened", "see that its folder is there and writable"),
    "SQLITE_NOTADB": ("this file is not a database of releasekit", "move it away, or choose another folder"),
    "SQLITE_CORRUPT": ("the database is damaged", "restore it from a backup"),
    "SQLITE_IOERR": ("the disk failed; what was saved before is intact", "see the system's log"),
}
