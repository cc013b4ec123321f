"""Whether there is a way back: a version to return to, and migrations that can be undone or need not be."""

from releasekit.facts.change import Migration
from releasekit.probes.evidence import Verdict
from releasekit.probes.judges import images
from releasekit.probes.request import Judgement, Request, short, unknown

NAMED = 3
LINE = "name the running version in application.running"


def possible(request: Request) -> Judgement:
    """What git, the migrations and the registry say about rolling back; the plan itself is in the checklist.

    pass: there is a version to return to, and no migration, or only ones that add. warn: one takes something away and
    has a way down, or locks tables. fail: one cannot be undone: the way back is a restore, or forward; or
    ``configuration.registry`` no longer has the image to return to. unknown: the running version is not known, or what
    a migration does, or the registry does not answer.
    """
    return images.way_back(request, _possible(request))


def _possible(request: Request) -> Judgement:
    change = request.change
    if change.first:
        return unknown("there is no earlier version to return to", "say in the plan what a failed first release means")
    if change.unknown or not request.running:
        return unknown(f"the running version is not known: {change.unknown or 'no revision'}", change.mend or LINE)
    back = f"{request.running_tag or short(request.running)} is there to return to"
    source = ", ".join(dict.fromkeys(one.source or one.path for one in change.migrations[:NAMED]))
    source = source or f"git log {short(request.running)}..{short(request.candidate)}"
    stuck = [one for one in change.migrations if one.effect == "irreversible"]
    if stuck:
        sentence = f"{back}, but {_list(stuck)} cannot be undone"
        then = "plan a restore of the backup, or a way forward, and have the owner of the data agree"
        return Judgement(Verdict.FAIL, sentence, source, request.candidate, then)
    dim = [one for one in change.migrations if one.effect == "unknown"]
    if dim:
        return unknown(f"{back}, but what {_list(dim)} does is not known", "read it, and say how it is undone", source)
    lossy = [one for one in change.migrations if one.effect != "additive"]
    if lossy:
        sentence = f"{back}, but {_list(lossy)} {_takes(lossy)}"
        return Judgement(Verdict.WARN, sentence, source, request.candidate, "back up first; try the way back once")
    brings = f"{len(change.migrations)} migrations that only add" if change.migrations else "no migration"
    return Judgement(Verdict.PASS, f"{back}; this release brings {brings}", source, request.candidate)


def _takes(migrations: list[Migration]) -> str:
    """A way down makes a column again, and it is empty: what was in it comes from the backup alone."""
    if any(one.effect == "destructive" and one.read_by for one in migrations):
        return "takes away what the running version reads: going back needs the backup, undoing it brings no data back"
    if any(one.effect == "destructive" for one in migrations):
        return "takes data away, and undoing it does not bring them back"
    return "does more than add; undo it before or after, by the plan"


def _list(migrations: list[Migration]) -> str:
    names = ", ".join(f"{one.revision} ({one.effect})" for one in migrations[:NAMED])
    return names + (f" and {len(migrations) - NAMED} more" if len(migrations) > NAMED else "")
