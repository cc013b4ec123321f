"""What executing and exporting need of a process and of a thread, for those who do it often. Executes nothing."""

from collections.abc import Iterator
from contextlib import contextmanager

from jupyter_core.utils import ensure_event_loop

from releasekit.record.validating import import_nbformat


def import_all() -> None:
    """Import it now, in this thread: workers that import at the same moment wait for each other."""
    import_nbformat()
    import papermill.engines
    import papermill.iorw
    import papermill.parameterize  # noqa: F401

    from releasekit.record import engine  # noqa: F401

    import_exporters()


def import_exporters() -> None:
    """nbconvert, which imports every exporter that it brings."""
    from releasekit.record import exporters  # noqa: F401


@contextmanager
def thread() -> Iterator[None]:
    """A thread that executes notebooks: the event loop that Jupyter makes for it is closed at its end."""
    try:
        yield
    finally:
        loop = ensure_event_loop()
        loop.run_until_complete(loop.shutdown_default_executor())
        loop.close()
