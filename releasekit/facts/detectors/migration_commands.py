"""How migrations are run: the command that deployment really uses, and whether a job, CI or each replica runs it."""

import re
from collections.abc import Iterator

from releasekit.facts.code import kept, line_at, own, owner
from releasekit.facts.files import Files
from releasekit.facts.kubernetes.containers import hidden
from releasekit.facts.model import Fact, Finding, Severity
from releasekit.facts.projects import commandlines, shells
from releasekit.facts.projects.commandlines import GAP, Said, kind_of, pattern
from releasekit.facts.projects.packages import lines
from releasekit.facts.projects.workflows import is_ci
from releasekit.syntax.expression import Expression

# budgets keep the search linear in the length of a file
_W = r"[^\s\"',;&|\]\[]{1,200}"
_OPTIONS = r"(?:[\t\x20]+--?[\w-]+(?:=[^\s\"'&|;]{1,200})?){0,12}"
_BUILD = r"(?:\./)?(?:mvnw?|gradlew?)"
TOOLS: tuple[tuple[str, Expression], ...] = (
    ("alembic", pattern(rf"(?:python3? -m )?alembic(?: -{_W}(?: (?!-){_W})?){{0,12}}? upgrade {_W}", "alembic")),
    ("alembic", pattern(r"(?:python3? -m )?flask(?: --app \S{1,200})? db upgrade", "flask")),
    ("aerich", pattern(r"aerich upgrade", "aerich")),
    ("yoyo", pattern(r"yoyo apply" + _OPTIONS, "yoyo")),
    (
        "django",
        pattern(
            r"(?:(?:python3?|uv run|poetry run|pipenv run)(?: -\w+){0,4} )?"
            rf"(?:[\w./-]{{0,80}}/)?manage(?:\.py)? migrate\b{_OPTIONS}",
            "manage",
        ),
    ),
    ("django", pattern(r"(?:python3? -m )?django(?:-admin)? migrate\b" + _OPTIONS, "django")),
    (
        "rails",
        pattern(r"(?:bundle exec )?(?:[\w./-]{0,80}bin/)?(?:rails|rake) db:(?:migrate|prepare)\b(?::[\w:]+)?", "db:"),
    ),
    (
        "prisma",
        pattern(rf"(?:npx |bunx |yarn |pnpm (?:exec )?)?prisma (?:migrate deploy|db push)\b{_OPTIONS}", "prisma"),
    ),
    ("knex", pattern(r"(?:npx |yarn |pnpm )?knex migrate:(?:latest|up)\b" + _OPTIONS, "knex")),
    ("sequelize", pattern(r"(?:npx |yarn |pnpm )?sequelize(?:-cli)? db:migrate\b(?!:undo)" + _OPTIONS, "sequelize")),
    (
        "typeorm",
        pattern(
            r"(?:npx |yarn |pnpm )?(?:typeorm\S{0,80}|[\w./-]{0,80}typeorm/cli\S{0,40})"
            rf"(?: {_W}){{0,12}}? migration:run\b{_OPTIONS}",
            "typeorm",
        ),
    ),
    ("mikro-orm", pattern(r"(?:npx |yarn |pnpm )?mikro-orm migration:up", "mikro-orm")),
    ("drizzle", pattern(r"(?:npx |yarn |pnpm |bunx )?drizzle-kit (?:migrate|push)\b" + _OPTIONS, "drizzle-kit")),
    (
        "db-migrate",
        pattern(
            rf"(?:npx |yarn |pnpm )?db-migrate(?: -\S{{1,200}}(?: (?!-)\S{{1,200}})?){{0,12}}? up\b{_OPTIONS}", "up"
        ),
    ),
    ("node-pg-migrate", pattern(r"(?:npx |yarn |pnpm )?node-pg-migrate up\b", "node-pg-migrate")),
    ("migrate-mongo", pattern(r"(?:npx |yarn |pnpm )?migrate-mongo up\b", "migrate-mongo")),
    ("adonis", pattern(r"node ace(?:\.js)? migration:run" + _OPTIONS, "migration:run")),
    (
        "flyway",
        pattern(
            rf"flyway(?: -{_W}){{0,12}}? migrate\b|{_BUILD}(?: {_W}){{0,12}}? (?:flyway:migrate|flywayMigrate)",
            "flyway",
        ),
    ),
    (
        "liquibase",
        pattern(rf"liquibase(?: -{_W}){{0,12}}? update\b|{_BUILD}(?: {_W}){{0,12}}? liquibase:update", "liquibase"),
    ),
    ("goose", pattern(rf"goose(?: {_W}){{0,12}}? up\b(?!-)", "goose")),
    ("golang-migrate", pattern(rf"migrate(?: -{_W}(?: (?!-){_W})?){{1,12}}? up\b", "migrate")),
    ("dbmate", pattern(rf"dbmate(?: -{_W}(?: (?!-){_W})?){{0,12}}? (?:up|migrate)\b", "dbmate")),
    ("sql-migrate", pattern(r"sql-migrate up\b" + _OPTIONS, "sql-migrate")),
    ("atlas", pattern(rf"atlas(?: {_W}){{0,12}}? migrate apply\b", "atlas")),
    ("sqlx", pattern(r"(?:cargo )?sqlx migrate run\b" + _OPTIONS, "sqlx")),
    ("diesel", pattern(r"diesel migration run\b" + _OPTIONS, "diesel")),
    ("sea-orm", pattern(r"sea-orm-cli migrate(?: up)?\b" + _OPTIONS, "sea-orm-cli")),
    ("ef", pattern(r"dotnet(?: |-)ef database update" + _OPTIONS, "dotnet")),
    ("laravel", pattern(r"(?:php )?(?:[\w./-]{0,80}/)?artisan migrate\b(?!:)" + _OPTIONS, "artisan")),
    (
        "doctrine",
        pattern(
            rf"(?:php )?(?:[\w./-]{{0,80}}/)?bin/console (?:doctrine:migrations:migrate|d:m:m)\b{_OPTIONS}", "console"
        ),
    ),
    ("phinx", pattern(r"(?:[\w./-]{0,80}/)?phinx migrate\b" + _OPTIONS, "phinx")),
    ("ecto", pattern(r"mix ecto\.(?:migrate|setup)\b", "ecto")),
    # a script of its own, named for what it does
    (
        "script",
        pattern(
            r"(?:node|bun|tsx|ts-node|python3?|php|ruby|deno run)(?: -\S{1,80}){0,6}"
            r" (?!-)[\w./@-]{0,120}migrat[\w-]{0,40}\.(?:[cm]?[jt]s|py|php|rb)",
            "migrat",
        ),
    ),
    (
        "ecto",
        Expression(
            r"(?:[\w./$-]{1,80}\s+)?(?:eval|rpc)[\s\"',]+[\"']?[\w.]*(?:Release|Migrat\w*)\.\w*migrate\w*(?:\(\))?|bin/migrate\b",
            word="migrate",
        ),
    ),
)
# calls in a program that migrates by itself when it starts
_CALLS: tuple[tuple[str, tuple[str, ...], Expression], ...] = (
    ("ef", (".cs",), Expression(r"\bDatabase\s*\.\s*Migrate(?:Async)?\s*\(\s*\)")),
    ("goose", (".go",), Expression(r"\bgoose\.Up(?:Context|To)?\s*\(")),
    ("golang-migrate", (".go",), Expression(r"\bmigrate\.New\w*\s*\(")),
    ("sqlx", (".rs",), Expression(r"\bsqlx::migrate!\s*\(|\bmigrate!\s*\(")),
    ("diesel", (".rs",), Expression(r"\brun_pending_migrations\s*\(|\bembed_migrations!\s*\(")),
    ("sea-orm", (".rs",), Expression(r"\bMigrator::up\s*\(")),
    ("knex", (".js", ".ts", ".mjs"), Expression(r"\.migrate\.latest\s*\(")),
    ("typeorm", (".js", ".ts"), Expression(r"\.runMigrations\s*\(|\bmigrationsRun\s*:\s*true")),
    ("alembic", (".py",), Expression(r"\bcommand\.upgrade\s*\([^)\n]*head|\balembic\.command\.upgrade\s*\(")),
    ("django", (".py",), Expression(r"\bcall_command\s*\(\s*['\"]migrate['\"]")),
    ("ecto", (".ex",), Expression(r"\{Ecto\.Migrator,")),
)
_SWITCH = re.compile(
    r"^\s*(?:-\s+|ENV\s+)?(?P<said>[\"']?(?:[A-Z]+_){0,3}(?:RUN|AUTO|APPLY)_?(?:(?:DB|DATABASE|SCHEMA)_)?MIGRAT(?:E|IONS?)"
    r"(?:_ON_START\w*|_AT_START\w*)?[\"']?(?:=|:\s*)[\"']?(?:1|true|yes|on)[\"']?)\s*$",
    re.MULTILINE,
)
_ANY = re.compile(r"migrat|alembic|artisan|ecto|liquibase|db:prepare|dbmate|goose|db\", \"upgrade|flask db|aerich|yoyo")
_FOLDERS = re.compile(r"migrat|alembic|changelog|drizzle|evolutions", re.IGNORECASE)
# images of migration tools, which get only arguments: what the arguments say at last, and the command it stands for
IMAGES: tuple[tuple[str, Expression, str], ...] = tuple(
    (
        tool,
        Expression(
            rf"image:\s*[\"']?(?:[\w.-]+/)*{image}\b(?:(?!image:)[\s\S]){{0,800}}?[\s\"',\[]({word})[\"']?\s*[,\]\n]",
            word=command.split(" ")[0],
        ),
        command,
    )
    for tool, image, word, command in (
        ("golang-migrate", r"migrate/migrate", "up", "migrate up"),
        ("flyway", r"flyway/flyway", "migrate", "flyway migrate"),
        ("liquibase", r"liquibase(?:/liquibase)?", "update", "liquibase update"),
        ("dbmate", r"amacneil/dbmate", "up|migrate", "dbmate up"),
        ("goose", r"[\w-]*goose", "up", "goose up"),
    )
)
# what a start script goes on with when it has migrated
_SERVES = re.compile(
    r"^\s*exec\b|\b(?:gunicorn|uvicorn|hypercorn|daphne|uwsgi|php-fpm|apache2|nginx|supervisord|puma|unicorn|node|java|dotnet"
    r"|fastapi run|npm (?:run )?start|yarn start|pnpm start|rails s|runserver|\$@|celery|flask run)\b|\"\$@\"",
    re.MULTILINE,
)
_NOT_DEPLOYED = re.compile(
    r"(?:^|[/_.-])(?:tests?|dev|develop\w*|reset|seed|setup|bootstrap|local|ci|clean|generate)(?:[/_.-]|$)"
)
_DOCUMENTS = re.compile(
    r"(?:^|/)(?:README|INSTALL\w*|UPGRAD\w*|DEPLOY\w*|[\w-]*(?:deploy|install|upgrad|production|docker)[\w-]*)\.\w+$",
    re.IGNORECASE,
)
_NODE_SCRIPT = r"(?:npm|yarn|pnpm|bun){gap}(?:run{gap})?{name}(?![\w:-])"


