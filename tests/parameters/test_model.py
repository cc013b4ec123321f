"""The values of a release's parameters: what is normalised, what is refused, what stays a reference."""

from datetime import UTC, datetime

import pytest
from pydantic import ValidationError

from releasekit.errors import InputError
from releasekit.parameters.model import Parameters, Report, Step, to_data
from releasekit.parameters.values import is_reference, resolve, seconds

APPLICATION = {"name": "shop", "repository": "../shop", "version": "1.10"}


def made(configuration: dict[str, object] | None = None, **application: object) -> Parameters:
    return Parameters.model_validate(
        {"application": {**APPLICATION, **application}, "configuration": configuration or {}}
    )


def test_three_keys_are_enough() -> None:
    parameters = made()
    assert parameters.application.candidate == "HEAD"
    assert parameters.application.running is None
    assert (parameters.configuration.environment, parameters.configuration.level) == ("production", "B")


def test_short_forms_are_normalised() -> None:
    configuration = made(
        {
            "reports": {"unit_tests": "a.xml", "security": ["b", "c"]},
            "steps": {"execution.health-checks-verified": "make health"},
            "channels": {"announcement": "#releases", "support": "env:SUPPORT_WEBHOOK"},
            "allow": "shop.example.com",
        },
        path="./services//web/",
    )
    assert configuration.application.path == "services/web"
    assert configuration.configuration.reports["unit_tests"] == Report(files=("a.xml",))
    assert configuration.configuration.reports["security"].files == ("b", "c")
    assert configuration.configuration.steps["execution.health-checks-verified"] == Step(command="make health")
    assert configuration.configuration.channels["announcement"].to == "#releases"
    assert configuration.configuration.channels["support"].url == "env:SUPPORT_WEBHOOK"
    assert configuration.configuration.allow == ("shop.example.com",)


def test_parameters_cannot_be_changed() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        made().application.version = "2"


def test_parameters_as_data_are_read_back_the_same() -> None:
    parameters = made(
        {
            "window": {"start": "2026-11-24T20:00:00Z", "end": "2026-11-24T23:00:00+01:00"},
            "metrics": {"objectives": [{"name": "p95", "metric": "p95_ms", "pass": "<600", "fail": [">+50%"]}]},
            "database": {"url": "env:DATABASE_URL"},
        }
    )
    data = to_data(parameters)
    assert data["configuration"]["window"]["start"] == "2026-11-24T20:00:00Z"
    assert data["configuration"]["metrics"]["objectives"][0]["pass"] == ["<600"]
    assert Parameters.model_validate(data) == parameters


def test_moments_may_be_dates_that_another_reader_made() -> None:
    start = datetime(2026, 11, 24, 20, tzinfo=UTC)
    window = made({"window": {"start": start, "end": "2026-11-24 22:00:00+00:00"}}).configuration.window
    assert window is not None
    assert (window.start, window.end) == (start, datetime(2026, 11, 24, 22, tzinfo=UTC))


@pytest.mark.parametrize("name", ["shop", "a", "0-9._", "x" * 63])
def test_names_that_can_name_a_folder(name: str) -> None:
    assert made(name=name).application.name == name


@pytest.mark.parametrize(
    "name",
    [
        *(
            "",
            "Shop",
            "../x",
            "/abs",
            "C:\\x",
            "a/b",
            "..",
            ".",
            ".git",
            "-rf",
            "--help",
            "con",
            "nul",
            "com1",
            "nul.txt",
        ),
        *("x" * 64, "a.", "a b", "\u0441heckout", "a\n", "{x.__class__}", "~root"),
    ],
)
def test_names_that_cannot(name: str) -> None:
    with pytest.raises(ValidationError):
        made(name=name)


@pytest.mark.parametrize("version", ["../1", "1/2", "1 2", "1\n", "", "-1", "1.", "x" * 64])
def test_versions_that_cannot_name_a_folder(version: str) -> None:
    with pytest.raises(ValidationError):
        made(version=version)


@pytest.mark.parametrize("ref", ["HEAD~1", "v1.2", "origin/main", "feature/#12", "@", "9fceb02", "v1@{yesterday}"])
def test_revisions(ref: str) -> None:
    assert made(running=ref).application.running == ref


@pytest.mark.parametrize("ref", ["--upload-pack=x", "-x", "a..b", "a b", "a:b", "", "x.lock", "a\x00b"])
def test_what_is_no_revision(ref: str) -> None:
    with pytest.raises(ValidationError):
        made(running=ref)


@pytest.mark.parametrize("path", ["../x", "/etc", "a/../b", "a\\b", "C:/x", ""])
def test_folders_outside_the_repository(path: str) -> None:
    with pytest.raises(ValidationError):
        made(path=path)


@pytest.mark.parametrize(
    "repository", ["https://example.com/x.git", "git@example.com:x/y.git", "ssh://x/y", "~/x", "", "  "]
)
def test_repositories_that_are_no_folder(repository: str) -> None:
    with pytest.raises(ValidationError):
        made(repository=repository)


@pytest.mark.parametrize("url", ["http://localhost:8000/health", "https://[::1]:9090", "env:HEALTH", "https://x.y?a=b"])
def test_addresses(url: str) -> None:
    assert made({"endpoints": {"health": url}}).configuration.endpoints["health"] == url


@pytest.mark.parametrize(
    "url", ["ftp://x", "x.example.com", "https://", "javascript:alert(1)", "https://a b", "file:///"]
)
def test_what_is_no_address(url: str) -> None:
    with pytest.raises(ValidationError):
        made({"endpoints": {"health": url}})


@pytest.mark.parametrize("criterion", ["<600", "<= +10%", ">=-5%", "=0", "<0.01", ">1e3"])
def test_criteria(criterion: str) -> None:
    objective = {"name": "x", "metric": "m", "pass": criterion}
    (read,) = made({"metrics": {"objectives": [objective]}}).configuration.metrics.objectives
    assert read.passes == (criterion,)


@pytest.mark.parametrize(
    "objective",
    [
        {"name": "x", "metric": "m", "pass": "low"},
        {"name": "x", "metric": "m"},
        {"name": "x", "pass": "<1"},
        {"name": "x", "metric": "m", "pass": "<1", "minimum": 0},
    ],
)
def test_objectives_that_measure_nothing(objective: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        made({"metrics": {"objectives": [objective]}})


def test_a_secret_is_resolved_where_it_is_used_and_nowhere_else() -> None:
    parameters = made({"database": {"url": "env:DATABASE_URL"}})
    assert parameters.configuration.database is not None
    assert "hunter2" not in repr(parameters)
    assert resolve(parameters.configuration.database.url, {"DATABASE_URL": "hunter2"}) == "hunter2"
    assert resolve("https://x", {}) == "https://x"


@pytest.mark.parametrize("environ", [{}, {"DATABASE_URL": ""}])
def test_a_secret_that_is_not_set_is_an_error_that_names_the_variable(environ: dict[str, str]) -> None:
    with pytest.raises(InputError, match="the environment variable DATABASE_URL is not set"):
        resolve("env:DATABASE_URL", environ)


def test_references_and_durations() -> None:
    assert is_reference("env:A_1")
    assert not is_reference("env:1A")
    assert not is_reference("env:A\n")
    assert [seconds(text) for text in ("90s", "60m", "24h", "7d")] == [90, 3600, 86400, 604800]
    with pytest.raises(InputError):
        seconds("soon")
