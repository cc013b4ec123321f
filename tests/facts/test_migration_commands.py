"""The command that migrates in deployment, told from where it stands and what runs it."""

import pytest

from releasekit.facts.detectors import migration_commands
from tests.facts.saying import facts, findings, pairs, values

MIGRATIONS = {"migrations/env.py": "x\n"}
JOB = """apiVersion: batch/v1
kind: Job
spec:
  template:
    spec:
      containers:
        - name: migrate
          command:
            - python
            - manage.py
            - migrate
            - --noinput
      restartPolicy: Never
"""
DEPLOYMENT = """apiVersion: apps/v1
kind: Deployment
spec:
  template:
    spec:
      initContainers:
        - name: migrate
          command: ["alembic", "upgrade", "head"]
"""
TOOL_IMAGE = """apiVersion: batch/v1
kind: Job
spec:
  template:
    spec:
      containers:
        - image: migrate/migrate:v4
          args: ["-path=/migrations", "-database", "$(DATABASE_URL)", "up"]
"""
DEPLOY = "name: Deploy\non: push\njobs:\n  deploy:\n    steps:\n      - run: |\n          set -e\n          {}\n"
TEST = "name: Test\non: push\njobs:\n  test:\n    steps:\n      - run: bundle exec rails db:migrate\n"


@pytest.mark.parametrize(
    ("texts", "tool", "command", "runs", "source"),
    [
        ({"k8s/job.yaml": JOB}, "django", "python manage.py migrate", "job", "k8s/job.yaml:9"),
        ({"k8s/web.yaml": DEPLOYMENT}, "alembic", "alembic upgrade head", "every-replica", "k8s/web.yaml:8"),
        ({"k8s/job.yaml": TOOL_IMAGE}, "golang-migrate", "migrate up", "job", "k8s/job.yaml:8"),
        (
            {"Procfile": "web: puma\nrelease: bundle exec rails db:migrate\n"},
            "rails",
            "bundle exec rails db:migrate",
            "platform",
            "Procfile:2",
        ),
        (
            {"fly.toml": '[deploy]\n  release_command = "npx prisma migrate deploy"\n'},
            "prisma",
            "npx prisma migrate deploy",
            "platform",
            "fly.toml:2",
        ),
        (
            {"docker-compose.yml": "services:\n  migrate:\n    command: flask db upgrade\n"},
            "alembic",
            "flask db upgrade",
            "job",
            "docker-compose.yml:3",
        ),
        (
            {"compose.yaml": "services:\n  web:\n    command: sh -c 'flask db upgrade && gunicorn app'\n"},
            "alembic",
            "flask db upgrade",
            "every-replica",
            "compose.yaml:3",
        ),
        (
            {"Dockerfile": 'FROM x\nCMD ["sh", "-c", "php artisan migrate --force && php-fpm"]\n'},
            "laravel",
            "php artisan migrate --force",
            "every-replica",
            "Dockerfile:2",
        ),
        (
            {"uwsgi.ini": "# manage.py migrate also checks\nhook-pre-app = exec:./manage.py migrate\n"},
            "django",
            "./manage.py migrate",
            "every-replica",
            "uwsgi.ini:2",
        ),
        (
            {".github/workflows/deploy.yml": DEPLOY.format("dotnet ef database update")},
            "ef",
            "dotnet ef database update",
            "ci",
            ".github/workflows/deploy.yml:8",
        ),
        (
            {"src/Program.cs": "var app = builder.Build();\ndb.Database.Migrate();\n"},
            "ef",
            "Database.Migrate()",
            "every-replica",
            "src/Program.cs:2",
        ),
        (
            {"Makefile": 'migrate:\n\tgoose -dir migrations postgres "$(DB)" up\n'},
            "goose",
            "goose -dir migrations postgres $(DB) up",
            "manual",
            "Makefile:2",
        ),
    ],
)
def test_a_command_is_found_where_deployment_runs_it(
    texts: dict[str, str], tool: str, command: str, runs: str, source: str
) -> None:
    found = facts(migration_commands.detect, MIGRATIONS | texts)
    assert [(fact.kind, fact.name, fact.source) for fact in found] == [
        ("migration_command", tool, source),
        ("migration_runs", tool, source),
    ]
    assert str(found[0].value).startswith(command)
    assert found[1].value == runs


def test_a_script_is_run_by_whoever_names_it() -> None:
    script = "#!/bin/sh\nset -e\npython wait.py\nalembic upgrade head\n"
    deploy = DEPLOY.format("docker compose run --rm web bash scripts/prestart.sh")
    texts = MIGRATIONS | {"api/scripts/prestart.sh": script, ".github/workflows/deploy.yml": deploy}
    (command, runs, _) = facts(migration_commands.detect, texts)
    assert (command.value, command.source, runs.value) == ("alembic upgrade head", "api/scripts/prestart.sh:4", "ci")