def detect(files: Files) -> Iterator[Fact | Finding]:
    """For each tool the commands of the most telling place: deployment before tasks, tasks before documents."""
    if not any(_FOLDERS.search(path) for path in files.tree.paths):
        return
    known = list(commandlines.texts(files))
    found = list(_all(files, known))
    if not any(said.runs in _RANKS and _RANKS[said.runs] < 3 for _, said in found):
        found.extend(("", said) for said in _switched(files))
    yield from _frameworks(files, {tool for tool, _ in found})
    for tool in dict.fromkeys(tool for tool, _ in found):
        yield from _chosen(files, tool, [said for name, said in found if name == tool])


def _switched(files: Files) -> Iterator[Said]:
    """Variables that make a program migrate when it starts, where a file that is deployed with it sets them."""
    for path in kept(files.tree.paths):
        if path.endswith((".conf", ".env")) or kind_of(path) in {"compose", "manifest", "platform", "dockerfile"}:
            text = files.text(path) if files.tree.sizes[path] < 1 << 16 else ""
            for match in _SWITCH.finditer(text):
                yield Said(match["said"].strip("\"'"), path, line_at(text, match.start("said")), "every-replica")


def _frameworks(files: Files, known: set[str]) -> Iterator[Fact | Finding]:
    """Frameworks that migrate by themselves when they start, as soon as the tool is among their packages."""
    frameworks: dict[str, str] = {}
    tools: dict[tuple[str, str], str] = {}
    for line in lines(files):
        if "spring-boot" in line.text or "springframework.boot" in line.text:
            frameworks[line.scope] = "Spring Boot"
        for tool, package in (("flyway", "flyway-core"), ("flyway", "flyway"), ("liquibase", "liquibase-core")):
            if re.search(rf"[:>\"'.]{package}\b", line.text) and tool not in known:
                tools.setdefault((line.scope, tool), f"{line.path}:{line.number}")
    for (scope, tool), source in tools.items():
        if scope in frameworks:
            how = f"{frameworks[scope]} runs {tool} when it starts"
            yield Fact("migration_runs", tool, "every-replica", source, how=how, scope=scope)


