"""A small service as its analysis sees it, and two versions of it. No file is read."""

from releasekit.checklist.build import build
from releasekit.checklist.model import Checklist, Item
from releasekit.checklist.release import Release
from releasekit.checklist.template import bundled
from releasekit.facts.change import Change, Commit, Migration, Touched
from releasekit.facts.model import Analysis, Fact

OLD, NEW = "a" * 40, "b" * 40

DEFAULT = "the file that Compose takes by default"


def elected(way: str, *files: str, rule: str = "containers") -> tuple[Fact, ...]:
    """The facts that make a way the one that deploys, with these files."""
    return (
        Fact("way", way, rule, f"{files[0]}:1", how="its files are there", way=way, rule=rule),
        *(Fact("deployment_file", path, way, f"{path}:1", way=way) for path in files),
        *(Fact("production_file", path, DEFAULT, f"{path}:1", way=way, rule="own") for path in files),
    )


FACTS = (
    *elected("compose", "compose.yaml"),
    Fact("service", "db", "datastore", "compose.yaml:2"),
    Fact("datastore", "db", "postgres", "compose.yaml:3"),
    Fact("image", "postgres", "postgres:17", "compose.yaml:3", "db"),
    Fact("healthcheck", "compose", "cmd:pg_isready -U app", "compose.yaml:6", "db"),
    Fact("service", "prestart", "job", "compose.yaml:10"),
    Fact("start_command", "command", "scripts/prestart.sh", "compose.yaml:12", "prestart"),
    Fact("depends_on", "db", "service_healthy", "compose.yaml:14", "prestart"),
    Fact("service", "backend", "app", "compose.yaml:20"),
    Fact("image", "backend", "registry.example.com/backend:2.4.0", "compose.yaml:21", "backend"),
    Fact("port", "expose", 8000, "compose.yaml:22", "backend"),
    Fact("healthcheck", "compose", "http:/health", "compose.yaml:24", "backend"),
    Fact("depends_on", "prestart", "service_completed_successfully", "compose.yaml:26", "backend"),
    Fact("depends_on", "db", "service_healthy", "compose.yaml:28", "backend"),
    Fact("stop_grace", "stop_grace_period", "40s", "compose.yaml:30", "backend"),
    Fact("migration_tool", "migrations", "alembic", "alembic.ini:2", "backend"),
    Fact("migration_command", "alembic", "alembic upgrade head", "scripts/prestart.sh:10", "backend"),
    Fact("migration_runs", "alembic", "job", "scripts/prestart.sh:10", "backend"),
    Fact("migration_head", "migrations", "f4b6d2c09e31", "migrations/versions/f4b6_drop.py:14", "backend"),
    Fact("env_required", "SECRET_KEY", "required", "compose.yaml:32", "backend"),
    Fact("secret", "SECRET_KEY", "env", "compose.yaml:32", "backend"),
    Fact("feature_flag", "discounts", False, "flags.json:4"),
    Fact("host", "Ingress", "shop.example.com", "compose.yaml:40", "backend"),
)
ANALYSIS = Analysis(FACTS, (), (("db",), ("prestart",), ("backend",)))
ADDITIVE = Migration(
    "3e9a", "migrations/versions/3e9a_add.py", "additive", "op.create_table('discounts')", "m/3e9a.py:20", True
)
DESTRUCTIVE = Migration(
    "f4b6", "migrations/versions/f4b6_drop.py", "destructive", "op.drop_column('notes')", "m/f4b6.py:21", True
)
RELEASE = Release(
    "shop", "2.4.0", level="A", candidate_sha=NEW, running_ref="v2.3.1", running_tag="v2.3.1", running_sha=OLD, files=58
)


def change(*migrations: Migration) -> Change:
    """v2.3.1 to 2.4.0, with one commit that nobody reviewed."""
    commit = Commit("c" * 40, "Ada", "ada@example.org", "2026-11-20T10:00:00Z", "Add discounts")
    return Change(OLD, NEW, commits=(commit,), files=(Touched("compose.yaml", "M"),), migrations=migrations)


def checklist(analysis: Analysis = ANALYSIS, what: Change | None = None, release: Release = RELEASE) -> Checklist:
    """The bundled checklist for the sample."""
    return build(bundled(), analysis, what or change(), release)


def only(*kinds: str) -> Analysis:
    """The sample with facts of these kinds alone."""
    return Analysis(tuple(fact for fact in FACTS if fact.kind in kinds))


def lines(item: Item) -> str:
    """An item's specifics as one text, a line each."""
    return "\n".join(f"{'! ' if d.warns else ''}{d.text} | {d.code} | {d.expect} | {d.source}" for d in item.details)
