"""The database's steps: a backup after the last write, migrations in the new artefact, the schema's way back."""

import re
import shlex
from collections.abc import Iterable, Iterator
from dataclasses import replace

from releasekit.checklist.context import Context
from releasekit.checklist.model import Act, Step
from releasekit.checklist.rollback import Way as Back
from releasekit.checklist.rollback import downgrade_command
from releasekit.checklist.ways.commands import Commands, typable, typed
from releasekit.checklist.ways.kubernetes import Kubernetes
from releasekit.facts.model import Fact

# The dump that belongs to an engine's own image, in a form that its restore command checks.
_DUMP = {
    "postgres": ('pg_dump --format=custom --username="${POSTGRES_USER:-postgres}" "${POSTGRES_DB:-postgres}"', "dump"),
    "mysql": ('mysqldump --single-transaction --all-databases --password="$MYSQL_ROOT_PASSWORD"', "sql"),
    "mongodb": ("mongodump --archive --gzip", "archive.gz"),
}
_RESTORE = {
    # emptied first: what the migrations added may depend on what the dump would replace
    "postgres": (
        'psql --quiet --username="${POSTGRES_USER:-postgres}" --dbname="${POSTGRES_DB:-postgres}"'
        " --command='DROP SCHEMA public CASCADE' --command='CREATE SCHEMA public'"
        ' && pg_restore --single-transaction --exit-on-error --username="${POSTGRES_USER:-postgres}"'
        ' --dbname="${POSTGRES_DB:-postgres}"'
    ),
    "mysql": 'mysql --password="$MYSQL_ROOT_PASSWORD"',
    "mongodb": "mongorestore --archive --gzip --drop",
}
_SAME = {"postgresql": "postgres", "mariadb": "mysql", "mongo": "mongodb"}
_SCRIPTS = (".sh", ".bash", ".py", ".rb", ".ps1")
# the tool of a line that a pipeline only calls a migration
_PIPELINE = "pipeline"
_BACKUP_WORDS = ("backup", "dump", "snapshot")


def backup(c: Context, way: Commands) -> Iterator[Step]:
    """The backup of this release: the repository's own job or script, else the dump that fits the engine's image."""
    if not c.anywhere("datastore", "volume", "migration_tool", "backup") and not c.release.database:
        return
    found = [*_scheduled(c, way)] or [*_scripted(c)] or [*way.backup()] or [*_dumped(c, way)]
    yield from found
    if not found and (c.rollback.no_return or c.change.migrations):
        who = c.release.who("devops_engineer")
        stores = [str(fact.value) for fact in c.anywhere("datastore")]
        what = f"the {stores[0]} database" if stores else "the database"
        yield Step(Act.BACKUP, f"Back up {what}: no command is known. Ask {who}.", warns=True)


def _scheduled(c: Context, way: Commands) -> Iterator[Step]:
    """A job that runs on a schedule is started once more, and waited for."""
    if not isinstance(way, Kubernetes):
        return
    for fact in c.of("cronjob"):
        if not any(word in fact.name.lower() for word in _BACKUP_WORDS):
            continue
        name = _object_name(f"{fact.name}-before-{c.release.version or 'release'}")
        words = way.kubectl("create", "job", f"--from=cronjob/{fact.name}", name, services=[fact.service or fact.name])
        text = f"Start the backup job {fact.name} once more."
        yield way.step(Act.BACKUP, text, *words, expect=f"job.batch/{name} created", source=fact.source)
        words = way.kubectl(
            "wait", "--for=condition=complete", f"job/{name}", "--timeout=30m", services=[fact.service or fact.name]
        )
        yield way.step(Act.BACKUP, "Wait until the backup has ended.", *words, expect="condition met")


def _object_name(text: str) -> str:
    """A name that a cluster takes (RFC 1123): lower case, digits, dashes and dots."""
    return re.sub(r"[^a-z0-9.-]+", "-", text.lower()).strip("-.")[:63]


