"""What a health command asks, and that hostile ones end."""

import pytest

from releasekit.facts.health import asked, cannot_fail, without_passwords
from releasekit.facts.settings.confidential import has_credentials, is_confidential, is_placeholder


@pytest.mark.parametrize(
    ("command", "value"),
    [
        ("curl -fsS https://localhost/health/ || exit 1", "http:/health"),
        ("curl http://localhost:8080", "http:/"),
        ("wget --spider -q localhost:9000/ready?x=1", "http:/ready"),
        ("nc -z localhost ${PORT}", "tcp:${PORT}"),
        ("nc -w 2 -zv db 5432", "tcp:5432"),
        ("grpc_health_probe -addr=localhost:50051 -connect-timeout 2s", "grpc:50051"),
        ("python  -c   'x'", "cmd:python -c 'x'"),
    ],
)
def test_what_is_asked(command: str, value: str) -> None:
    assert asked(command) == value


@pytest.mark.parametrize("command", ["curl x || true", "curl x ; exit 0", "curl x || exit 0", "true", "sh -c 'a || :'"])
def test_these_cannot_fail(command: str) -> None:
    assert cannot_fail(command)


@pytest.mark.parametrize("command", ["curl x || exit 1", "test -f /true", "true && curl x", "pg_isready"])
def test_these_can(command: str) -> None:
    assert not cannot_fail(command)


@pytest.mark.parametrize(
    "command",
    [
        "serve --db-password=hunter2",
        "redis-server --requirepass hunter2",
        "mysqladmin ping -uroot -phunter2",
        "PGPASSWORD=hunter2 psql",
        "migrate postgres://app:hunter2@db/app",
        "valkey-cli -a hunter2 ping",
        "curl -f -u app:hunter2 http://localhost/",
        "wget --header 'Authorization: Bearer hunter2' http://localhost/",
    ],
)
def test_passwords_are_left_out(command: str) -> None:
    assert "hunter2" not in without_passwords(command)
    assert "***" in without_passwords(command)


def test_variables_stay() -> None:
    assert without_passwords("redis-cli -a $PASSWORD ping") == "redis-cli -a $PASSWORD ping"


@pytest.mark.parametrize("text", ["curl -a " * 100_000, "a" * 1_000_000, "mysql -p " * 100_000, "x=" * 500_000])
def test_a_hostile_text_ends(text: str) -> None:
    assert len(asked(text)) < 3000
    assert len(without_passwords(text)) < 3000
    assert not cannot_fail(text)
    assert has_credentials(text) == ""
    assert not is_confidential(text)
    assert not is_placeholder(text)
