"""Programs beside the platforms' own: PostgreSQL's, curl, systemd's, docker's single containers are elsewhere."""

import shlex
from pathlib import Path

from tests.checklist.ways.standins.grammar import Call, RefusedError, Tool
from tests.checklist.ways.standins.world import World

PG = "-F= --format= -U= --username= -h= --host= -p= --port= -w --no-password -v --verbose -d= --dbname="
pg_dump = Tool("pg_dump")
pg_restore = Tool("pg_restore")
psql = Tool("psql")
curl = Tool("curl")
journalctl = Tool("journalctl")

psql.looks("", f"{PG} -c= --command= -f= --file= -A -t -q --quiet", says="1\n")
curl.looks(
    "", "-f --fail -s --silent -S --show-error -L --location --max-time= -o= -X= -H= -d= -k", least=1, says="ok\n"
)
journalctl.looks("", "--since= --until= --no-pager -u= --unit= -f -n= --lines= -o=", says="-- No entries --\n")


@pg_dump.verb("", f"{PG} -f= --file= -Z= --compress= --clean --if-exists", most=1)
def _dump(w: World, c: Call) -> str:
    text = w.dump()
    file = c.one("-f", "--file")
    if file:
        (c.cwd / file).write_text(text)
        return ""
    return text


@pg_restore.verb(
    "",
    f"{PG} -c --clean --if-exists -1 --single-transaction -e --exit-on-error -l --list -j= --jobs= -C --create",
    most=1,
)
def _restore(w: World, c: Call) -> None:
    text = c.path(c.args[0]).read_text() if c.args else c.stdin()
    if not c.has("-l", "--list"):
        w.restore(text)


def inside(w: World, c: Call, words: list[str]) -> str:
    """What a command prints in a container: the database's own tools, or a shell that runs one of them."""
    if words[:2] in (["sh", "-c"], ["bash", "-c"]) and len(words) == 3:
        said = [inside(w, c, shlex.split(part)) for part in words[2].split(" && ")]
        return said[-1]
    program = {"pg_dump": pg_dump, "pg_restore": pg_restore, "psql": psql}.get(Path(words[0]).name) if words else None
    if program is None:
        return ""
    # what a shell in the container fills in is one word, whatever it is
    return program.run(
        w, ["x" if "$" in word and not word.startswith("-") else word for word in words[1:]], c.cwd, c.stdin
    )


def migrates(words: list[str]) -> bool:
    """Whether a command's words migrate."""
    said = " ".join(words)
    return any(
        part in said
        for part in (
            "alembic upgrade",
            "db:migrate",
            "db:prepare",
            "migrate deploy",
            "manage.py migrate",
            "artisan migrate",
        )
    )


def downgrades(words: list[str]) -> bool:
    """Whether a command's words take the schema back."""
    said = " ".join(words)
    return any(part in said for part in ("alembic downgrade", "db:rollback"))


def in_container(w: World, version: str, words: list[str]) -> str:
    """What a command of the application's own does in a container of a version."""
    if migrates(words):
        return w.migrate(version)
    if downgrades(words):
        if version != w.schema:
            raise RefusedError("FAILED: Can't locate revision")
        w.back_to("v1.0.0")
    return ""


by_hand = Tool("by-hand")  # what a person does where no command is printed: in a dashboard, on a host


@by_hand.verb("backup", most=0)
def _backed_up(w: World, c: Call) -> None:
    (c.cwd / "before.dump").write_text(w.dump())


@by_hand.verb("restore", most=0)
def _read_back(w: World, c: Call) -> None:
    w.restore(c.path("before.dump").read_text())


@by_hand.verb("rollback", most=0)
def _rolled_back(w: World, c: Call) -> None:
    w.put(w.previous)


@by_hand.verb("host", least=1, most=1)
def _host(w: World, c: Call) -> None:
    w.state["on the host"] = w.version_of(c.args[0])
    for unit in w.clone.rglob("*.service"):
        w.app(unit.name)


install_release = Tool("install-release")  # what a repository's own script starts on a host


@install_release.verb("", least=1, most=1)
def _installed(w: World, c: Call) -> None:
    w.put(w.version_of(c.args[0]))


alembic = Tool("alembic", anywhere="-c= --config= -n= --name=")


@alembic.verb("upgrade", least=1, most=1)
def _upgrade(w: World, c: Call) -> str:
    """In a checkout whose database is production's: with the code that is checked out."""
    return w.migrate(w.version_of(at=c.cwd))


@alembic.verb("downgrade", least=1, most=1)
def _downgrade(w: World, c: Call) -> str:
    return in_container(w, w.version_of(at=c.cwd), ["alembic", "downgrade", c.args[0]])


alembic.looks("current,heads,history")