def _scripted(c: Context) -> Iterator[Step]:
    for fact in c.of("backup"):
        if not restores(fact) and is_script(fact):
            command = shlex.join((runnable(fact.name), "FILE"))
            text = f"Back up with the repository's script ({fact.value})."
            fill = (("FILE", "where the dump is written to"),)
            yield Step(Act.BACKUP, text, command, "exit status 0, a file that is not empty", fact.source, fill=fill)


def _dumped(c: Context, way: Commands) -> Iterator[Step]:
    for fact in c.of("datastore"):
        command = dump(c, way, fact)
        if command:
            text = f"Dump {fact.name} ({fact.value})."
            yield Step(Act.BACKUP, text, command, "exit status 0, a file that is not empty", fact.source, way=way.way)


def dump(c: Context, way: Commands, store: Fact) -> str:
    """A command that dumps a store that runs in a container of this deployment; "" when none is known."""
    known, inside = _DUMP.get(_engine(store)), _inside(c, way, store)
    if not known or not inside:
        return ""
    return f"{inside} sh -c {shlex.quote(known[0])} > {shlex.quote(_file(c, store))}"


def restore(c: Context, way: Commands, store: Fact) -> str:
    """The command that reads back what ``dump`` wrote; "" when none is known."""
    known, inside = _RESTORE.get(_engine(store)), _inside(c, way, store)
    return f"{inside} sh -c {shlex.quote(known)} < {shlex.quote(_file(c, store))}" if known and inside else ""


def _engine(store: Fact) -> str:
    engine = str(store.value).lower()
    return _SAME.get(engine, engine)


def _inside(c: Context, way: Commands, store: Fact) -> str:
    """Only a container that streams: others cannot pass a dump on."""
    streams = c.deployment.way == "compose" or c.deployment.cluster
    named = c.runs_here(store.name) and not store.name.startswith("-")
    return way.inside(store.name) if streams and named else ""


def _file(c: Context, store: Fact) -> str:
    return f"{store.name}-before-{c.release.version or 'release'}.{_DUMP[_engine(store)][1]}".replace("/", "-")


def is_script(fact: Fact) -> bool:
    """Whether a backup or a restore is a script of the repository, which can be started as it is."""
    stem = fact.name.rpartition("/")[2]
    return stem.endswith(_SCRIPTS) or "." not in stem


def runnable(path: str) -> str:
    """A script's path as a shell starts it: one in the root needs its folder."""
    return path if "/" in path else f"./{path}"


def restores(fact: Fact) -> bool:
    """Whether a backup's fact is about reading it back."""
    return "restore" in f"{fact.name} {fact.value}".lower()


def migrate(c: Context, way: Commands) -> Iterator[Step]:
    """How migrations run: by the platform in the deploy, by a job, by the pipeline, in each replica, or by hand."""
    commands = c.of("migration_command")
    loose = [fact for fact in c.migration_steps if fact.name == _PIPELINE]
    if not loose and not c.change.migrations and c.compares:
        return
    if not (loose or commands or c.migrating or c.of("migration_tool", "migration_runs")):
        return
    hook = platform_hook(c)
    if hook is not None:
        yield Step(Act.MIGRATE, _hooked(c, hook), source=hook.source, way=way.way)
        return
    if c.run is not None and (migrating := c.run.of("migrate")):
        text = f"Nothing to type: the pipeline migrates ({migrating[0].how})."
        yield Step(Act.MIGRATE, text, source=migrating[0].source, way=way.way)
        return
    piped = list(_piped(way, [fact for fact in c.migration_steps if fact.name != _PIPELINE]))
    jobs = [step for job in c.migrating for step in way.once(job)]
    # the command of a known tool in a pipeline, a job of the deployment, whatever the pipeline calls a migration
    found = piped or jobs or list(_piped(way, loose))
    if found:
        yield from found
        return
    runs = {fact.value for fact in c.of("migration_runs")}
    if runs & {"every-replica", "start-script"}:
        place = next(fact for fact in c.of("migration_runs") if fact.value in {"every-replica", "start-script"})
        text = f"Nothing to type: {c.release.new} migrates when it starts, in every replica that starts."
        yield Step(Act.MIGRATE, text, source=place.source, way=way.way, warns=True)
        return
    in_ci = [fact for fact in commands if _runs_in_ci(c, fact)]
    yield from [*_piped(way, in_ci)] or [*_typed(c, way, commands)]


