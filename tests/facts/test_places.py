"""Why a path is no part of the production deployment."""

import pytest

from releasekit.facts.places import aside


@pytest.mark.parametrize(
    "path",
    [
        "compose.yaml",
        "docker-compose.prod.yml",
        "src/app/main.py",
        "src/testing_tools.py",
        "attest/Dockerfile",
        "latest/compose.yml",
        "deploy/production/values.yaml",
        "charts/app/values.yaml",
        ".github/workflows/test.yml",
        ".github/workflows/e2e/compose.yml",
        "contests/Dockerfile",
        "Dockerfile",
        ".env",
        "devices/Dockerfile",
        "src/main/java/com/example/samples/Jobs.java",
    ],
)
def test_these_may_be_production(path: str) -> None:
    assert aside(path) == ""


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("docker-compose.override.yml", "development"),
        ("compose.dev.yaml", "development"),
        ("docker-compose-local.yml", "development"),
        ("Dockerfile.test", "tests"),
        ("values-dev.yaml", "development"),
        (".env.example", "example"),
        ("compose.example.yml", "example"),
        ("docker-compose.yml.bak/compose.yml", ""),
        ("tests/compose.yml", "tests"),
        ("app/__tests__/x.js", "tests"),
        ("integration-tests/compose.yml", "tests"),
        ("web/e2e/Dockerfile", "tests"),
        ("pkg/testdata/Dockerfile", "test data"),
        ("examples/basic/compose.yml", "examples"),
        ("docs/docker/compose.yml", "documentation"),
        ("node_modules/x/Dockerfile", "vendored"),
        ("a/vendor/b/Dockerfile", "vendored"),
        (".devcontainer/docker-compose.yml", "development"),
        ("old/compose.yml", "archived"),
        ("src/test_views.py", "tests"),
        ("src/money_test.go", "tests"),
        ("src/app.spec.ts", "tests"),
        ("src/UserTest.java", "tests"),
    ],
)
def test_these_are_not_and_it_is_said_why(path: str, reason: str) -> None:
    assert aside(path).startswith(reason)
    assert bool(aside(path)) == bool(reason)


def test_the_reason_names_the_folder_that_decides() -> None:
    assert aside("a/tests/deep/down/compose.yml") == "tests (a/tests/)"
