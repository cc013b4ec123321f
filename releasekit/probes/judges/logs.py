"""Error logs: how many errors, out of how many lines. Knows Loki; reading them stays a person's."""

import math
import re

from releasekit.errors import InputError, SourceError
from releasekit.parameters.values import resolve
from releasekit.probes.evidence import Verdict
from releasekit.probes.request import Judgement, Request, unknown
from releasekit.sources import loki

LINE = "give configuration.logs the address of Loki and a query that counts errors"
_SELECTOR = re.compile(r"\{(?:[^{}\"`]|\"(?:[^\"\\]|\\.)*\"|`[^`]*`)*\}")
_SPAN = re.compile(r"\[(\d{1,5}[smhd])\]")


def errors(request: Request) -> Judgement:
    """``configuration.logs.query`` asked of Loki, and beside it how many lines its stream has at all.

    pass: no error, while lines did arrive. warn: there are errors, which a person reads. unknown: no address or query,
    no answer, or no line at all: then silence says nothing.
    """
    settings = request.parameters.configuration.logs
    if settings.loki is None or not settings.query:
        return unknown("no logs are configured", LINE)
    selector, span = _SELECTOR.search(settings.query), _SPAN.search(settings.query)
    if not selector or not span:
        raise SourceError("a query without a stream or a span", settings.query[:80], "write {app=...} and [15m]")
    try:
        address = resolve(settings.loki, request.environ)
        token = resolve(settings.token, request.environ) if settings.token else ""
    except InputError as error:
        raise SourceError(error.problems[0]) from None
    lines = loki.count(address, f"sum(count_over_time({selector[0]}[{span[1]}]))", token)
    if not lines or not math.isfinite(lines):
        text = f"no line at all in {span[1]} of {selector[0][:80]}: silence says nothing"
        return unknown(text, "see that the stream's labels are right", address)
    found = loki.count(address, settings.query, token)
    if found is not None and not math.isfinite(found):
        return unknown("the query yields no number", "try the query there", address)
    if found:
        text = f"{found:g} errors in {lines:g} lines of {span[1]}"
        return Judgement(Verdict.WARN, text, address, None, "read them, and compare with the time before")
    return Judgement(Verdict.PASS, f"no error in {lines:g} lines of {span[1]}", address)
