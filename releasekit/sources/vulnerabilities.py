"""What a security scan found, whatever tool wrote it. Reads no format and judges nothing."""

from dataclasses import dataclass
from datetime import datetime

SEVERITIES = ("CRITICAL", "HIGH", "MEDIUM", "LOW", "UNKNOWN")


@dataclass(frozen=True, slots=True)
class Vulnerability:
    """One finding. ``fixed`` is the version that has a fix ("" when none is known); ``suppressed`` when somebody
    accepted it in the tool."""

    id: str
    severity: str
    package: str = ""
    installed: str = ""
    fixed: str = ""
    title: str = ""
    suppressed: bool = False


@dataclass(frozen=True, slots=True)
class Scan:
    """One report. ``commit``, ``image``, ``digests`` and ``made`` are what it says itself, as far as it does.

    ``looked`` is False when the tool looked at nothing; ``broken`` says why it says itself that it did not succeed;
    ``unread`` what it left out.
    """

    tool: str
    found: tuple[Vulnerability, ...] = ()
    commit: str | None = None
    image: str = ""
    digests: tuple[str, ...] = ()
    made: datetime | None = None
    looked: bool = True
    broken: str = ""
    unread: tuple[str, ...] = ()


def severity(word: str) -> str:
    """A tool's word as one of SEVERITIES; a word that nobody knows is UNKNOWN, which is not low."""
    known = {"MODERATE": "MEDIUM", "INFO": "LOW", "NEGLIGIBLE": "LOW"}
    upper = word.upper()
    return known.get(upper, upper if upper in SEVERITIES else "UNKNOWN")
