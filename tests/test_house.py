"""The rules that hold for every file of the project, whatever room it is in."""

import subprocess
import sys
import zipfile
from importlib import metadata
from pathlib import Path

import pytest

from tests import services

ROOT = Path(__file__).parent.parent
CACHES = {"__pycache__", ".ipynb_checkpoints"}


def test_a_missing_program_fails_where_changes_land_and_skips_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match="no-such-program is not installed"):
        services.require("no-such-program")
    monkeypatch.delenv("CI")
    with pytest.raises(pytest.skip.Exception, match="no-such-program is not installed"):
        services.require("no-such-program")


def test_no_module_is_longer_than_400_lines() -> None:
    lengths = {path: len(path.read_text().splitlines()) for path in (ROOT / "releasekit").rglob("*.py")}
    assert lengths
    assert {str(path): length for path, length in lengths.items() if length > 400} == {}


def test_no_module_has_a_name_that_says_nothing() -> None:
    nothing = {"util", "utils", "helper", "helpers", "common", "base", "core", "manager", "handler", "misc"}
    assert [str(path) for path in (ROOT / "releasekit").rglob("*.py") if path.stem in nothing] == []


def test_the_lock_names_no_host_and_no_path_and_every_package_has_hashes() -> None:
    lock = (ROOT / "requirements" / "dev.txt").read_text()
    assert "://" not in lock
    assert "--index" not in lock
    assert "--find-links" not in lock
    pins = [line for line in lock.splitlines() if line and not line.startswith((" ", "#"))]
    assert pins
    assert [line for line in pins if "==" not in line or not line.endswith("\\")] == []


def test_the_installed_version_is_the_one_in_pyproject() -> None:
    assert f'version = "{metadata.version("releasekit")}"' in (ROOT / "pyproject.toml").read_text()


def test_importing_releasekit_loads_nothing_heavy() -> None:
    heavy = ("pandas", "jupyterlab", "papermill", "nbconvert", "sqlalchemy", "ipywidgets")
    code = f"import releasekit, sys; print([name for name in {heavy!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_wheel_carries_notebooks_parameters_and_every_file_of_the_example_service(tmp_path: Path) -> None:
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(tmp_path), str(ROOT)]
    subprocess.run(build, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    carried = set(zipfile.ZipFile(wheel).namelist())
    for folder, place in (
        ("notebooks", "releasekit/share/notebooks"),
        ("parameters", "releasekit/share/parameters"),
        ("releasekit/demo/storefront", "releasekit/demo/storefront"),
    ):
        files = [path.relative_to(ROOT / folder) for path in (ROOT / folder).rglob("*") if path.is_file()]
        wanted = {f"{place}/{path.as_posix()}" for path in files if not CACHES.intersection(path.parts)}
        assert wanted, f"{folder} is empty"
        assert wanted - carried == set()
    assert {name for name in carried if name.startswith(("tests/", "reports/"))} == set()