def test_an_entrypoint_that_goes_on_to_serve_migrates_on_every_replica_which_is_a_risk() -> None:
    texts = MIGRATIONS | {
        "Dockerfile": 'FROM x\nENTRYPOINT ["/app/docker-entrypoint.sh"]\n',
        "docker-entrypoint.sh": '#!/bin/sh\nbundle exec rails db:migrate\nexec "$@"\n',
    }
    assert pairs(migration_commands.detect, texts, "migration_runs") == [("rails", "every-replica")]
    (finding,) = findings(migration_commands.detect, texts)
    assert (finding.rule, finding.places) == ("migration-every-replica", ("docker-entrypoint.sh:2",))


def test_what_a_script_does_before_and_says_is_not_what_it_goes_on_with() -> None:
    script = "#!/bin/sh\nnode wait.js\nalembic \\\n  upgrade head && echo 'now run gunicorn' # node\n"
    texts = MIGRATIONS | {
        "migrate.sh": script,
        "compose.yml": "services:\n  m: {command: ./migrate.sh, restart: 'no'}\n",
    }
    (command, runs) = facts(migration_commands.detect, texts)
    assert (command.value, command.source, runs.value) == ("alembic upgrade head", "migrate.sh:3", "job")
    texts["migrate.sh"] = script.replace("echo 'now run gunicorn'", "exec gunicorn")
    assert pairs(migration_commands.detect, texts, "migration_runs") == [("alembic", "every-replica")]


@pytest.mark.parametrize(
    "said",
    [
        "# alembic upgrade head",
        "true # alembic upgrade head",
        "echo 'alembic upgrade head'",
        "log_info alembic upgrade head",
    ],
)
def test_a_command_that_is_only_said_is_none(said: str) -> None:
    texts = MIGRATIONS | {"entrypoint.sh": f"{said}\n", "Makefile": f"migrate:\n\t@{said}\n"}
    assert not facts(migration_commands.detect, texts)
    texts["README.md"] = "```\nalembic \\\n  upgrade head\n```\n"
    (command, _) = facts(migration_commands.detect, texts)
    assert (command.value, command.source) == ("alembic upgrade head", "README.md:2")


def test_a_pipeline_that_only_says_a_command_does_not_run_it() -> None:
    deploy = DEPLOY.format("echo 'next: alembic upgrade head' # alembic upgrade head")
    assert not facts(migration_commands.detect, MIGRATIONS | {".github/workflows/deploy.yml": deploy})
    deploy = DEPLOY.format("echo migrating && alembic upgrade head")
    found = facts(migration_commands.detect, MIGRATIONS | {".github/workflows/deploy.yml": deploy}, "migration_runs")
    assert [fact.value for fact in found] == ["ci"]


def test_a_command_in_a_substitution_is_said_once() -> None:
    texts = MIGRATIONS | {"start.sh": "out=$(alembic upgrade head)\n"}
    assert pairs(migration_commands.detect, texts, "migration_command") == [("alembic", "alembic upgrade head")]


def test_a_package_script_is_followed_from_the_image_that_starts_it() -> None:
    texts = MIGRATIONS | {
        "api/package.json": '{"scripts": {\n"start:prod": "prisma migrate deploy && node dist/main"}}',
        "api/Dockerfile": 'FROM node\nCMD ["npm", "run", "start:prod"]\n',
    }
    (command, runs) = facts(migration_commands.detect, texts)
    assert (command.value, command.source, runs.value) == (
        "prisma migrate deploy",
        "api/package.json:2",
        "every-replica",
    )


def test_what_tests_and_development_run_is_not_what_deployment_runs() -> None:
    texts = MIGRATIONS | {
        ".github/workflows/test.yml": TEST,
        "docker-compose.dev.yml": "services:\n  web:\n    command: rails db:migrate\n",
        "docs/notes.md": "rails db:migrate\n",
    }
    assert not facts(migration_commands.detect, texts)


def test_deployment_hides_the_tasks_that_only_people_run() -> None:
    texts = MIGRATIONS | {
        "Makefile": "db:\n\trails db:migrate:status\n\nmigrate:\n\tbin/rails db:migrate\n",
        "Procfile": "release: bundle exec rake db:migrate\n",
        "README.md": "Run `rails db:migrate` first\n",
    }
    assert pairs(migration_commands.detect, texts, "migration_command") == [("rails", "bundle exec rake db:migrate")]


