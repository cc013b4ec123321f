"""Coverage of lines from coverage.py's JSON or Cobertura's XML, told apart by content. Judges nothing."""

import io
import math
from dataclasses import dataclass
from datetime import UTC, datetime
from xml.etree.ElementTree import ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import iterparse

from releasekit.errors import SourceError
from releasekit.sources.strictjson import Loose, load, shaped

DEPTH = 64
# Cobertura's own files name a DTD, without which nothing is lost
_DOCTYPE = b"<!DOCTYPE coverage SYSTEM"


@dataclass(frozen=True, slots=True)
class Coverage:
    """How many of the lines that could run did, and when that was measured (None: it does not say)."""

    covered: int
    of: int
    made: datetime | None = None

    @property
    def percent(self) -> float:
        return 100 * self.covered / self.of if self.of else math.nan


class _Totals(Loose):
    covered_lines: int
    num_statements: int


class _Meta(Loose):
    timestamp: datetime | None = None


class _CoveragePy(Loose):
    totals: _Totals
    meta: _Meta = _Meta()


def read(raw: bytes, name: str) -> Coverage:
    """Read one report. Raises SourceError for what is neither format, or is broken."""
    if raw.lstrip()[:1] == b"<":
        return _cobertura(raw, name)
    report = shaped(_CoveragePy, load(raw, name), name, "a JSON report of coverage.py")
    if not 0 <= report.totals.covered_lines <= report.totals.num_statements:
        raise SourceError("its totals contradict each other", name, "measure again")
    return Coverage(report.totals.covered_lines, report.totals.num_statements, _utc(report.meta.timestamp))


def _cobertura(raw: bytes, name: str) -> Coverage:
    """Lines are counted where they stand; the attributes that claim to count them are often left out."""
    raw = _without_doctype(raw)
    depth, root, lines, covered = 0, "", 0, 0
    made: datetime | None = None
    try:
        for event, element in iterparse(io.BytesIO(raw), events=("start", "end"), forbid_dtd=True):
            depth += 1 if event == "start" else -1
            if depth > DEPTH:
                raise SourceError(f"nested deeper than {DEPTH} levels", name, "this is no report of coverage")
            if not root:
                root, made = element.tag, _stamp(element.get("timestamp", ""))
            # <line> stands under <methods> once more
            if event == "end" and element.tag == "class":
                for line in element.findall("./lines/line"):
                    lines += 1
                    covered += line.get("hits", "0").strip() not in {"", "0"}
                element.clear()
    except DefusedXmlException:
        raise SourceError("declares entities, which a report has no need of", name, "write it without") from None
    except (ParseError, ValueError, LookupError) as error:
        raise SourceError(f"not valid XML: {error}", name, "measure again; the report was cut off") from None
    if root != "coverage":
        raise SourceError("no Cobertura report: its root is not coverage", name, "check the glob")
    return Coverage(covered, lines, made)


def _without_doctype(raw: bytes) -> bytes:
    start = raw.find(_DOCTYPE, 0, 400)
    end = raw.find(b">", start) if start >= 0 else -1
    return raw[:start] + raw[end + 1 :] if start >= 0 and b"[" not in raw[start:end] else raw


def _stamp(text: str) -> datetime | None:
    """Seconds or, as coverage.py and Cobertura write, milliseconds since 1970."""
    try:
        number = int(text)
    except ValueError:
        return None
    seconds = number / 1000 if number > 10**11 else number
    return datetime.fromtimestamp(seconds, UTC) if 0 < seconds < 32_503_680_000 else None


def _utc(made: datetime | None) -> datetime | None:
    return made.replace(tzinfo=UTC) if made and made.tzinfo is None else made
