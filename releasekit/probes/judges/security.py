"""Security scans of the candidate: SARIF, Trivy, pip-audit, npm audit. Knows their findings, not their formats."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from packaging.version import InvalidVersion, Version

from releasekit.probes.evidence import Verdict
from releasekit.probes.reports import Stamp, Standing, files_of, standing
from releasekit.probes.request import Judgement, Request, same_commit, short
from releasekit.sources import scans
from releasekit.sources.files import ReportFile
from releasekit.sources.vulnerabilities import SEVERITIES, Scan, Vulnerability

NAMED = 4
GRAVE = ("CRITICAL", "HIGH")
_TAG = re.compile(r"[^@]*/?[^/@:]+:(?P<tag>[\w.-]+)(?:@.*)?")


def scanned(request: Request) -> Judgement:
    """Reports under ``reports.security`` for the candidate: SARIF 2.1.0, Trivy, pip-audit or npm audit, by content.

    pass: no finding of high or critical severity is open; what was accepted in the tool is counted apart. warn: the
    same, but the report does not say what it is of or when it was made, left something out, or holds a finding of
    unknown severity. fail: one of high or critical severity is open; those with a fix come first. unknown: no report,
    one of another commit or version, one that is too old, or a tool that failed or looked at nothing. pip-audit states
    no severity, so all that it finds counts as high.
    """
    files = files_of(request, "security", "security scans", "the glob of the scanners' reports")
    found = [(file, scans.read(file.raw, file.name)) for file in files]
    stamps = [Stamp(file, _commit(scan, request), scan.made) for file, scan in found]
    about = standing(request, "security", stamps)
    return judge(found, about, request.version, request.candidate)


def judge(found: Sequence[tuple[ReportFile, Scan]], about: Standing, version: str, candidate: str) -> Judgement:
    """Judge reports whose identity and age are known."""
    say = partial(Judgement, source=about.source, commit=candidate if about.bound else None, sha256=about.digest)
    refused = about.refused or next(filter(None, (_other_image(file, scan, version) for file, scan in found)), "")
    if refused:
        return Judgement(Verdict.UNKNOWN, refused, about.source, None, about.then, about.digest)
    for file, scan in found:
        if scan.broken or not scan.looked:
            sentence = f"{file.name}: {scan.broken or f'{scan.tool} looked at nothing'}"
            return say(Verdict.UNKNOWN, sentence, next="see why the scan did not run, and run it again")
    every = [one for _, scan in found for one in scan.found]
    counts = _Counts([one for one in every if not one.suppressed], sum(one.suppressed for one in every))
    tools = ", ".join(dict.fromkeys(scan.tool for _, scan in found))
    grave = counts.grave
    if grave:
        fixable = sum(1 for one in grave if one.fixed)
        with_fix = f" ({fixable} with a fix)" if fixable else " (none with a known fix)"
        sentence = f"{tools}: {len(grave)} open of high or critical severity{with_fix}: {_named(grave)}"
        return say(
            Verdict.FAIL, sentence, next="mend those with a fix; accept others in the tool, or waive with a reason"
        )
    clean = f"{tools}: nothing open of high or critical severity{counts.rest}"
    doubts = _doubts(found, about, counts)
    if doubts:
        text, then = doubts[0]
        return say(Verdict.WARN, f"{clean}; {text}", next=then)
    return say(Verdict.PASS, f"{clean}, for {short(candidate)}")


@dataclass(frozen=True, slots=True)
class _Counts:
    open: Sequence[Vulnerability]
    suppressed: int

    @property
    def grave(self) -> list[Vulnerability]:
        """High and critical ones: with a fix first, then critical first."""
        found = [one for one in self.open if one.severity in GRAVE]
        return sorted(found, key=lambda one: (not one.fixed, SEVERITIES.index(one.severity), one.id))

    @property
    def unrated(self) -> list[Vulnerability]:
        return [one for one in self.open if one.severity == "UNKNOWN"]

    @property
    def rest(self) -> str:
        """What else there is, in words."""
        parts = []
        for word in ("MEDIUM", "LOW", "UNKNOWN"):
            number = sum(1 for one in self.open if one.severity == word)
            parts += [f"{number} {word.lower()}"] if number else []
        if self.suppressed:
            parts.append(f"{self.suppressed} accepted in the tool")
        return f" ({', '.join(parts)})" if parts else ""


def _doubts(found: Sequence[tuple[ReportFile, Scan]], about: Standing, counts: _Counts) -> list[tuple[str, str]]:
    doubts = []
    unread = [name for _, scan in found for name in scan.unread]
    if counts.unrated:
        doubts.append((f"of unknown severity: {_named(counts.unrated)}", "look at them"))
    if unread:
        doubts.append((f"not looked at: {', '.join(unread[:NAMED])}", "look at what was left out"))
    if not about.bound:
        then = "give the report's commit in the parameter file (reports.security: {files: ..., commit: ...})"
        doubts.append(("the report does not say for which commit", then))
    if not about.dated:
        doubts.append(("the report does not say when it was made", "see that the scan is of today's advisories"))
    return doubts


def _commit(scan: Scan, request: Request) -> str | None:
    """The commit a scan names; an image tagged with the released version or commit is the candidate's."""
    if scan.commit:
        return scan.commit
    tag = _tag(scan.image)
    if tag and (_plain(tag) == _plain(request.version) or same_commit(tag, request.candidate)):
        return request.candidate or None
    return None


def _other_image(file: ReportFile, scan: Scan, version: str) -> str:
    tag = _tag(scan.image)
    if not tag or scan.commit or _plain(tag) == _plain(version):
        return ""
    try:
        Version(tag)
    except InvalidVersion:
        return ""
    return f"{file.name} is of the image {scan.image}, not of version {version}"


def _tag(image: str) -> str:
    match = _TAG.fullmatch(image)
    return match["tag"] if match else ""


def _plain(version: str) -> str:
    return version.removeprefix("v")


def _named(found: Sequence[Vulnerability]) -> str:
    shown = []
    for one in found[:NAMED]:
        package = f" in {one.package} {one.installed}".rstrip() if one.package else ""
        fixed = f" (fixed in {one.fixed})" if one.fixed else ""
        title = f": {one.title}" if one.title and not one.package else ""
        shown.append(f"{one.id}{package}{fixed}{title}")
    return "; ".join(shown) + (f"; and {len(found) - NAMED} more" if len(found) > NAMED else "")
