"""Which store and which run a command means."""

import os
from pathlib import Path
from typing import TYPE_CHECKING

from releasekit.errors import InputError

if TYPE_CHECKING:
    from releasekit.run.run import Run
    from releasekit.run.store import Store

OUT = Path("reports")


def folder(given: str) -> Path:
    """The folder that an option names. Raises InputError for an address, which would be a folder called ``s3:``."""
    if "://" in str(given):
        raise InputError(
            "this is an address, and --out names a folder here",
            str(given),
            "batch --out and archive --to write to object stores; the store of runs is RELEASEKIT_STORE",
        )
    return Path(given)


def store(out: Path = OUT, *, make: bool = False) -> "Store":
    """The store that RELEASEKIT_STORE names, else ``out``/releases.db; ``make`` creates it when it is not there."""
    from releasekit.run.store import open_store

    url = os.environ.get("RELEASEKIT_STORE")
    if not url and not make and not (out / "releases.db").exists():
        raise InputError(
            "there are no runs yet",
            str(out / "releases.db"),
            "start one with: releasekit run PARAMETERS; or name --out",
        )
    return open_store(url, out)


def run(run_id: str, out: Path = OUT) -> "Run":
    """The run with this id, or the only one whose id starts or ends with it."""
    from releasekit.run.people import acting
    from releasekit.run.run import Run

    kept = store(out)
    ids = [line.run for line in kept.runs()]
    found = [known for known in ids if known == run_id] or [
        known for known in ids if known.startswith(run_id) or known.endswith(run_id)
    ]
    if len(found) != 1:
        what = f"there is no run {run_id!r}" if not found else f"{len(found)} runs are called {run_id!r}"
        raise InputError(what, kept.name, "list them with: releasekit runs")
    return Run(kept, found[0], acting(os.environ, kept.session_user))


def address(out: Path) -> str:
    """The store's address as a kernel is told it."""
    from releasekit.batch.work import store_address
    from releasekit.record.place import Folder

    return store_address(Folder(out), os.environ)


def base_of(found: "Run", out: Path) -> Path:
    """Where the parameters' relative paths start, as the run's log keeps it; where new parameter files lie, if not."""
    kept = str(found.store.events(found.run_id)[0].data.get("base", ""))
    folder = out / kept
    return folder if kept and not Path(kept).is_absolute() and folder.is_dir() else Path("parameters")
