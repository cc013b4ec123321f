"""Prints a finished page as PDF, with the Chromium that is there. Knows no run: it is given a page and a time."""

import os
import re
import shutil
import signal
import subprocess
import tempfile
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from releasekit.errors import ReleasekitError

PROGRAMS = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "chrome")
PATIENCE = 180.0  # seconds
# The page forbids itself scripts and requests; that no name is found is the second line. (Scripts cannot be switched
# off here: Chromium's own printing is one.)
_OPTIONS = (
    "--headless",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-extensions",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-sync",
    "--no-first-run",
    "--host-resolver-rules=MAP * ~NOTFOUND",
    "--no-pdf-header-footer",
    "--generate-pdf-document-outline",
)
_NODE = re.compile(rb"\(node(\d{8})\)")
_DATE = re.compile(rb"(/(?:CreationDate|ModDate) \(D:)\d{14}(?=[+Z])")


class PdfError(ReleasekitError):
    """There is no PDF; the sentence says why. Everything else is there without it."""


def program() -> str | None:
    """The Chromium of this machine, from PATH."""
    return next(filter(None, map(shutil.which, PROGRAMS)), None)


def printed(page: str, at: datetime | None = None) -> bytes:
    """The page as PDF, whose date is ``at``: the same page, time and Chromium give the same bytes.

    Chromium has a profile and an environment of its own, which end with it. Raises PdfError.
    """
    found = program()
    if found is None:
        raise PdfError("there is no PDF: it needs Chromium, and none is on PATH")
    with tempfile.TemporaryDirectory(prefix="releasekit-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        source, target = folder / "release.html", folder / "release.pdf"
        source.write_text(page, encoding="utf-8")
        # to root Chromium gives no sandbox, and does not start without being told so
        options = (*_OPTIONS, "--no-sandbox") if os.geteuid() == 0 else _OPTIONS
        places = (f"--user-data-dir={folder / 'profile'}", f"--print-to-pdf={target}")
        _run([found, *options, *places, source.as_uri()], folder)
        try:
            pdf = target.read_bytes()
        except OSError:
            raise PdfError(f"there is no PDF: {found} wrote none") from None
    pdf = renumbered(pdf)
    return _DATE.sub(rb"\g<1>" + f"{at.astimezone(UTC):%Y%m%d%H%M%S}".encode(), pdf) if at else pdf


def renumbered(pdf: bytes) -> bytes:
    """The PDF with the elements of its structure (ISO 32000-1, 14.7.2) numbered from 1 in their order.

    Chromium numbers them as the page came to be, which under load is not always the same. Their order is that of the
    document's /IDTree, and each keeps its length, so that no offset changes.
    """
    ranks = {node: rank for rank, node in enumerate(sorted(set(_NODE.findall(pdf))), 1)}
    return _NODE.sub(lambda found: b"(node%08d)" % ranks[found[1]], pdf)


def _run(command: list[str], folder: Path) -> None:
    environ = {"PATH": os.environ.get("PATH", os.defpath), "HOME": str(folder), "LANG": "C.UTF-8", "TZ": "UTC"}
    with subprocess.Popen(
        command,
        cwd=folder,
        env=environ,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    ) as process:
        try:
            status = process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            raise PdfError(f"there is no PDF: {command[0]} did not print it in {PATIENCE:g} s") from None
        finally:
            with suppress(ProcessLookupError):  # it leaves children behind when it is cut off
                os.killpg(process.pid, signal.SIGKILL)
    if status:
        raise PdfError(f"there is no PDF: {command[0]} ended with the status {status}")
