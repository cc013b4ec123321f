"""The running service over HTTP: whether its endpoints are well, and which version answers."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from releasekit.errors import SourceError
from releasekit.parameters.values import resolve
from releasekit.probes.evidence import Verdict
from releasekit.probes.request import Judgement, Request, same_commit, short, unknown
from releasekit.sources.reading import whole
from releasekit.sources.web import Answer, get

_HTTP = re.compile(r"https?:(?::?\d+)?(?P<path>/\S*)")
_ILL = frozenset({"down", "fail", "failed", "failing", "unhealthy", "error", "critical", "out_of_service", "not ok"})
_VERSION_KEYS = (("version",), ("build", "version"), ("app", "version"), ("releaseId",), ("info", "version"))
_COMMIT_KEYS = (("commit",), ("git", "commit", "id"), ("sha",), ("revision",), ("git_sha",), ("gitCommit",))
LINE = "give configuration.endpoints the address of a health check, such as health: https://shop.example.com/health"


@dataclass(frozen=True, slots=True)
class Said:
    """One endpoint's answer: a verdict about its health, and whether the candidate answers (None: not said)."""

    name: str
    verdict: Verdict
    sentence: str
    source: str
    is_candidate: bool | None = None
    sha256: str = ""


def healthy(request: Request) -> Judgement:
    """GET each of ``configuration.endpoints``; one without a path is asked at the health paths that the files name.

    pass: all answer 2xx, and say that the released version or commit answers (JSON: version, build.version, commit,
    git.commit.id). warn: all answer 2xx, but do not say which version, or no health path is known. fail: one answers
    with an error, or with a status such as DOWN. unknown: none is named, one does not answer, answers with a redirect
    (which is not followed), or another version answers.
    """
    addresses = list(_addresses(request))
    if not addresses:
        return unknown("no endpoint is configured", LINE)
    said = [_ask(request, name, url) for name, url, _ in addresses]
    bare = [name for name, _, known in addresses if not known]
    judgement = _worst(said)
    if judgement:
        return judgement
    source, digest = _sources(said)
    shown = "; ".join(one.sentence for one in said)
    if bare:
        return Judgement(
            Verdict.WARN, f"{shown}; no health path of {', '.join(bare)} is known", source, None, LINE, digest
        )
    if any(one.is_candidate is None for one in said):
        then = "have the endpoint answer with JSON that names version or commit"
        return Judgement(Verdict.WARN, f"{shown}; which version answers, it does not say", source, None, then, digest)
    return Judgement(Verdict.PASS, f"{shown}, in version {request.version}", source, request.candidate, "", digest)


def deployed(request: Request) -> Judgement:
    """The endpoints of ``configuration.endpoints`` say which version or commit answers (JSON, as for health).

    pass: those that say so name the released one. fail: one names another. unknown: none says so, or one does not
    answer.
    """
    addresses = list(_addresses(request))
    if not addresses:
        return unknown("no endpoint is configured", LINE)
    said = [_ask(request, name, url) for name, url, _ in addresses]
    source, digest = _sources(said)
    other = [one for one in said if one.is_candidate is False]
    if other:
        sentence = "; ".join(one.sentence for one in other)
        return Judgement(Verdict.FAIL, sentence, source, None, "see whether the deployment is through", digest)
    silent = [one for one in said if one.is_candidate is None and one.verdict is Verdict.UNKNOWN]
    telling = [one for one in said if one.is_candidate]
    if silent or not telling:
        sentence = "; ".join(one.sentence for one in silent) or "no endpoint says which version answers"
        then = "name an endpoint whose JSON has version or commit"
        return Judgement(Verdict.UNKNOWN, sentence, source, None, then, digest)
    names = ", ".join(one.name for one in telling)
    return Judgement(Verdict.PASS, f"{names} answers as {request.version}", source, request.candidate, "", digest)


