"""Facts for the person who decides an item: acceptance records, silences, documents, production's settings, backups."""

from datetime import UTC, datetime

from releasekit.errors import InputError, SourceError
from releasekit.parameters.values import resolve
from releasekit.probes.judges import backup, monitoring, settings
from releasekit.probes.judges.told import deployed_since
from releasekit.probes.reports import Stamp, age, files_of, standing
from releasekit.probes.request import Judgement, Request, facts
from releasekit.sources import alertmanager
from releasekit.sources.alertmanager import Silence

NAMED = 4
SILENCES = "give configuration.alertmanager its address: {url: https://alerts.example.com}"
_DOCUMENTS = (".md", ".rst", ".adoc", ".txt")
_DESCRIBED = frozenset({"env_required", "env_optional", "secret", "flag", "feature_flag", "port", "setting"})


def acceptance(request: Request) -> Judgement:
    """The files under ``reports.acceptance``: which, how old, for which commit.

    Facts for a person: who accepted, and whether, stands in them. unknown: always.
    """
    files = files_of(request, "acceptance", "acceptance", "the record of the acceptance, such as a signed PDF")
    about = standing(request, "acceptance", [Stamp(file) for file in files])
    made = max(datetime.fromtimestamp(file.modified, UTC) for file in files)
    shown = ", ".join(file.name for file in files[:NAMED])
    if about.refused:
        return facts(f"{shown}: {about.refused}", about.source, about.then, about.digest)
    for_it = "for this commit" if about.bound else "which does not say for which commit"
    then = "read it; tick with a note of who accepted, and when"
    return facts(f"{shown}, {age(made, request.now())} old, {for_it}", about.source, then, about.digest)


def silences(request: Request) -> Judgement:
    """Silences of this service's alerts in ``configuration.alertmanager``, against the maintenance window.

    Selected as the rules are (``metrics.select``, the service's name, alerts of the repository). Facts for a person:
    that a silence is there does not say that the monitoring team knows. unknown: always.
    """
    where = request.parameters.configuration.alertmanager
    if where is None:
        raise SourceError("no Alertmanager is configured", do=SILENCES)
    try:
        address = resolve(where.url, request.environ)
        token = resolve(where.token, request.environ) if where.token else ""
    except InputError as error:
        raise SourceError(error.problems[0]) from None
    found = alertmanager.silences(address, token)
    mine = [one for one in found if _ours(one, request)]
    if not mine:
        text = f"none of {len(found)} silences is about this service"
        return facts(text, address, "silence its alerts for the window, no longer, and tell the monitoring team")
    shown = "; ".join(_described(one, request) for one in mine[:NAMED])
    return facts(shown, address, "tell the monitoring team which alerts are silenced, and until when")


def documents(request: Request) -> Judgement:
    """Documents that changed since the running version, beside the settings, flags and ports that did.

    Facts for a person: whether they say the right thing, only reading shows. unknown: always.
    """
    change = request.change
    if change.unknown or change.first:
        why = change.unknown or "there is no earlier version"
        return facts(f"what changed is not known: {why}", "", change.mend or "name application.running")
    touched = [one.path for one in change.files if _document(one.path)]
    keys = list(dict.fromkeys(one.name for one in change.keys if one.kind in _DESCRIBED))
    said = f"{len(touched)} documents changed: {_some(touched)}" if touched else "no document changed"
    beside = f"; settings that changed: {_some(keys)}" if keys else "; no setting changed"
    then = "see that they describe what changed" if touched else "describe what changed, or say why nothing has to be"
    return facts(said + beside, f"git diff --name-only {request.running[:10]}..{request.candidate[:10]}", then)


def settings_there(request: Request) -> Judgement:
    """Production's settings as ``reports.settings`` lists them, and whether it was listed after the deployment began.

    Facts for a person. unknown: always.
    """
    found = settings.complete(request)
    began = deployed_since(request)
    files = files_of(request, "settings", "production's settings", settings.LEAVES)
    listed = min(datetime.fromtimestamp(file.modified, UTC) for file in files)
    when = "; listed before the deployment began" if began is None or listed < began else "; listed since it began"
    return facts(
        found.sentence + when, found.source, found.next or "list them again after the deployment", found.sha256
    )


def backup_there(request: Request) -> Judgement:
    """The backup that a restore would use, as for the item before the deployment.

    Facts for a person: whether to restore, and what is lost by it, is theirs. unknown: always.
    """
    found = backup.made(request)
    return facts(found.sentence, found.source, found.next or "say what was written since, before it is restored")


def _ours(one: Silence, request: Request) -> bool:
    """Whether a matcher asks for a label of this service, or for one of the repository's alerts."""
    labels = request.parameters.configuration.metrics.select
    alerts = {fact.name for fact in request.analysis.of("alert_rule")}
    for match in one.matchers:
        for value in _values(match) if match.isEqual else ():
            # a silence need not name all the labels that select the service
            named = labels.get(match.name) == value if labels else monitoring.ours({match.name: value}, {}, request)
            if named or (match.name == "alertname" and value in alerts):
                return True
    return False


def _values(match: alertmanager.Matcher) -> list[str]:
    """The values that a matcher names; of an expression its alternatives, which are compared and never run."""
    return match.value.strip("()^$").split("|") if match.isRegex else [match.value]


def _described(one: Silence, request: Request) -> str:
    start, end = one.startsAt.astimezone(UTC), one.endsAt.astimezone(UTC)
    what = ", ".join(f"{match.name}{_sign(match)}{match.value}" for match in one.matchers)
    text = f"{what} by {one.createdBy or 'nobody named'}, {start:%Y-%m-%d %H:%M} to {end:%Y-%m-%d %H:%M} UTC"
    window = request.parameters.configuration.window
    if window is None:
        return f"{text} (no window is configured)"
    if end <= window.start or start >= window.end:
        return f"{text}, not in the window"
    if start > window.start or end < window.end:
        return f"{text}, covers a part of the window"
    hours = (end - window.end).total_seconds() / 3600
    return f"{text}, covers the window" + (f" and lasts {hours:.0f} hours longer" if hours >= 1 else "")


def _sign(match: alertmanager.Matcher) -> str:
    return ("=~" if match.isRegex else "=") if match.isEqual else ("!~" if match.isRegex else "!=")


def _document(path: str) -> bool:
    lower = path.lower()
    return lower.endswith(_DOCUMENTS) and not lower.rpartition("/")[2].startswith(
        ("changelog", "requirements", "license")
    )


def _some(names: list[str]) -> str:
    return ", ".join(names[:NAMED]) + (f" and {len(names) - NAMED} more" if len(names) > NAMED else "")