def _all(files: Files, known: list[tuple[str, str, str]]) -> Iterator[tuple[str, Said]]:
    calling = (
        commandlines.callers(files, known)
        if any(_ANY.search(text) for _, kind, text in known if kind == "script")
        else {}
    )
    for path, kind, text in known:
        if not _ANY.search(text) or (kind == "document" and not _DOCUMENTS.search(path)):
            continue
        yield from _said(files, path, kind, text, calling, known)
    for path, kind, text in known:
        for tool, expression, command in IMAGES if kind in {"compose", "manifest"} and "image:" in text else ():
            for match in expression.finditer(text):
                yield tool, Said(command, path, line_at(text, match.start(1)), "job", "image")
    for tool, expression in TOOLS:
        yield from ((tool, said) for said in commandlines.said_in_ci(files, expression) if said.runs == "ci")
    for tool, endings, call in _CALLS:
        for path in own(files, *endings):
            text = files.text(path)
            found = call.search(text) if "igrat" in text or "upgrade" in text or "goose" in text else None
            if found and not _NOT_DEPLOYED.search(path):
                value = " ".join(found[0].split()).rstrip("(,{ ")
                yield tool, Said(value, path, line_at(text, found.start()), "code")


def _said(
    files: Files, path: str, kind: str, text: str, calling: dict[str, str], known: list[tuple[str, str, str]]
) -> Iterator[tuple[str, Said]]:
    for tool, expression in TOOLS:
        for said in commandlines.said_in(files, path, kind, text, expression):
            resolved = _resolved(files, said, calling, known)
            if resolved.runs in _DEPLOYED or (tool != "script" and "db push" not in said.text):
                yield tool, resolved


