"""Imports nbformat without what its validator would build for a format that notebooks do not have."""

import sys


def import_nbformat() -> None:
    """Import nbformat, which imports jsonschema, which builds a parser for IRIs if it finds the library (1.4 s).

    A format whose library is not there is not checked (jsonschema, "Validating formats"); notebooks have no IRI.
    """
    if "jsonschema" in sys.modules or "rfc3987_syntax" in sys.modules:
        return
    sys.modules["rfc3987_syntax"] = None  # type: ignore[assignment]  # None: the import system's word for "not there"
    try:
        import nbformat  # noqa: F401
    finally:
        del sys.modules["rfc3987_syntax"]