def platform_hook(c: Context) -> Fact | None:
    """What the platform runs inside each deploy, where that is the migration; None when there is none."""
    commands = [str(fact.value) for fact in c.of("migration_command")]
    scripts = {fact.path.rpartition("/")[2] for fact in c.of("migration_command")}
    for fact in c.of("hook"):
        text = str(fact.value)
        jobs = [str(one.value) for one in c.service("start_command", text)]
        said = " ".join((text, *jobs))
        if any(word in said for word in (*commands, *scripts)) or "migrat" in said.lower():
            return fact
    if any(fact.value == "platform" for fact in c.of("migration_runs")):
        return next(fact for fact in c.of("migration_runs") if fact.value == "platform")
    return None


# how a hook that is no Job runs, once for each deploy, as the platforms' documentation says
_ONCE = {
    "release_command": "once, in a temporary machine with the new image, before any machine is updated",
    "preDeployCommand": "once, in an instance of its own, after the build and before the new version starts",
    "release phase": "once, in a one-off dyno, before the new release starts",
    "PRE_DEPLOY": "once, as a job, before the new version is deployed",
    "POST_DEPLOY": "once, as a job, after the new version was deployed",
    "capistrano/rails/migrations": "once, on the host with the role db, before the new release is published",
    "artisan:migrate": "once, on the host that is chosen for it, before the new release is published",
    "container_commands": "on the leader alone where leader_only is set, before the new version starts",
}


def _hooked(c: Context, hook: Fact) -> str:
    title = c.deployment.title or "The platform"
    if hook.kind != "hook":
        return f"Nothing to type: {title} runs the migrations in the deploy. When they fail, the deploy stops."
    how = _ONCE.get(hook.name, "once, as a job that it waits for")
    text = f"Nothing to type: {title} runs the migrations in the deploy ({hook.name}), {how}."
    return f"{text} When it fails, the deploy stops."


def _piped(way: Commands, lines: Iterable[Fact]) -> Iterator[Step]:
    """The pipeline's own lines that migrate."""
    for fact in lines:
        words = str(fact.value)
        made = typed(words, way.known(back=False))
        if made is None:
            yield Step(Act.MIGRATE, f"Let the pipeline migrate: {words}", source=fact.source, way=way.way)
            continue
        fill = tuple((name, f"a variable of the pipeline ({fact.source})") for name in made[1])
        text = "Let the pipeline migrate; this is its line."
        yield Step(Act.MIGRATE, text, made[0], "exit status 0", fact.source, way=way.way, fill=fill)


def _runs_in_ci(c: Context, command: Fact) -> bool:
    return any(fact.value == "ci" and fact.source == command.source for fact in c.of("migration_runs"))


def _home(c: Context, command: Fact) -> str:
    """The service whose code a migration's command is of: its own, else the first with this repository's code."""
    apps = [one.name for one in c.own if str(one.value) in {"app", "job"}]
    return command.service if command.service in apps else next(iter(apps), "")


def _typed(c: Context, way: Commands, commands: tuple[Fact, ...]) -> Iterator[Step]:
    for fact in commands:
        service = _home(c, fact)
        words = str(fact.value)
        typed = typable(words)
        step = way.run(typed, service, fact.source) if service and typed else None
        if step is not None:
            yield step
        else:
            who = c.release.who("devops_engineer")
            text = f"Run “{words}” with {c.release.new}'s code where it reaches the database"
            text = f"{text}: no file says where. Ask {who}."
            yield Step(Act.MIGRATE, text, source=fact.source, way=way.way, warns=True)
    if not commands:
        who = c.release.who("technical_lead")
        tool = next((str(fact.value) for fact in c.of("migration_tool")), "the migration tool")
        text = f"Migrate with {tool}: no file says with which command. Ask {who}."
        yield Step(Act.MIGRATE, text, way=way.way, warns=True)