def _addresses(request: Request) -> Iterator[tuple[str, str, bool]]:
    """(name, address, whether its path is known) of what is asked."""
    facts = request.analysis.of("healthcheck")
    for name, written in request.parameters.configuration.endpoints.items():
        url = resolve(written, request.environ)
        if urlsplit(url).path.strip("/"):
            yield name, url, True
            continue
        http = [(fact.service, match["path"]) for fact in facts if (match := _HTTP.fullmatch(str(fact.value)))]
        paths = {path for service, path in http if service == name} or {path for _, path in http}
        own = any(service == name for service, _ in http)
        if own or len(paths) == 1:
            for path in sorted(paths):
                yield f"{name}{path}", url.rstrip("/") + path, True
        else:
            yield name, url, False


def _ask(request: Request, name: str, url: str) -> Said:
    try:
        answer = get(url)
    except SourceError as error:
        problem = error.problems[0]
        return Said(name, Verdict.UNKNOWN, f"{name}: {problem.what}", problem.where)
    return said(name, answer, request.version, request.candidate)


def said(name: str, answer: Answer, version: str, candidate: str) -> Said:
    """Judge one answer."""
    source, digest = _plain(answer.url), answer.sha256
    if 300 <= answer.status < 400:
        to = _plain(answer.headers.get("location", "elsewhere"))
        text = f"{name}: HTTP {answer.status}, a redirect to {to}, which is not followed: name that address"
        return Said(name, Verdict.UNKNOWN, text, source, None, digest)
    if answer.status >= 300:
        return Said(name, Verdict.FAIL, f"{name}: HTTP {answer.status}", source, None, digest)
    body = _body(answer)
    status = str(body.get("status", "")).strip().casefold()
    if status in _ILL:
        return Said(
            name, Verdict.FAIL, f"{name}: HTTP {answer.status}, but its status is {status}", source, None, digest
        )
    stated, commit = _first(body, _VERSION_KEYS), _first(body, _COMMIT_KEYS)
    is_candidate: bool | None = None
    if stated or commit:
        same = not stated or stated.removeprefix("v") == version.removeprefix("v")
        same = same and (not commit or not candidate or same_commit(commit, candidate))
        is_candidate = same
        if not same:
            what = f"version {stated}" if stated else f"commit {short(commit)}"
            text = f"{name}: {what} answers, not {version}"
            return Said(name, Verdict.UNKNOWN, text, source, False, digest)
    took = f"{name}: HTTP {answer.status} in {answer.seconds * 1000:.0f} ms"
    return Said(name, Verdict.PASS, took, source, is_candidate, digest)


def _worst(said: Sequence[Said]) -> Judgement | None:
    source, digest = _sources(said)
    for verdict, then in (
        (Verdict.FAIL, "see the service's log; do not go on"),
        (Verdict.UNKNOWN, "see that it can be reached from here, and that the new version answers"),
    ):
        hit = [one for one in said if one.verdict is verdict]
        if hit:
            return Judgement(verdict, "; ".join(one.sentence for one in hit), source, None, then, digest)
    return None


def _sources(said: Sequence[Said]) -> tuple[str, str]:
    digest = whole([one.sha256 for one in said if one.sha256])
    return ", ".join(dict.fromkeys(one.source for one in said)), digest


def _body(answer: Answer) -> dict[str, object]:
    if "json" not in answer.headers.get("content-type", ""):
        return {}
    try:
        found = answer.json()
    except SourceError:
        return {}
    return found if isinstance(found, dict) else {}


def _first(body: dict[str, object], paths: Sequence[tuple[str, ...]]) -> str:
    for path in paths:
        here: object = body
        for key in path:
            here = here.get(key) if isinstance(here, dict) else None
        if isinstance(here, str) and here.strip():
            return here.strip()[:100]
    return ""


def _plain(url: str) -> str:
    """An address without what may be a token: no query, no user."""
    parts = urlsplit(url)
    return parts._replace(query="", fragment="", netloc=parts.netloc.rpartition("@")[2]).geturl()[:200]
