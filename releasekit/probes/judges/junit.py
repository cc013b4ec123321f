"""Test results from JUnit XML: passed, failed, or no evidence. Bound to the candidate's commit."""

from collections.abc import Sequence
from hashlib import sha256

from releasekit.errors import SourceError
from releasekit.parameters.model import ReportKind
from releasekit.probes.evidence import Verdict
from releasekit.probes.request import Judgement, Request, same_commit, short, unknown
from releasekit.sources.files import ReportFile, matching
from releasekit.sources.junit import Report, read

NAMED = 3


def unit_tests(request: Request) -> Judgement:
    """JUnit reports under ``reports.unit_tests``: at least one case ran and none failed, for the candidate's commit.

    pass: cases passed, none failed. warn: the same, but no commit is named, or a case passed only on a re-run.
    fail: a case failed or erred. unknown: no report, no case that ran, or a report of another commit.
    """
    return _tests(request, "unit_tests", "unit tests")


def integration_tests(request: Request) -> Judgement:
    """As unit tests, from ``reports.integration_tests``; the same files as for the unit tests are refused."""
    return _tests(request, "integration_tests", "integration tests")


def _tests(request: Request, key: ReportKind, what: str) -> Judgement:
    reports = request.parameters.configuration.reports
    wanted = reports.get(key)
    line = f"give configuration.reports.{key} the glob of the JUnit files that CI leaves"
    if wanted is None:
        return unknown(f"no report of {what} is configured", line)
    try:
        files = matching(request.folder, wanted.files)
        if not files:
            return unknown(
                f"no report of {what}: nothing matches {', '.join(wanted.files)}",
                f"run the {what} for {short(request.candidate) or request.version} and leave the JUnit file there",
            )
        if key != "unit_tests" and (unit := reports.get("unit_tests")):
            shared = {file.name for file in matching(request.folder, unit.files)} & {file.name for file in files}
            if shared:
                return unknown(f"{min(shared)} is also the report of the unit tests", line, min(shared))
        found = [(file, read(file.raw, file.name)) for file in files]
    except SourceError as error:
        problem = error.problems[0]
        return unknown(f"{problem.where}: {problem.what}", problem.do, problem.where)
    return judge(found, wanted.commit, request.candidate, what)


def judge(found: Sequence[tuple[ReportFile, Report]], declared: str | None, candidate: str, what: str) -> Judgement:
    """Judge reports against the candidate's commit; ``declared`` is the commit that the parameter file gives them."""
    source = ", ".join(file.name for file, _ in found)
    digest = sha256(b"".join(bytes.fromhex(file.sha256) for file, _ in found)).hexdigest()
    digest = found[0][0].sha256 if len(found) == 1 else digest
    foreign = _foreign(found, declared, candidate)
    if foreign:
        then = f"run the {what} for {short(candidate) or 'the candidate'}"
        return Judgement(Verdict.UNKNOWN, foreign, source, None, then, digest)
    cases = [case for _, report in found for case in report.cases]
    ran = [case for case in cases if case.result != "skipped"]
    failed = [case for case in cases if case.result in {"failed", "error"}]
    skipped = len(cases) - len(ran)
    bound = all(report.commit or declared for _, report in found)
    commit = candidate if bound else None
    if not ran:
        sentence = f"{skipped} {what}, all skipped" if cases else f"the report has no {what}: 0 test cases"
        return Judgement(Verdict.UNKNOWN, sentence, source, commit, f"see why none of the {what} ran", digest)
    if failed:
        names = ", ".join(case.name for case in failed[:NAMED]) + (" ..." if len(failed) > NAMED else "")
        sentence = f"{len(failed)} of {len(ran)} {what} failed: {names}"
        return Judgement(Verdict.FAIL, sentence, source, commit, "mend them, or waive the item with a reason", digest)
    passed = f"{len(ran)} {what} passed" + (f", {skipped} skipped" if skipped else "")
    flaky = [case for case in ran if case.flaky]
    if flaky:
        sentence = f"{passed}; {len(flaky)} only when run again: {', '.join(case.name for case in flaky[:NAMED])}"
        return Judgement(Verdict.WARN, sentence, source, commit, "look at the tests that needed a second run", digest)
    if not bound:
        sentence = f"{passed}, but the report does not say for which commit"
        then = "have CI write the commit into the report, or give the report's commit in the parameter file"
        return Judgement(Verdict.WARN, sentence, source, None, then, digest)
    return Judgement(Verdict.PASS, f"{passed}, for {short(candidate)}", source, commit, "", digest)


def _foreign(found: Sequence[tuple[ReportFile, Report]], declared: str | None, candidate: str) -> str:
    """Why the reports are not about the candidate; "" when nothing says so."""
    for file, report in found:
        for named, says in ((report.commit, file.name), (declared, "the parameter file")):
            if named and not candidate:
                return f"{says} names the commit {short(named)}, but the candidate's commit is not known"
            if named and not same_commit(named, candidate):
                return f"{says} is for the commit {short(named)}, not for {short(candidate)}"
    return ""
