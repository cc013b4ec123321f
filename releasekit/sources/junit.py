"""JUnit XML as pytest, Surefire, Jest, Playwright and Newman write it: test cases and the commit. Judges nothing.

The dialects share little but ``testcase`` elements with ``failure``, ``error`` or ``skipped`` children
(testmoapp/junitxml); counts in attributes are often wrong or missing, so they are not read (A39).
"""

import io
from dataclasses import dataclass
from datetime import UTC, datetime
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import iterparse

from releasekit.errors import SourceError

DEPTH = 64
_COMMIT_NAMES = frozenset(
    {"commit", "git.commit", "git_commit", "commit_sha", "git.sha", "sha", "revision", "vcs.revision"}
)


@dataclass(frozen=True, slots=True)
class Case:
    """One test case; ``result`` is passed, failed, error or skipped; ``flaky`` when it passed only on a re-run."""

    name: str
    result: str
    flaky: bool = False


@dataclass(frozen=True, slots=True)
class Report:
    """The cases of one file, the commit that a ``property`` names, and the earliest time a suite states (else None)."""

    cases: tuple[Case, ...]
    commit: str | None
    made: datetime | None = None

    def count(self, *results: str) -> int:
        """How many cases ended so."""
        return sum(1 for case in self.cases if case.result in results)


def read(raw: bytes, name: str) -> Report:
    """Read one report. Raises SourceError for what is no JUnit XML, has a DTD, or is too deep (A37, A38)."""
    depth, root = 0, None
    try:
        for event, element in iterparse(io.BytesIO(raw), events=("start", "end"), forbid_dtd=True):
            root = element if root is None else root
            depth += 1 if event == "start" else -1
            if depth > DEPTH:
                raise SourceError(f"nested deeper than {DEPTH} levels", name, "this is no JUnit report")
    except DefusedXmlException:
        raise SourceError(
            "declares a DTD or entities, which a report has no need of", name, "write it without"
        ) from None
    except (ParseError, ValueError, LookupError) as error:
        raise SourceError(f"not valid XML: {error}", name, "run the tests again; the report was cut off") from None
    if root is None or root.tag.rpartition("}")[2] not in {"testsuites", "testsuite"}:
        raise SourceError("no JUnit report: its root is neither testsuites nor testsuite", name, "check the glob")
    cases = tuple(_case(element) for element in root.iter() if _tag(element) == "testcase")
    commits = {
        (element.get("value") or element.text or "").strip().lower()
        for element in root.iter()
        if _tag(element) == "property" and (element.get("name") or "").lower() in _COMMIT_NAMES
    }
    if len(commits) > 1:
        raise SourceError(f"names {len(commits)} commits", name, "give each commit a report of its own")
    times = [made for element in root.iter() if _tag(element) == "testsuite" and (made := _time(element))]
    return Report(cases, next(iter(commits), None) or None, min(times, default=None))


def _tag(element: Element) -> str:
    return str(element.tag).rpartition("}")[2]


def _time(element: Element) -> datetime | None:
    """Suites state local times without a zone as often as RFC 3339; both are read as UTC unless they say otherwise."""
    try:
        made = datetime.fromisoformat((element.get("timestamp") or "").strip())
    except ValueError:
        return None
    return made.astimezone(UTC) if made.tzinfo else made.replace(tzinfo=UTC)


def _case(element: Element) -> Case:
    children = {_tag(child) for child in element}
    result = "passed"
    for tag, meaning in (("error", "error"), ("failure", "failed"), ("skipped", "skipped")):
        if tag in children:
            result = meaning
            break
    name = ".".join(part for part in (element.get("classname"), element.get("name")) if part)
    return Case(
        name or "unnamed", result, bool(children & {"flakyFailure", "flakyError", "rerunFailure", "rerunError"})
    )
