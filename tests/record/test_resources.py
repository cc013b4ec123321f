"""One function finds the files that travel with releasekit: in a checkout and in an installed wheel."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from releasekit.errors import InputError
from releasekit.record.resources import find

ROOT = Path(__file__).parents[2]


def test_a_checkout_has_them_beside_the_package() -> None:
    assert find("notebooks/release.ipynb") == ROOT / "notebooks" / "release.ipynb"


def test_a_wheel_has_them_in_the_package(tmp_path: Path) -> None:
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(tmp_path), str(ROOT)]
    subprocess.run(build, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    zipfile.ZipFile(wheel).extractall(tmp_path / "site")
    code = "from releasekit.record.resources import find; print(find('notebooks/release.ipynb'))"
    # -S and -P: nothing but the unpacked wheel is there; resources and errors need no other package
    done = subprocess.run(
        [sys.executable, "-S", "-P", "-c", code],
        env={"PYTHONPATH": str(tmp_path / "site")},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    assert Path(done.stdout.strip()) == tmp_path / "site" / "releasekit" / "share" / "notebooks" / "release.ipynb"
    assert Path(done.stdout.strip()).read_bytes() == (ROOT / "notebooks" / "release.ipynb").read_bytes()


def test_what_is_in_neither_place_is_one_message(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="install releasekit again"):
        find("notebooks/no-such.ipynb")
    with pytest.raises(InputError, match=r"notebooks/release\.ipynb is not part of this installation"):
        find("notebooks/release.ipynb", package=tmp_path / "site" / "releasekit")