def schema_back(c: Context, way: Commands) -> Iterator[Step]:
    """The schema's way back, before the old version starts on it."""
    plan = c.rollback
    if plan.way is Back.DOWNGRADE:
        yield from _downgraded(c, way)
    elif plan.way is Back.RESTORE:
        yield from restoring(c, way)
    elif plan.way is Back.CODE and _migrates_again(c, way):
        yield from _downgraded_first(c, way)


# tools that fail on a schema with migrations that their code does not know
_STRICT = frozenset(("alembic", "aerich", "knex", "golang-migrate", "goose", "node-pg-migrate", "migrate-mongo"))


def _migrates_again(c: Context, way: Commands) -> bool:
    """Whether the old version would run its migration tool on the way back, and fail on what the new one added."""
    if not c.change.migrations or not {migration.tool for migration in c.change.migrations} & _STRICT:
        return False
    starts = any(fact.value in {"every-replica", "start-script"} for fact in c.of("migration_runs"))
    return starts or (platform_hook(c) is not None and not way.skips_hooks)


def _downgraded_first(c: Context, way: Commands) -> Iterator[Step]:
    """The schema goes back while the new version still runs: only its code knows how."""
    command = next(iter(c.of("migration_command")), None)
    back = downgrade_command(command, len(c.change.migrations))
    if command is None or not back:
        return
    service = next((one.name for one in c.own if one.name not in c.jobs), command.service or "")
    old = c.release.old or "the old version"
    why = f"{old} migrates when it is deployed, and does not know what {c.release.new} added"
    parts = [typable(part) for part in back.split(" && ")]
    steps = [step for part in parts if service and part and (step := way.within(part, service, command.source))]
    if len(steps) == len(parts):
        for step in steps:
            yield replace(step, act=Act.BACK_SCHEMA, text=f"Take the schema back first: {why}.")
    else:
        text = f"Take the schema back first with “{back}”, in {c.release.new}'s code: {why}."
        yield Step(Act.BACK_SCHEMA, text, source=command.source, way=way.way, warns=True)


def restoring(c: Context, way: Commands) -> Iterator[Step]:
    """How the backup is read back: the repository's own script, else what reads the dump that was made."""
    known = [fact for fact in c.of("restore") if is_script(fact)]
    for fact in known:
        command = shlex.join((runnable(fact.name), "FILE"))
        fill = (("FILE", "the dump that was written before the migrations"),)
        yield Step(Act.BACK_SCHEMA, "Restore the backup.", command, "exit status 0", fact.source, fill=fill)
    own = [] if known else list(way.restore())
    yield from own
    for fact in c.of("datastore") if not known and not own else ():
        command = restore(c, way, fact)
        if command:
            text = f"Restore {fact.name} from the dump."
            yield Step(Act.BACK_SCHEMA, text, command, "exit status 0", fact.source, way=way.way)


def _downgraded(c: Context, way: Commands) -> Iterator[Step]:
    plan = c.rollback
    command = next(iter(c.of("migration_command")), None)
    if not plan.downgrade or command is None:
        text = "Undo the new migrations with the migration tool, the newest first: no command is known."
        yield Step(Act.BACK_SCHEMA, text, warns=True)
        return
    service = _home(c, command)
    parts = [typable(part) for part in plan.downgrade.split(" && ")]
    steps = [step for part in parts if service and part and (step := way.run(part, service, command.source))]
    if len(steps) == len(parts):
        text = f"Take the schema back, with {c.release.new}'s code."
        yield from (replace(step, act=Act.BACK_SCHEMA, text=text) for step in steps)
    else:
        text = (
            f"Take the schema back with “{plan.downgrade}”, with {c.release.new}'s code where it reaches the database."
        )
        yield Step(Act.BACK_SCHEMA, text, source=command.source, way=way.way, warns=True)
