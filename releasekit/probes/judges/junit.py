"""Test results from JUnit XML: passed, failed, or no evidence. Bound to the candidate's commit."""

from collections.abc import Sequence
from functools import partial

from releasekit.errors import SourceError
from releasekit.parameters.model import ReportKind
from releasekit.probes.evidence import Verdict
from releasekit.probes.judges import coverage
from releasekit.probes.reports import Stamp, Standing, files_of, standing
from releasekit.probes.request import Judgement, Request, short
from releasekit.sources.files import matching
from releasekit.sources.junit import Report, read

NAMED = 3
LEAVES = "the glob of the JUnit files that CI leaves"


def unit_tests(request: Request) -> Judgement:
    """JUnit reports under ``reports.unit_tests``: at least one case ran and none failed, for the candidate's commit.

    pass: cases passed, none failed. warn: the same, but no commit is named, or a case passed only on a re-run.
    fail: a case failed or erred. unknown: no report, no case that ran, one of another commit, or one that is too old.
    Where ``reports.coverage`` is given (coverage.py's JSON, or Cobertura), what it says of the lines is added.
    """
    return coverage.added(request, _tests(request, "unit_tests", "unit tests"))


def integration_tests(request: Request) -> Judgement:
    """As unit tests, from ``reports.integration_tests``; the same files as for the unit tests are refused."""
    return _tests(request, "integration_tests", "integration tests")


def migration_tests(request: Request) -> Judgement:
    """As unit tests, from ``reports.migrations``: the job that upgrades, downgrades and upgrades a database."""
    return _tests(request, "migrations", "migration tests")


def _tests(request: Request, key: ReportKind, what: str) -> Judgement:
    files = files_of(request, key, what, LEAVES)
    unit = request.parameters.configuration.reports.get("unit_tests")
    if key != "unit_tests" and unit:
        shared = {file.name for file in matching(request.folder, unit.files)} & {file.name for file in files}
        if shared:
            do = f"give configuration.reports.{key} {LEAVES} for them alone"
            raise SourceError(f"{min(shared)} is also the report of the unit tests", do=do)
    found = [
        (Stamp(file, report.commit, report.made), report) for file in files for report in [read(file.raw, file.name)]
    ]
    about = standing(request, key, [stamp for stamp, _ in found])
    return judge([report for _, report in found], about, request.candidate, what)


def judge(reports: Sequence[Report], about: Standing, candidate: str, what: str) -> Judgement:
    """Judge reports whose identity and age are known."""
    if about.refused:
        then = f"run the {what} for {short(candidate) or 'the candidate'}"
        return Judgement(Verdict.UNKNOWN, about.refused, about.source, None, then, about.digest)
    say = partial(Judgement, source=about.source, commit=candidate if about.bound else None, sha256=about.digest)
    cases = [case for report in reports for case in report.cases]
    ran = [case for case in cases if case.result != "skipped"]
    failed = [case for case in cases if case.result in {"failed", "error"}]
    skipped = len(cases) - len(ran)
    if not ran:
        sentence = f"{skipped} {what}, all skipped" if cases else f"the report has no {what}: 0 test cases"
        return say(Verdict.UNKNOWN, sentence, next=f"see why none of the {what} ran")
    if failed:
        names = ", ".join(case.name for case in failed[:NAMED]) + (" ..." if len(failed) > NAMED else "")
        sentence = f"{len(failed)} of {len(ran)} {what} failed: {names}"
        return say(Verdict.FAIL, sentence, next="mend them, or waive the item with a reason")
    passed = f"{len(ran)} {what} passed" + (f", {skipped} skipped" if skipped else "")
    flaky = [case for case in ran if case.flaky]
    if flaky:
        sentence = f"{passed}; {len(flaky)} only when run again: {', '.join(case.name for case in flaky[:NAMED])}"
        return say(Verdict.WARN, sentence, next="look at the tests that needed a second run")
    if not about.bound:
        then = "have CI write the commit into the report, or give the report's commit in the parameter file"
        return say(Verdict.WARN, f"{passed}, but the report does not say for which commit", next=then)
    return say(Verdict.PASS, f"{passed}, for {short(candidate)}")
