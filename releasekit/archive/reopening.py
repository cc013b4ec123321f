"""A bundle's run, to look at again: replayed from the log in the bundle, closed, so that nothing can be added."""

from pathlib import Path

from releasekit.archive.layout import EVENTS, Bundle
from releasekit.errors import InputError, StoreError
from releasekit.record.bind import binding, bound_copy
from releasekit.record.place import Folder
from releasekit.record.resources import NOTEBOOK, find
from releasekit.run.events import Event, first_break, parse
from releasekit.run.replay import replay
from releasekit.run.state import RunState
from releasekit.run.store import open_store


def lines(bundle: Bundle) -> list[bytes]:
    """The lines of the log. Raises InputError where there is none."""
    raw = bundle.files.get(EVENTS)
    if not raw:
        raise InputError("this is no bundle of a run: it has no log", bundle.name)
    return raw.removesuffix(b"\n").split(b"\n")


def events(bundle: Bundle) -> list[Event]:
    """The events, their chain verified. Raises InputError, StoreError."""
    found = [parse(line) for line in lines(bundle)]
    if at := first_break(found):
        # a changed event shows in the one after it, which names its hash
        what = f"the log in the bundle was changed at event {at}" + (
            f", or the one before it, {at - 1}" if at > 1 else ""
        )
        raise StoreError(what, bundle.name, "releasekit verify says more")
    return found


def state(bundle: Bundle) -> RunState:
    """The state that the run ended in. Raises InputError, StoreError."""
    return replay(events(bundle))


def laid_out(bundle: Bundle, folder: Path) -> tuple[Path, str]:
    """The notebook of the run, bound to a copy of its log in ``folder``; its path, and the store's address.

    The notebook is the one of this releasekit: one from a bundle is data, and nothing in it is executed. Raises
    InputError, StoreError.
    """
    store = open_store(None, folder)
    run = store.restore(lines(bundle))
    store.close()
    notebook = bound_copy(find(NOTEBOOK), folder, binding(run, folder, Folder(folder), interactive=False))
    notebook.chmod(0o444)
    return notebook, f"sqlite:///{folder / 'releases.db'}"