def _resolved(files: Files, said: Said, calling: dict[str, str], known: list[tuple[str, str, str]]) -> Said:
    """A command in a script or in package.json, with what runs that script in deployment."""
    if said.runs == "script":
        name = said.path.rpartition("/")[2]
        runs = calling.get(said.path, "")
        if runs == "job" and _SERVES.search(_after(files, said)):
            runs = "every-replica"
        if (
            not runs
            and re.search(r"entrypoint|start|boot|init|run|release|deploy|migrat", name)
            and not _NOT_DEPLOYED.search(name)
        ):
            runs = "start-script"
        return Said(said.text, said.path, said.line, runs or "task", said.label)
    if said.runs == "package" and said.label:
        return Said(said.text, said.path, said.line, _package_runs(files, said, known), said.label)
    return said


def _after(files: Files, said: Said) -> str:
    """What a script does when it has run a command, a command a line."""
    text = files.text(said.path)
    if not shells.is_shell(said.path, text):
        return "\n".join(text.split("\n")[said.line :])
    commands = list(shells.doing(shells.read(text, said.path)))
    around = [n for n, command in enumerate(commands) if command.line <= said.line]
    here = next((n for n in around if commands[n].end >= said.line and said.text in commands[n].raw), around[-1])
    return "\n".join(command.raw for command in commands[here + 1 :])


