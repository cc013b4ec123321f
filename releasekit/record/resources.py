"""Finds the files that travel with releasekit: in the installed package, else beside it in a checkout."""

from pathlib import Path

from releasekit.errors import InputError

NOTEBOOK = "notebooks/release.ipynb"
PACKAGE = Path(__file__).resolve().parent.parent


def find(name: str, package: Path = PACKAGE) -> Path:
    """The path of ``notebooks/release.ipynb`` or another file of ``notebooks/`` and ``parameters/``.

    A wheel carries both folders in ``releasekit/share``; a checkout has them beside the package. Raises InputError
    when the file is in neither place.
    """
    for root in (package / "share", package.parent):
        path = root / name
        if path.exists():
            return path
    raise InputError(f"{name} is not part of this installation of releasekit", do="install releasekit again")
