"""Performance tests of the candidate: k6, pytest-benchmark. Knows thresholds and checks, not the formats."""

from collections.abc import Sequence
from functools import partial

from releasekit.probes.evidence import Verdict
from releasekit.probes.reports import Stamp, Standing, files_of, standing
from releasekit.probes.request import Judgement, Request, short
from releasekit.sources import loadtests
from releasekit.sources.loadtests import LoadTest

NAMED = 3


def tested(request: Request) -> Judgement:
    """Reports under ``reports.performance`` for the candidate's commit: k6's summary in any shape, or pytest-benchmark.

    pass: something ran, and every threshold held. warn: it ran, but nothing was required of it, a check failed
    although the thresholds held, the working tree had changes, or the report names no commit. fail: a threshold was
    crossed. unknown: no report, one of another commit or too old, nothing ran, or a shape that cannot say whether
    thresholds held.
    """
    files = files_of(request, "performance", "performance tests", "the JSON that k6 or pytest-benchmark leaves")
    found = [loadtests.read(file.raw, file.name) for file in files]
    stamps = [Stamp(file, test.commit, test.made) for file, test in zip(files, found, strict=True)]
    return judge(found, standing(request, "performance", stamps), request.candidate)


def judge(found: Sequence[LoadTest], about: Standing, candidate: str) -> Judgement:
    """Judge reports whose identity and age are known."""
    say = partial(Judgement, source=about.source, commit=candidate if about.bound else None, sha256=about.digest)
    if about.refused:
        return Judgement(Verdict.UNKNOWN, about.refused, about.source, None, about.then, about.digest)
    shown = "; ".join(f"{test.tool}: {test.shown}" for test in found)
    if any(test.ran <= 0 for test in found):
        return say(Verdict.UNKNOWN, f"nothing ran ({shown})", next="see why, and run the performance tests again")
    crossed = [name for test in found for name, held in test.thresholds if not held]
    if crossed:
        sentence = f"{len(crossed)} thresholds crossed: {', '.join(crossed[:NAMED])} ({shown})"
        return say(Verdict.FAIL, sentence, next="find what became slower, or waive with a reason")
    if any(test.silent for test in found):
        then = "have k6 write what handleSummary gets (--new-machine-readable-summary=false), which names thresholds"
        return say(Verdict.UNKNOWN, f"{shown}; this summary does not say whether thresholds held", next=then)
    doubts = _doubts(found, about)
    if doubts:
        text, then = doubts[0]
        return say(Verdict.WARN, f"{shown}; {text}", next=then)
    held = sum(len(test.thresholds) for test in found)
    return say(Verdict.PASS, f"{shown}; all {held} thresholds held, for {short(candidate)}")


def _doubts(found: Sequence[LoadTest], about: Standing) -> list[tuple[str, str]]:
    doubts = []
    failed = [(name, fails, passes + fails) for test in found for name, passes, fails in test.checks if fails]
    if any(not test.thresholds for test in found):
        doubts.append(("nothing was required of it, so a person judges the numbers", "give the script thresholds"))
    if failed and not _checks_have_a_threshold(found):
        listed = ", ".join(f"{name} ({fails} of {of})" for name, fails, of in failed[:NAMED])
        doubts.append((f"checks failed: {listed}", "look at them, or give checks a threshold"))
    if any(test.dirty for test in found):
        doubts.append(("measured with uncommitted changes", "run it on a clean tree"))
    if not about.bound:
        then = "give the report's commit in the parameter file (reports.performance: {files: ..., commit: ...})"
        doubts.append(("the report does not say for which commit", then))
    return doubts


def _checks_have_a_threshold(found: Sequence[LoadTest]) -> bool:
    return any(name.startswith("checks") for test in found for name, _ in test.thresholds)
