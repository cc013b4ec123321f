"""When a Compose file is how production runs, and the sign by which it is not."""

import pytest

from releasekit.facts.analysis import analyse
from releasekit.facts.model import Fact
from releasekit.tree import of_texts

APP = {"app.py": "x = 1\n", "Dockerfile": "FROM python:3.13\nCMD serve\n"}


def standing(files: dict[str, str]) -> dict[str, tuple[str, str]]:
    """For each Compose file (kind of its fact, rule)."""
    found = analyse(of_texts({**APP, **files}))
    kinds: tuple[Fact, ...] = found.of("production_file", "undeployed_file")
    return {fact.name: (fact.kind, fact.rule) for fact in kinds}


@pytest.mark.parametrize(
    ("service", "line"),
    [
        ("    build: .\n    volumes: ['.:/srv']", 4),
        ("    build: .\n    volumes:\n      - type: bind\n        source: ./\n        target: /srv", 5),
        ("    build: .\n    command: flask run --reload", 4),
        ("    build: .\n    command: [npm, run, dev]", 4),
        ("    build: {context: ., target: development}", 3),
        ("    build: .\n    environment: {FLASK_ENV: development}", 4),
        ("    build: .\n    environment:\n      - RAILS_ENV=development", 5),
        ("    build: .\n  mail:\n    image: mailhog/mailhog:v1", 5),
        ("    build: .\n  queue:\n    image: softwaremill/elasticmq-native:1.6.5", 5),
        ("    build: .\n    develop: {watch: [{path: ., action: sync, target: /srv}]}", 4),
    ],
)
def test_a_sign_of_development_is_named_with_its_line(service: str, line: int) -> None:
    found = analyse(of_texts({**APP, "compose.yaml": f"services:\n  web:\n{service}\n"}))
    (fact,) = found.of("undeployed_file")
    assert (fact.rule, fact.source) == ("development", f"compose.yaml:{line}")
    assert not found.of("way")


@pytest.mark.parametrize(
    "service",
    [
        "    build: .\n    restart: always",
        "    build: .\n    volumes: ['./data:/var/lib/data', './nginx.conf:/etc/nginx/nginx.conf:ro']",
        "    image: acme/shop:1\n    environment: {NODE_ENV: production}",
        "    build: .\n    command: gunicorn app:app",
    ],
)
def test_a_file_that_starts_the_service_s_own_image_without_such_a_sign_has_earned_it(service: str) -> None:
    assert standing({"compose.yaml": f"services:\n  web:\n{service}\n"}) == {
        "compose.yaml": ("production_file", "starting")
    }


def test_what_a_pipeline_or_a_name_says_counts_more_than_a_sign() -> None:
    mounted = "services:\n  web:\n    build: .\n    volumes: ['.:/srv']\n"
    assert standing({"compose.prod.yaml": mounted}) == {"compose.prod.yaml": ("production_file", "named")}
    deploy = "jobs:\n  deploy:\n    environment: production\n    steps:\n      - run: docker compose up -d --build\n"
    files = {"compose.yaml": mounted, ".github/workflows/deploy.yml": deploy}
    assert standing(files) == {"compose.yaml": ("production_file", "pipeline")}


def test_files_complete_in_themselves_are_alternatives_and_none_is_taken_unasked() -> None:
    whole = "services:\n  web: {{image: 'acme/web:1'}}\n  db: {{image: '{0}'}}\n"
    files = {
        "deploy1/docker-compose.postgres.yml": whole.format("postgres:18"),
        "deploy1/docker-compose.mariadb.yml": whole.format("mariadb:12"),
    }
    assert {rule for _, rule in standing(files).values()} == {"alternative"}


def test_a_second_installation_in_a_deeper_folder_is_not_joined() -> None:
    one = "services:\n  web: {image: 'acme/web:1'}\n"
    more = "services:\n  alpha: {image: 'acme/web:1'}\n  beta: {image: 'acme/web:1'}\n"
    found = standing({"docker/docker-compose.yml": one, "docker/mesh/docker-compose.yml": more})
    assert found["docker/docker-compose.yml"][0] == "production_file"
    assert found["docker/mesh/docker-compose.yml"] == ("undeployed_file", "another")
