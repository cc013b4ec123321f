"""What a probe or a person brought about one item. Knows no source."""

from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    """``unknown`` means no evidence, or that the tool failed; it never turns green by itself."""

    PASS = "pass"  # noqa: S105 - a verdict
    WARN = "warn"
    FAIL = "fail"
    UNKNOWN = "unknown"


FACTS = "facts."


@dataclass(frozen=True, slots=True)
class Evidence:
    """A judgement about one item.

    ``sentence`` says what was found, in words; ``source`` where (a file, an address without secrets); ``commit`` what
    it is for, when the source says so; ``at`` when (RFC 3339, UTC), ``seconds`` how long it took; ``next`` what to do
    when it is not green; ``sha256`` the digest of the raw evidence.
    """

    item: str
    probe: str
    verdict: Verdict
    sentence: str
    source: str = ""
    commit: str | None = None
    at: str = ""
    seconds: float = 0.0
    next: str = ""
    sha256: str = ""

    @property
    def decides(self) -> bool:
        """Whether it is a verdict. Facts for a person, of probes called ``facts.…``, never decide an item."""
        return not self.probe.startswith(FACTS)
