"""User journeys: short walks over HTTP that the parameter file names, and JUnit reports of longer ones."""

from collections.abc import Iterator
from urllib.parse import urlsplit

from releasekit.errors import SourceError
from releasekit.parameters.asking import Visit
from releasekit.parameters.values import resolve
from releasekit.probes.evidence import Verdict
from releasekit.probes.judges import junit
from releasekit.probes.reports import Stamp, files_of, standing
from releasekit.probes.request import Judgement, Request, unknown
from releasekit.sources.junit import read
from releasekit.sources.web import get

NONE = "no user journey is configured"
LINE = (
    "give configuration.journeys the addresses of one: {look at a product: [https://shop.example.com/products]},"
    " or configuration.reports.journeys the JUnit files of your browser tests"
)


def walked(request: Request) -> Judgement:
    """The journeys of ``configuration.journeys``, step by step over HTTP, and JUnit files under ``reports.journeys``.

    pass: every step answered as it must (status, text), and every case passed. warn: the report does not say for which
    commit. fail: a step or a case did not. unknown: none is configured, a server does not answer, or a report is too
    old, of another commit, or empty.
    """
    configuration = request.parameters.configuration
    found = [_walk(request, name, visits) for name, visits in configuration.journeys.items()]
    if "journeys" in configuration.reports:
        found.append(_reported(request))
    if not found:
        return unknown(NONE, LINE)
    for verdict in (Verdict.FAIL, Verdict.UNKNOWN, Verdict.WARN):
        hit = [one for one in found if one.verdict is verdict]
        if hit:
            sentence = "; ".join(one.sentence for one in hit)
            return Judgement(verdict, sentence, hit[0].source, hit[0].commit, hit[0].next, hit[0].sha256)
    sentence = "; ".join(one.sentence for one in found)
    source = ", ".join(one.source for one in found)
    commit = next((one.commit for one in found if one.commit), None)
    return Judgement(Verdict.PASS, sentence, source, commit, "", found[0].sha256)


def broken(request: Request) -> Judgement:
    """The rollback trigger: fired (``fail``) when a user journey fails, clear (``pass``) when all are well.

    unknown: as for the journeys themselves.
    """
    found = walked(request)
    if found.verdict is Verdict.FAIL:
        return Judgement(
            Verdict.FAIL, found.sentence, found.source, found.commit, "roll back, or say why not", found.sha256
        )
    return found


def _walk(request: Request, name: str, visits: tuple[Visit, ...]) -> Judgement:
    source, digest = "", ""
    for number, visit in enumerate(visits, 1):
        step = f"{name}, step {number} of {len(visits)}"
        try:
            answer = get(resolve(visit.url, request.environ))
        except SourceError as error:
            problem = error.problems[0]
            return Judgement(Verdict.UNKNOWN, f"{step}: {problem.what}", problem.where, None, problem.do)
        source, digest = urlsplit(answer.url)._replace(query="").geturl(), answer.sha256
        wrong = next(_wrong(visit, answer.status, answer.text), "")
        if wrong:
            return Judgement(Verdict.FAIL, f"{step}: {wrong}", source, None, "try it by hand; see the log", digest)
    return Judgement(Verdict.PASS, f"{name}: {len(visits)} steps", source, None, "", digest)


def _wrong(visit: Visit, status: int, text: str) -> Iterator[str]:
    if status != visit.status:
        yield f"HTTP {status} instead of {visit.status}"
    if visit.contains and visit.contains not in text:
        yield f"the answer does not contain {visit.contains!r}"


def _reported(request: Request) -> Judgement:
    try:
        files = files_of(request, "journeys", "user journeys", junit.LEAVES)
        found = [read(file.raw, file.name) for file in files]
    except SourceError as error:
        problem = error.problems[0]
        return unknown(f"{problem.where}: {problem.what}" if problem.where else problem.what, problem.do, problem.where)
    stamps = [Stamp(file, report.commit, report.made) for file, report in zip(files, found, strict=True)]
    return junit.judge(found, standing(request, "journeys", stamps), request.candidate, "user journeys")