def _package_runs(files: Files, said: Said, known: list[tuple[str, str, str]]) -> str:
    """What runs a script of package.json: who calls it by name; npm runs ``prestart`` before ``start`` by itself."""
    if _NOT_DEPLOYED.search(said.label.replace(":", "-")):
        return "task"
    name = said.label.removeprefix("pre") if said.label in {"prestart", "prestart:prod"} else said.label
    named = Expression(_NODE_SCRIPT.format(gap=commandlines.GAP, name=re.escape(name)), word=name)
    for path, kind, text in known:
        if kind in {"dockerfile", "compose", "manifest", "platform"} and named.search(text):
            for call in commandlines.said_in(files, path, kind, text, named):
                if call.runs in {"platform", "job", "every-replica"}:
                    return call.runs
        elif kind == "script" and named.search(text) and not _NOT_DEPLOYED.search(path):
            return "start-script"
    if any(call.runs == "ci" for call in commandlines.said_in_ci(files, named)):
        return "ci"
    return "every-replica" if name in {"start", "start:prod"} else "task"


def _steps(files: Files, tool: str, said: Said) -> Iterator[Fact]:
    """``migration_step``: the lines of deploying pipelines that run a command, as a whole and with what it runs in."""
    if said.runs != "ci":
        return
    inside = said.text
    named = Expression(GAP.join(map(re.escape, said.text.split())))
    if kind_of(said.path) == "script" and not is_ci(said.path):
        inside = said.path.rpartition("/")[2]
        named = commandlines.as_a_word(inside)
    elif said.label and not is_ci(said.path):
        inside = said.label
        named = Expression(_NODE_SCRIPT.format(gap=commandlines.GAP, name=re.escape(said.label)), word=said.label)
    for step in {one.text: one for one in reversed(list(commandlines.pipeline_lines(files, named)))}.values():
        if step.text == said.text:
            continue  # the command itself says all of it
        how = f"a command of a pipeline that deploys; {said.text!r} runs in it by way of {inside!r}"
        yield Fact("migration_step", tool, hidden(step.text), f"{step.path}:{step.line}", how=how)


# where a command that developers use as well is no doubt part of the deployment
_DEPLOYED = {"platform", "job", "ci", "every-replica"}
_RANKS = {"platform": 0, "job": 0, "ci": 0, "every-replica": 0, "code": 1, "start-script": 1, "task": 3, "document": 4}


def _chosen(files: Files, tool: str, found: list[Said]) -> Iterator[Fact | Finding]:
    ranked = sorted((said for said in found if said.runs in _RANKS), key=lambda said: _RANKS[said.runs])
    if not ranked:
        return
    best = [said for said in ranked if _RANKS[said.runs] == _RANKS[ranked[0].runs]]
    best = (
        best
        if _RANKS[best[0].runs] < 3
        else [min(best, key=lambda said: bool(_NOT_DEPLOYED.search(said.label or said.path)))]
    )
    done: list[str] = []
    for said in best:
        if any(said.text in text or text in said.text for text in done):
            continue
        done.append(said.text)
        source = f"{said.path}:{said.line}"
        runs = {"code": "every-replica", "task": "manual", "document": "manual"}.get(said.runs, said.runs)
        scope = None if said.runs == "document" or is_ci(said.path) else owner(files, said.path)
        how = f"a command of {tool}, as it stands there"
        yield Fact("migration_command", tool, said.text, source, how=how, scope=scope)
        yield Fact("migration_runs", tool, runs, source, how=f"told from where {said.text!r} stands", scope=scope)
        yield from _steps(files, tool, said)
        if runs == "every-replica":
            sentence = f"{said.text!r} runs whenever a replica starts: several may migrate at the same time"
            do = "run it once, before the new version starts, or say which lock makes it safe"
            yield Finding("migration-every-replica", Severity.RISK, sentence, (source,), do=do)
