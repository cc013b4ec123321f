"""The stand-ins refuse what the real programs do not have, and see what a wrong order of steps does."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.checklist.ways.cases import CASES
from tests.checklist.ways.laid import lay_out
from tests.checklist.ways.rehearsing import sandbox
from tests.checklist.ways.standins.session import Session
from tests.checklist.ways.standins.world import NEW, OLD, World

Open = Callable[[str], tuple[World, Session]]


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Open]:
    """``opened("compose")`` is a world in which that fixture's v1.0.0 runs, and the shell of who deploys."""
    with ExitStack() as stack:

        def once(fixture: str) -> tuple[World, Session]:
            world, session = stack.enter_context(sandbox(lay_out(fixture, tmp_path / fixture), CASES[fixture]))
            for command in CASES[fixture].before:
                assert session.typed(command)[0] == 0, command
            world.begin()
            return world, session

        yield once


@pytest.mark.parametrize(
    ("fixture", "command"),
    [
        ("fly", "fly rollback"),
        ("fly", "fly deploy --rollback"),
        ("fly+groups", "fly scale count 0 --yes"),
        ("kubernetes", "kubectl -n orrery rollout pause statefulset/db"),
        ("kubernetes", "kubectl rollout pause deployment/web"),
        ("kubernetes", "kubectl -n orrery scale --replicas=0 daemonset/web"),
        ("kubernetes", "kubectl -n other apply -f deploy/k8s/web.yaml"),
        ("kubernetes", "docker manifest inspect registry.example.com/orrery/web:2.0.0"),
        ("compose", "docker compose up -f compose.yaml -d"),
        ("compose", "docker compose -f compose.yaml up -d --wait"),
        ("compose", "docker compose -f compose.yaml stop nobody"),
        ("heroku", "heroku ps:scale cron=0"),
        ("heroku", "heroku deploy"),
        ("helm", "helm rollback gatehouse --wait"),
        ("cloud-run", "gcloud run services rollback isobar --region europe-west1"),
        ("ecs", "aws ecs update-service --cluster production --service parcelpost --task-definition parcelpost:9"),
        ("railway", "railway rollback"),
        ("terraform", "terraform apply -chdir=infra"),
        ("nomad", "nomad job revert signalbox"),
        ("argocd", "argocd app set ledgerline --sync-policy off"),
        ("flux", "flux resume helmrelease brinewell"),
        ("digitalocean", "doctl apps rollback f81d4fae"),
    ],
)
def test_what_a_program_does_not_have_fails(fixture: str, command: str, opened: Open) -> None:
    _, session = opened(fixture)
    assert session.typed(command)[0] != 0


def test_a_migration_before_the_build_runs_in_the_old_image(opened: Open) -> None:
    world, session = opened("compose")
    assert session.typed(f"git switch --quiet --detach {NEW}")[0] == 0
    assert session.typed("docker compose -f compose.yaml run --rm migrate")[0] == 0
    assert [version for version, _ in world.migrations] == [OLD]
    assert world.schema == OLD


def test_a_backup_before_the_stop_misses_what_is_written_then(opened: Open) -> None:
    world, session = opened("kamal")
    for command in ("by-hand backup", f"git switch --quiet --detach {NEW}", "kamal build push", "kamal app stop"):
        assert session.typed(command)[0] == 0
    assert session.typed("kamal deploy --skip-push")[0] == 0
    assert world.dumps[-1].writes < world.migrations[-1][1]


def test_the_old_version_on_the_new_schema_is_seen(opened: Open) -> None:
    world, session = opened("swarm")
    assert session.typed("docker run --rm registry.example.com/bellows/web:1.1.0 alembic upgrade head")[0] == 0
    assert [line.partition(" after: ")[0] for line in world.broken] == [
        f"bellows_web of {OLD} serves on the schema of {NEW}",
        f"bellows_worker of {OLD} serves on the schema of {NEW}",
    ]


def test_a_rollback_of_a_service_returns_to_the_specification_before_whatever_changed_it(opened: Open) -> None:
    world, session = opened("swarm")
    for command in (
        f"git switch --quiet --detach {NEW}",
        "docker stack deploy -c deploy/stack.yml bellows",
        "docker service scale bellows_web=0",
        "docker service rollback bellows_web",
    ):
        assert session.typed(command)[0] == 0
    assert world.apps["bellows_web"].version == NEW


def test_old_migrations_of_alembic_fail_on_a_schema_that_they_do_not_know(opened: Open) -> None:
    world, session = opened("heroku+code")
    assert session.typed("git push heroku main")[0] == 0
    status, said = session.typed("heroku rollback")
    assert status == 1
    assert "Can't locate revision" in said
    assert world.serving == NEW


def test_kamal_says_that_a_version_is_not_there_and_ends_with_0(opened: Open) -> None:
    world, session = opened("kamal")
    status, said = session.typed(f"kamal rollback {'0' * 40}")
    assert (status, "not available as a container" in said, world.serving) == (0, True, OLD)
