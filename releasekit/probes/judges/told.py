"""What the run's own log says: updates, messages, people, durations. Facts for a person, but for the updates' clock."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import pairwise

from releasekit.probes.evidence import Verdict
from releasekit.probes.request import Happened, Judgement, Request, facts, unknown

EVERY, GRACE = timedelta(minutes=15), timedelta(minutes=1)
SOURCE = "the run's log"
NAMED = 4
_WORDS = frozenset({"item.noted", "item.ticked"})
_CHANNELS = {
    "preparation.stakeholders-notified": ("stakeholders", "announcement"),
    "rollback-steps.notify-stakeholders": ("stakeholders", "announcement"),
    "communication-before.announcement-sent": ("announcement", "stakeholders"),
    "communication-before.support-briefed": ("support", "announcement"),
    "communication-before.customer-service-notified": ("customer_service", "support"),
    "communication-during.progress-tracked": ("deployment", "status", "announcement"),
    "communication-after.notification-sent": ("announcement", "stakeholders"),
    "communication-after.review-scheduled": ("announcement", "stakeholders"),
}


def regular(request: Request) -> Judgement:
    """Notes at this item from the start of the deployment on: at most 15 minutes apart, as the run's log has them.

    pass: they are, or the deployment was over before one was due. fail: 15 minutes and one more went by without any.
    unknown: the deployment has not begun, or none is due yet.
    """
    began, ended = _deployment(request)
    if began is None:
        return unknown("the deployment has not begun", "enter the phase deploy; then note each update here")
    end = ended or request.now()
    updates = [one.at for one in _noted(request) if began <= one.at <= end]
    points = [began, *updates, end]
    gaps = list(pairwise(points))
    late = [(start, stop) for start, stop in gaps if stop - start > EVERY + GRACE]
    if late:
        shown = ", ".join(f"{start:%H:%M} to {stop:%H:%M}" for start, stop in late[:NAMED])
        return Judgement(Verdict.FAIL, f"no update from {shown} (UTC)", SOURCE, None, "send one now, and note it here")
    if not updates and ended is None:
        return unknown(f"no update is due before {began + EVERY:%H:%M} UTC", "note each update here", SOURCE)
    longest = max(stop - start for start, stop in gaps)
    sentence = f"{len(updates)} updates, at most {_minutes(longest)} minutes apart"
    return Judgement(Verdict.PASS, sentence if updates else "over before an update was due", SOURCE)


def messages(request: Request) -> Judgement:
    """What people noted at this item of a message: who, when, before or in the window; and the channel named for it.

    Facts for a person: a note shows that somebody says it was sent, and not that anybody read it. unknown: always.
    """
    channels = request.parameters.configuration.channels
    keys = _CHANNELS.get(request.item, ("announcement",))
    channel = next((channels[key] for key in keys if key in channels), None)
    to = f" (goes to {channel.to})" if channel and channel.to else ""
    noted = _noted(request)
    if not noted:
        line = "" if channel else f"give configuration.channels.{keys[0]} the room or list; "
        return facts(f"nobody noted a message here{to}", "", f"{line}note it with its link, once it is sent")
    last = noted[-1]
    said = str(last.data.get("link") or last.data.get("text") or "")[:200]
    return facts(f"{last.by}, {last.at:%Y-%m-%d %H:%M} UTC{_against_window(request, last.at)}: {said}{to}", SOURCE)


def contacts(request: Request) -> Judgement:
    """Who is called when something goes wrong, in which order (``configuration.escalation``).

    Facts for a person: whether they can be reached now, only a call shows. unknown: always.
    """
    levels = request.parameters.configuration.escalation
    if not levels:
        line = "give configuration.escalation names and channels: [{name: On call, channel: '#shop-oncall'}]"
        return facts("nobody is named to escalate to", "", line)
    shown = "; ".join(f"{number}. {one.name} ({one.channel})" for number, one in enumerate(levels, 1))
    channels = [one.channel for one in levels]
    twice = sorted({channel for channel in channels if channels.count(channel) > 1})
    same = f"; several are reached by {', '.join(twice)} alone" if twice else ""
    return facts(f"{shown}{same}", "configuration.escalation", "see that they can be reached in the window")


def team(request: Request) -> Judgement:
    """Who has which role (``configuration.team``), and who has acted in this run.

    Facts for a person: a name is no presence. unknown: always.
    """
    named = {role: name for role, name in request.parameters.configuration.team.model_dump().items() if name}
    empty = [role for role in type(request.parameters.configuration.team).model_fields if role not in named]
    people = ", ".join(f"{name} ({role.replace('_', ' ')})" for role, name in named.items()) or "nobody is named"
    missing = f"; nobody is named as {', '.join(role.replace('_', ' ') for role in empty)}" if empty else ""
    acted = sorted({one.by for one in request.log if one.kind.startswith(("item.", "signoff.", "phase."))})
    seen = f"; acted in this run: {', '.join(acted)}" if acted else ""
    then = f"give configuration.team.{empty[0]} a name" if empty else "each says that they are there"
    return facts(f"{people}{missing}{seen}", "configuration.team", then)


def signature(request: Request) -> Judgement:
    """Who is named for this role, how many of the commits they wrote, and what they signed or refused in this run.

    Facts for a person: the signature itself is the answer. unknown: always.
    """
    role = request.item.rpartition(".")[2].replace("-", "_")
    name = getattr(request.parameters.configuration.team, role, None)
    if not name:
        return facts("nobody is named for this role", "", f"give configuration.team.{role} the person's name")
    commits = [one for one in request.change.commits if not one.merge]
    own = sum(one.author.casefold() == name.casefold() for one in commits)
    wrote = f" and wrote {own} of the {len(commits)} commits" if own else f" and wrote none of {len(commits)} commits"
    given = [one for one in request.log if one.kind.startswith("signoff.") and one.data.get("role") == role]
    said = "; has not signed"
    if given:
        did = "refused" if given[-1].kind == "signoff.refused" else "signed"
        said = f"; {given[-1].by} {did} ({given[-1].data.get('scope', '')}), {given[-1].at:%Y-%m-%d %H:%M} UTC"
    known = commits and not request.change.unknown
    return facts(f"{name} is named{wrote if known else ''}{said}", SOURCE, "the person signs, or refuses")


def durations(request: Request) -> Judgement:
    """How long each phase took by the run's log, beside ``configuration.minutes``.

    Facts for a person. unknown: always.
    """
    spent: dict[str, timedelta] = {}
    phases = list(_phases(request))
    for (phase, start), (_, stop) in zip(phases, [*phases[1:], ("", request.now())], strict=True):
        spent[phase] = spent.get(phase, timedelta()) + max(stop - start, timedelta())
    if not spent:
        return facts("the log of a run would say how long each phase took", "", "start one: releasekit run PARAMETERS")
    planned = request.parameters.configuration.minutes.model_dump()
    lines = [
        f"{phase} {_minutes(time)} minutes" + (f" (planned {planned[phase]})" if planned.get(phase) else "")
        for phase, time in spent.items()
    ]
    then = "" if any(planned.values()) else "give configuration.minutes what is planned for each phase"
    return facts("; ".join(lines), SOURCE, then)


def lessons(request: Request) -> Judgement:
    """What in the run's log is worth talking about: verdicts that failed, waivers, gates overridden, a rollback.

    Facts for a person: a draft of the retrospective's questions. unknown: always.
    """
    failed = [one.item for one in request.log if one.kind == "evidence.added" and one.data.get("verdict") == "fail"]
    waived = [one.item for one in request.log if one.kind == "item.waived"]
    passed = [str(one.data.get("phase")) for one in request.log if one.kind == "phase.entered" and _override(one)]
    back = [str(one.data.get("reason", "")) for one in request.log if one.kind == "rollback.begun"]
    lines = [f"failed at some time: {_some(failed)}"] if failed else []
    lines += [f"waived: {_some(waived)}"] if waived else []
    lines += [f"gates overridden: {_some(passed)}"] if passed else []
    lines += [f"rolled back: {back[-1][:200]}"] if back else []
    sentence = "; ".join(lines) or "nothing failed, nothing was waived, no gate was overridden"
    return facts(sentence, SOURCE if request.log else "", "talk about it; each action with owner and date")


def figures(request: Request) -> Judgement:
    """What the log has of the objectives: the latest verdict about the metrics, to be shared.

    Facts for a person. unknown: always.
    """
    of_metrics = [one for one in request.log if one.kind == "evidence.added" and _probe(one).startswith("metrics.")]
    if not of_metrics:
        line = "give configuration.metrics objectives, and collect them: releasekit collect RUN"
        return facts("no metric was collected in this run", "", line)
    latest = {_probe(one): one for one in of_metrics}
    shown = "; ".join(f"{one.data.get('verdict')}: {one.data.get('sentence')}" for one in latest.values())
    return facts(f"{shown} ({max(one.at for one in latest.values()):%Y-%m-%d %H:%M} UTC)", SOURCE, "share the table")


def kept(request: Request) -> Judgement:
    """How much of the evidence names the digest of what was judged, and so can be archived with it.

    Facts for a person: it is archived after the run is closed. unknown: always.
    """
    found = [one for one in request.log if one.kind == "evidence.added" and not _probe(one).startswith("facts.")]
    whole = sum(bool(one.data.get("sha256")) for one in found)
    then = "close the run, then: releasekit archive RUN --to ADDRESS"
    text = f"{whole} of {len(found)} verdicts name the digest of what was judged" if found else "no evidence yet"
    return facts(text, SOURCE if found else "", then)


def deployed_since(request: Request) -> datetime | None:
    """When the phase deploy was entered; None before."""
    return _deployment(request)[0]


def _deployment(request: Request) -> tuple[datetime | None, datetime | None]:
    began = ended = None
    for phase, at in _phases(request):
        if phase == "deploy" and began is None:
            began = at
        elif began is not None and ended is None:
            ended = at
    return began, ended


def _phases(request: Request) -> Iterator[tuple[str, datetime]]:
    for one in request.log:
        if one.kind == "run.opened":
            yield "prepare", one.at
        elif one.kind == "phase.entered":
            yield str(one.data.get("phase", "")), one.at
        elif one.kind == "rollback.begun":
            yield "rollback", one.at


def _noted(request: Request) -> list[Happened]:
    return [
        one
        for one in request.log
        if one.item == request.item and one.kind in _WORDS and (one.data.get("text") or one.data.get("link"))
    ]


def _against_window(request: Request, at: datetime) -> str:
    window = request.parameters.configuration.window
    if window is None:
        return ""
    if at >= window.start:
        return ", after the window began" if at <= window.end else ", after the window"
    hours = (window.start - at).total_seconds() / 3600
    return f", {hours:.0f} hours before the window" if hours >= 1 else f", {hours * 60:.0f} minutes before the window"


def _override(one: Happened) -> bool:
    return bool(one.data.get("override"))


def _probe(one: Happened) -> str:
    return str(one.data.get("probe", ""))


def _minutes(time: timedelta) -> str:
    return f"{time.total_seconds() / 60:.0f}"


def _some(names: list[str]) -> str:
    distinct = list(dict.fromkeys(names))
    return ", ".join(distinct[:NAMED]) + (f" and {len(distinct) - NAMED} more" if len(distinct) > NAMED else "")