def test_spring_boot_migrates_when_it_starts() -> None:
    pom = (
        "<project>\n<artifactId>spring-boot-starter-web</artifactId>\n"
        "<artifactId>flyway-core</artifactId>\n</project>\n"
    )
    texts = {"pom.xml": pom, "src/main/resources/db/migration/V1__a.sql": "x"}
    assert pairs(migration_commands.detect, texts, "migration_runs") == [("flyway", "every-replica")]


def test_scripts_of_one_s_own_and_programs_with_their_folders_in_jobs_of_compose() -> None:
    compose = (
        "services:\n"
        "  migrate:\n    image: example/app:1\n    restart: 'no'\n    entrypoint: [sh, -c]\n"
        "    command:\n"
        "      - node check.mjs && if true; then node packages/db/dist/apply-migrations.js; else exit 1; fi\n"
        '  hub-migrate:\n    image: example/hub:1\n    restart: "no"\n'
        "    command: ['/usr/local/bin/goose -dir /app/migrations postgres \"$$DATABASE_URL\" up && river up']\n"
        "  web:\n    image: example/app:1\n    restart: always\n"
    )
    found = ran({"docker-compose.yml": compose, "packages/db/migrations/1.sql": ""})
    assert {text for text, _ in found} == {
        "node packages/db/dist/apply-migrations.js",
        "/usr/local/bin/goose -dir /app/migrations postgres $$DATABASE_URL up",
    }
    assert {runs for _, runs in found} == {"job"}


def test_prose_and_developers_shortcuts_are_no_commands() -> None:
    package = '{"scripts": {"db:push": "prisma db push --accept-data-loss", "db:migrate:dev": "node migrate.js"}}'
    guide = "Run migrations (goose and river) before the API\nstarts. They always bring it up again.\n"
    texts = {"package.json": package, "README.md": guide, "prisma/migrations/1/migration.sql": ""}
    assert ran(texts) == []
    fenced = {**texts, "README.md": "Before:\n```\ngoose -dir db up\n```\n"}
    assert [text for text, _ in ran(fenced)] == ["goose -dir db up"]


def ran(texts: dict[str, str]) -> list[tuple[object, object]]:
    """(command, what runs it) of all commands."""
    runs = {fact.source: fact.value for fact in facts(migration_commands.detect, texts, "migration_runs")}
    said = facts(migration_commands.detect, texts, "migration_command")
    return [(fact.value, runs[fact.source]) for fact in said]


def test_a_variable_that_makes_the_program_migrate_counts_where_no_command_does() -> None:
    texts = {
        "internal/migrations/migrate.go": "package migrations\n",
        "packaging/shop.conf": "# options\nRUN_MIGRATIONS=1\n",
        "compose.yml": "services:\n  app:\n    environment:\n      SHOP_AUTO_MIGRATE: 'false'\n",
    }
    assert values(migration_commands.detect, texts, "migration_command") == ["RUN_MIGRATIONS=1"]
    texts["Procfile"] = "release: goose up\n"
    assert values(migration_commands.detect, texts, "migration_command") == ["goose up"]


def test_the_whole_command_with_which_a_pipeline_runs_a_migrating_script_is_a_step() -> None:
    deploy = (
        "name: Deploy\non: push\njobs:\n  deploy:\n    steps:\n"
        "      - run: |\n          docker compose -f a.yml run --rm \\\n            api bash scripts/before.sh\n"
        "      - run: docker compose up -d\n"
    )
    texts = {
        **MIGRATIONS,
        "scripts/before.sh": "#!/bin/sh\nwait-for db\nalembic upgrade head\n",
        ".github/workflows/deploy.yml": deploy,
    }
    found = facts(migration_commands.detect, texts)
    assert [(fact.kind, fact.value, fact.source) for fact in found] == [
        ("migration_command", "alembic upgrade head", "scripts/before.sh:3"),
        ("migration_runs", "ci", "scripts/before.sh:3"),
        (
            "migration_step",
            "docker compose -f a.yml run --rm api bash scripts/before.sh",
            ".github/workflows/deploy.yml:7",
        ),
    ]


def test_a_command_in_a_pipeline_keeps_what_it_runs_in() -> None:
    deploy = (
        "name: Deploy\njobs:\n  deploy:\n    steps:\n      - run: kubectl exec deploy/web -- alembic upgrade head\n"
    )
    found = facts(migration_commands.detect, {**MIGRATIONS, ".github/workflows/deploy.yml": deploy}, "migration_step")
    assert [fact.value for fact in found] == ["kubectl exec deploy/web -- alembic upgrade head"]
