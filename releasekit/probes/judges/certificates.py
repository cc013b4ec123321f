"""Certificates of the service's public hosts: do they hold, and for how long. Asks only hosts that are named."""

from collections.abc import Iterator
from datetime import datetime
from hashlib import sha256
from urllib.parse import urlsplit

from releasekit.errors import SourceError
from releasekit.parameters.values import resolve
from releasekit.probes.evidence import Verdict
from releasekit.probes.request import Judgement, Request, unknown
from releasekit.sources.tls import Certificate, shown

ENOUGH, LITTLE = 30, 7
LINE = "give configuration.endpoints an https address of each public host, or list the hosts in configuration.allow"


def valid(request: Request) -> Judgement:
    """A TLS handshake with the hosts of the https ``endpoints``, and with hosts of the repository that ``allow`` names.

    pass: each chain holds, names the host, and has 30 days left (a third of its life, for one that lives less than 90
    days). warn: less is left, or a host that the repository names was not asked. fail: a chain does not hold, or under
    7 days are left (a tenth). unknown: no host is named, or one does not answer.
    """
    hosts = list(dict.fromkeys(_hosts(request)))
    if not hosts:
        return unknown("no https address is configured", LINE)
    found: list[Certificate] = []
    silent: list[str] = []
    for host, port in hosts:
        try:
            found.append(shown(host, port))
        except SourceError as error:
            silent.append(f"{host}: {error.problems[0].what}")
    return judge(found, silent, _unasked(request, {host for host, _ in hosts}), request.now())


def judge(found: list[Certificate], silent: list[str], unasked: list[str], now: datetime) -> Judgement:
    """Judge what hosts showed; ``silent`` did not answer, ``unasked`` are not allowed to be asked."""
    source = ", ".join(f"{one.host}:{one.port}" for one in found)
    digest = sha256("".join(one.sha256 for one in found).encode()).hexdigest() if found else ""
    lines = [(_verdict(one, now), _line(one, now)) for one in found]
    for verdict, then in (
        (Verdict.FAIL, "renew or mend the certificate before the release"),
        (Verdict.UNKNOWN, "see whether the host can be reached from here"),
        (Verdict.WARN, "see that it is renewed in time"),
    ):
        hit = [line for found_verdict, line in lines if found_verdict is verdict]
        hit += silent if verdict is Verdict.UNKNOWN else []
        if hit:
            return Judgement(verdict, "; ".join(hit), source, None, then, digest)
    sentence = "; ".join(line for _, line in lines)
    if unasked:
        named = ", ".join(unasked[:5])
        return Judgement(Verdict.WARN, f"{sentence}; not asked: {named}", source, None, LINE, digest)
    return Judgement(Verdict.PASS, sentence, source, None, "", digest)


def _verdict(one: Certificate, now: datetime) -> Verdict:
    if one.wrong or one.end is None or one.end <= now:
        return Verdict.FAIL
    left = (one.end - now).total_seconds() / 86_400
    life = (one.end - one.start).total_seconds() / 86_400 if one.start else 90.0
    if left < min(LITTLE, life / 10):
        return Verdict.FAIL
    return Verdict.WARN if left < min(ENOUGH, life / 3) else Verdict.PASS


def _line(one: Certificate, now: datetime) -> str:
    if one.wrong or one.end is None:
        return f"{one.host}: {one.wrong or 'it does not say until when it holds'}"
    days = (one.end - now).days
    return f"{one.host}: {days} days left, until {one.end:%Y-%m-%d}" + (f", by {one.issuer}" if one.issuer else "")


def _hosts(request: Request) -> Iterator[tuple[str, int]]:
    configuration = request.parameters.configuration
    for written in configuration.endpoints.values():
        parts = urlsplit(resolve(written, request.environ))
        if parts.scheme == "https" and parts.hostname:
            yield parts.hostname, parts.port or 443
    for host in _public(request):
        if allowed(host, configuration.allow):
            yield host, 443


def _unasked(request: Request, asked: set[str]) -> list[str]:
    return [host for host in _public(request) if host not in asked]


def _public(request: Request) -> list[str]:
    """Whole names among the hosts that the repository names; patterns and variables are none."""
    names = [str(fact.value).lower() for fact in request.analysis.of("host")]
    return [name for name in dict.fromkeys(names) if "." in name and not set(name) & set("*${}()<>/ ")]


def allowed(host: str, allow: tuple[str, ...]) -> bool:
    """Whether an allow-list names a host: ``shop.example.com``, or ``*.example.com`` for the names below."""
    for entry in allow:
        name = entry.partition(":")[0]
        if host == name or (name.startswith("*.") and host.endswith(name[1:])):
            return True
    return False
