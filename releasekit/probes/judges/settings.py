"""The settings that production has, by name, against those that the candidate needs. Sees no value."""

from releasekit.probes.evidence import Verdict
from releasekit.probes.reports import Stamp, files_of, standing
from releasekit.probes.request import Judgement, Request
from releasekit.sources import settings

NAMED = 6
LEAVES = "the names of production's settings: kubectl get configmap,secret -o json, or a file with one name a line"


def complete(request: Request) -> Judgement:
    """The names under ``reports.settings`` against the variables that code and deployment files need and do not set.

    pass: each is there. warn: the files need none that was found. fail: one is missing, or empty. unknown: no list of
    production's settings, or one that is too old.
    """
    files = files_of(request, "settings", "production's settings", LEAVES)
    present: set[str] = set()
    empty: set[str] = set()
    for file in files:
        named, blank = settings.names(file.raw, file.name)
        present |= named
        empty |= blank
    about = standing(request, "settings", [Stamp(file) for file in files], of_commit=False)
    if about.refused:
        return Judgement(Verdict.UNKNOWN, about.refused, about.source, None, "list them anew", about.digest)
    needed = {fact.name: fact.source for fact in request.analysis.of("env_required")}
    if not needed:
        text = f"{len(present)} settings are there; the files need none that was found"
        return Judgement(Verdict.WARN, text, about.source, None, "see that nothing is missing", about.digest)
    missing = [name for name in needed if name not in present]
    if missing:
        listed = ", ".join(f"{name}{' is empty' if name in empty else ''} ({needed[name]})" for name in missing[:NAMED])
        more = f" and {len(missing) - NAMED} more" if len(missing) > NAMED else ""
        then = "set them before the new version starts"
        sentence = f"missing in production: {listed}{more}"
        return Judgement(Verdict.FAIL, sentence, about.source, request.candidate, then, about.digest)
    sentence = f"all {len(needed)} settings that the candidate needs are there: {', '.join(list(needed)[:NAMED])}"
    return Judgement(Verdict.PASS, sentence, about.source, request.candidate, "", about.digest)
