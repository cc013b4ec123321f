"""What coverage adds to the unit tests' verdict: which share of the lines ran. Asks for no least share."""

from dataclasses import replace

from releasekit.errors import SourceError
from releasekit.probes.evidence import Verdict
from releasekit.probes.reports import Stamp, files_of, standing
from releasekit.probes.request import Judgement, Request
from releasekit.sources import coverages


def added(request: Request, tests: Judgement) -> Judgement:
    """The judgement of the unit tests with the coverage in its sentence; no coverage report, no change.

    A report that is there and cannot be read, is of another commit or too old turns a pass into a warning: coverage is
    about the tests, and never decides against them.
    """
    if "coverage" not in request.parameters.configuration.reports or tests.verdict is Verdict.UNKNOWN:
        return tests
    try:
        files = files_of(request, "coverage", "coverage", "the JSON of coverage.py, or Cobertura's XML")
        found = [coverages.read(file.raw, file.name) for file in files]
    except SourceError as error:
        problem = error.problems[0]
        return _doubted(tests, f"coverage: {problem.where}: {problem.what}" if problem.where else problem.what)
    stamps = [Stamp(file, None, one.made) for file, one in zip(files, found, strict=True)]
    about = standing(request, "coverage", stamps)
    of = sum(one.of for one in found)
    if about.refused or not of:
        return _doubted(tests, about.refused or f"{about.source} counts no lines")
    percent = 100 * sum(one.covered for one in found) / of
    return replace(
        tests,
        sentence=f"{tests.sentence}; {percent:.1f} % of {of} lines covered",
        source=f"{tests.source}, {about.source}",
    )


def _doubted(tests: Judgement, why: str) -> Judgement:
    verdict = Verdict.WARN if tests.verdict is Verdict.PASS else tests.verdict
    return replace(tests, verdict=verdict, sentence=f"{tests.sentence}; {why}", next=tests.next or "measure it again")
