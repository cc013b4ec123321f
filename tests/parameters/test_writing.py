"""Files that `init` writes: valid as they stand, whatever a repository's values hold."""

from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from releasekit.errors import InputError
from releasekit.parameters.model import Application, Configuration, Parameters
from releasekit.parameters.reading import read, validate
from releasekit.parameters.writing import Proposal, render, service_name, write

FULL = Proposal(
    name="shop",
    repository="../shop",
    version="1.10",
    path="services/web",
    candidate="v1.10",
    running="v1.9",
    files=("deploy/*.yaml",),
    level="A",
    team={"technical_lead": "Ada: Lovelace # 1"},
    reports={"unit_tests": ("reports/*.xml",)},
    endpoints={"health": "https://shop.example.com/health"},
    database="env:DATABASE_URL",
    metrics={"csv": "metrics.csv", "objectives": [{"name": "p95", "metric": "p95", "pass": ["<600"]}]},
    steps={"execution.database-migrations-executed": "alembic upgrade head\n"},
    channels={"announcement": "#releases"},
    notes={"application.version": "pyproject.toml:3", "configuration.endpoints.health": "compose.yaml:9"},
)


def parsed(text: str) -> Parameters:
    return validate(yaml.safe_load(text))


def test_what_is_known_is_filled_in_with_where_it_came_from(tmp_path: Path) -> None:
    text = render(FULL)
    (tmp_path / "p.yaml").write_text(text)
    parameters = read(tmp_path / "p.yaml").parameters
    assert parameters == parsed(text)
    assert parameters.application.model_dump() == {
        "name": "shop",
        "repository": "../shop",
        "version": "1.10",
        "path": "services/web",
        "candidate": "v1.10",
        "running": "v1.9",
        "files": ("deploy/*.yaml",),
        "pipeline": None,
    }
    assert parameters.configuration.steps["execution.database-migrations-executed"].command == "alembic upgrade head\n"
    assert parameters.configuration.team.technical_lead == "Ada: Lovelace # 1"
    assert '  version: "1.10"  # pyproject.toml:3\n' in text
    assert "# compose.yaml:9\n" in text


def test_what_is_not_known_is_a_commented_example_of_every_key() -> None:
    text = render(Proposal("shop", "../shop", "1.0"))
    assert parsed(text).application.version == "1.0"
    for section in (Application, Configuration):
        for name in section.model_fields:
            assert f"  {name}: " in text or f"  # {name}: " in text, name


def test_every_commented_example_is_valid_when_its_mark_is_taken_away() -> None:
    lines = render(Proposal("shop", "../shop", "1.0")).splitlines()
    keys = {f"  # {name}: " for section in (Application, Configuration) for name in section.model_fields}
    opened = [line.replace("# ", "", 1) if any(line.startswith(key) for key in keys) else line for line in lines]
    assert opened != lines
    assert parsed("\n".join(opened)).configuration.allow


def test_what_was_found_and_may_not_be_is_left_out_and_said() -> None:
    text = render(
        Proposal(
            "My Shop!",
            "../shop",
            "not a version",
            running="--upload-pack=x",
            reports={"unit_tests": ("a.xml",), "zz": ("b",)},
            endpoints={"bad": "javascript:alert(1)", "secret": "https://u:hunter2@x"},
            database="postgresql://u:hunter2@x",
        )
    )
    parameters = parsed(text)
    assert (parameters.application.name, parameters.application.version) == ("my-shop", "0.0.0")
    assert parameters.application.running is None
    assert set(parameters.configuration.reports) == {"unit_tests"}
    assert parameters.configuration.endpoints == {}
    assert parameters.configuration.database is None
    assert "not found: write the version that is released" in text
    assert "hunter2" not in text


def test_a_repository_that_no_file_can_name_is_refused() -> None:
    with pytest.raises(InputError, match="no path that a parameter file can name"):
        render(Proposal("x", "../a\x1bb", "1"))


ANY = st.text(max_size=30)


@given(ANY, ANY, ANY, ANY, ANY)
def test_no_text_breaks_out_of_its_line(name: str, version: str, person: str, key: str, note: str) -> None:
    text = render(
        Proposal(
            name,
            "..",
            version,
            team={"technical_lead": person},
            channels={key: person},
            steps={"execution.x": person},
            notes={"application.name": note, "configuration.team": note},
        )
    )
    parameters = parsed(text)
    assert parameters.configuration.team.technical_lead in {person, None}
    assert set(parameters.configuration.channels) <= {key}
    assert set(yaml.safe_load(text)) == {"application", "configuration"}


@pytest.mark.parametrize(
    ("text", "name"),
    [("My Shop", "my-shop"), ("@acme/Web", "acme-web"), ("", "service"), ("Ünï", "n"), ("con", "svc-con"),
     ("nul.txt", "svc-nul-txt"), ("x" * 99, "x" * 60), ("...", "service")],
)  # fmt: skip
def test_the_nearest_name_of_a_service(text: str, name: str) -> None:
    assert service_name(text) == name


def test_a_file_that_is_there_stays_unless_it_may_go(tmp_path: Path) -> None:
    path = tmp_path / "p.yaml"
    write(path, "one\n")
    with pytest.raises(InputError, match="is there already"):
        write(path, "two\n")
    assert path.read_text() == "one\n"
    write(path, "two\n", over=True)
    assert path.read_text() == "two\n"
    assert list(tmp_path.iterdir()) == [path]


def test_a_place_that_cannot_be_written_is_an_error_and_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="is a folder"):
        write(tmp_path, "x")
    with pytest.raises(InputError, match="cannot be written"):
        write(Path("/proc/releasekit/p.yaml"), "x")
    assert list(tmp_path.iterdir()) == []


def test_folders_that_are_missing_are_made(tmp_path: Path) -> None:
    write(tmp_path / "parameters" / "shop.yaml", "x")
    assert (tmp_path / "parameters" / "shop.yaml").read_text() == "x"
