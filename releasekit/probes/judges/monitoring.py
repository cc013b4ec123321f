"""Prometheus about this service: are its alerts loaded and its targets up, does an alert fire. Knows no dashboard."""

import re
from collections.abc import Mapping

from releasekit.errors import InputError, SourceError
from releasekit.parameters.values import resolve
from releasekit.probes.evidence import Verdict
from releasekit.probes.request import Judgement, Request
from releasekit.sources import prometheus
from releasekit.sources.prometheus import Rule, Server

NAMED = 4
LINE = "give configuration.metrics.prometheus its address, and select the labels of this service, such as {job: shop}"
# the labels by which a service is named where the parameter file does not say it
_USUAL = ("service", "app", "job", "application", "container", "app_kubernetes_io_name")


def configured(request: Request) -> Judgement:
    """Alerting rules and targets of this service in ``metrics.prometheus``.

    The rules are those that the repository has, by name, and those whose labels or expression name the service
    (``metrics.select``; without it, service, app, job and the like with the service's name). pass: there are some, all
    are healthy, and the targets are up. warn: no target carries the labels. fail: a rule of the repository is not
    loaded, one is not healthy, none is there at all, or a target is down. unknown: no address, or no answer.
    """
    server = reach(request)
    rules, targets = prometheus.alerting_rules(server), prometheus.targets(server)
    expected = list(dict.fromkeys(fact.name for fact in request.analysis.of("alert_rule")))
    labels = request.parameters.configuration.metrics.select
    mine = [rule for rule in rules if rule.name in expected or _about(rule, labels, request)]
    absent = [name for name in expected if name not in {rule.name for rule in rules}]
    ill = [rule for rule in mine if rule.health != "ok"]
    scraped = [one for one in targets if ours(one.labels, labels, request)]
    down = [one for one in scraped if one.health != "up"]
    wrong = [f"alerts not loaded: {_some(absent)}"] if absent else []
    wrong += [f"alerts not healthy: {_some([rule.name for rule in ill])}"] if ill else []
    wrong += [] if mine else ["no alert is about this service"]
    wrong += [f"{len(down)} of {len(scraped)} targets are down: {down[0].lastError[:100]}"] if down else []
    if wrong:
        sentence, then = "; ".join(wrong), "load the rules, mend the targets, or mend metrics.select"
        return Judgement(Verdict.FAIL, sentence, server.address, None, then)
    sentence = f"{len(mine)} alerts loaded and healthy: {_some([rule.name for rule in mine])}"
    if not scraped:
        return Judgement(Verdict.WARN, f"{sentence}; no target carries its labels", server.address, None, LINE)
    return Judgement(Verdict.PASS, f"{sentence}; {len(scraped)} targets up", server.address)


def quiet(request: Request) -> Judgement:
    """Firing alerts of this service in ``metrics.prometheus``, selected as for the rules.

    pass: none fires, while a target of the service is up (so that silence means something). warn: one is pending.
    fail: one fires. unknown: no address, no answer, or no target that is up.
    """
    server = reach(request)
    labels = request.parameters.configuration.metrics.select
    expected = {fact.name for fact in request.analysis.of("alert_rule")}
    found = [
        one
        for one in prometheus.alerts(server)
        if ours(one.labels, labels, request) or one.labels.get("alertname", "") in expected
    ]
    firing = [one.labels.get("alertname", "unnamed") for one in found if one.state == "firing"]
    if firing:
        return Judgement(Verdict.FAIL, f"firing: {_some(firing)}", server.address, None, "see what is wrong")
    up = [one for one in prometheus.targets(server) if one.health == "up" and ours(one.labels, labels, request)]
    if not up:
        text = "no alert fires, but no target of this service is up: silence says nothing"
        return Judgement(Verdict.UNKNOWN, text, server.address, None, LINE)
    pending = [one.labels.get("alertname", "unnamed") for one in found if one.state == "pending"]
    if pending:
        return Judgement(Verdict.WARN, f"pending: {_some(pending)}", server.address, None, "watch it")
    return Judgement(Verdict.PASS, f"no alert of this service fires; {len(up)} targets up", server.address)


def reach(request: Request) -> Server:
    """The server of the parameter file, its secrets resolved. Raises SourceError when there is none."""
    metrics = request.parameters.configuration.metrics
    if metrics.prometheus is None:
        raise SourceError("no Prometheus is configured", do=LINE)
    try:
        token = resolve(metrics.token, request.environ) if metrics.token else ""
        return Server(resolve(metrics.prometheus, request.environ), token)
    except InputError as error:
        raise SourceError(error.problems[0]) from None


def ours(found: Mapping[str, str], labels: Mapping[str, str], request: Request) -> bool:
    """Whether labels are this service's: all that are selected, or one of the usual ones with its name."""
    if labels:
        return all(found.get(name) == value for name, value in labels.items())
    name = request.parameters.application.name
    return any(found.get(label) == name for label in _USUAL)


def _about(rule: Rule, labels: Mapping[str, str], request: Request) -> bool:
    if ours(rule.labels, labels, request):
        return True
    name = request.parameters.application.name
    wanted = labels.items() if labels else ((label, name) for label in _USUAL)
    named = [
        re.search(rf"\b{re.escape(label)}\s*=\s*[\"'`]{re.escape(value)}[\"'`]", rule.query) for label, value in wanted
    ]
    return all(named) if labels else any(named)


def _some(names: list[str]) -> str:
    distinct = list(dict.fromkeys(names))
    return ", ".join(distinct[:NAMED]) + (f" and {len(distinct) - NAMED} more" if len(distinct) > NAMED else "")
