"""Imports what executing and exporting need, for those who do it often. Does nothing with it."""

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
