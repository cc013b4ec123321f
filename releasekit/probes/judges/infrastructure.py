"""Whether production is provisioned as its Terraform says, from a plan. Knows no cloud."""

from functools import partial

from releasekit.probes.evidence import Verdict
from releasekit.probes.reports import Stamp, files_of, standing
from releasekit.probes.request import Judgement, Request
from releasekit.sources import terraform

NAMED = 4


def provisioned(request: Request) -> Judgement:
    """Terraform's plan for production under ``reports.infrastructure`` (`terraform show -json`): nothing left to do.

    pass: the plan changes nothing. warn: it only adds or updates, something drifted, or the plan does not say when it
    was made. fail: it deletes or replaces something, by name. unknown: no plan, a plan that failed or is incomplete,
    one that knows no resource, or one that is too old.
    """
    files = files_of(request, "infrastructure", "the infrastructure", "the file of terraform show -json PLAN")
    plans = [terraform.read(file.raw, file.name) for file in files]
    stamps = [Stamp(file, None, plan.made) for file, plan in zip(files, plans, strict=True)]
    about = standing(request, "infrastructure", stamps)
    if about.refused:
        return Judgement(Verdict.UNKNOWN, about.refused, about.source, None, "plan again", about.digest)
    say = partial(
        Judgement, source=about.source, sha256=about.digest, commit=request.candidate if about.bound else None
    )
    if any(plan.broken or not plan.complete for plan in plans):
        return say(Verdict.UNKNOWN, "a plan failed, or is not complete", next="plan again")
    resources = sum(plan.resources for plan in plans)
    if not resources:
        return say(Verdict.UNKNOWN, "the plan knows no resource", next="see that the plan is production's")
    found = {
        what: [one for plan in plans for one in plan.of(what)] for what in ("delete", "replace", "create", "update")
    }
    lost = [f"{what} {address}" for what in ("delete", "replace") for address in found[what]]
    if lost:
        sentence = f"the plan takes things away: {_list(lost)}"
        return say(Verdict.FAIL, sentence, next="see that this is meant, back up first, or waive with a reason")
    left = [f"{what} {address}" for what in ("create", "update") for address in found[what]]
    if left:
        return say(Verdict.WARN, f"{len(left)} of {resources} resources differ: {_list(left)}", next="apply the plan")
    drift = [address for plan in plans for address in plan.drift]
    if drift:
        return say(Verdict.WARN, f"changed outside of Terraform: {_list(drift)}", next="see who changed it, and why")
    sentence = f"all {resources} resources are as planned"
    if not about.dated:
        then = "plan with Terraform 1.5 or newer, which writes the time"
        return say(Verdict.WARN, f"{sentence}, but the plan does not say when it was made", next=then)
    return say(Verdict.PASS, sentence)


def _list(found: list[str]) -> str:
    return ", ".join(found[:NAMED]) + (f" and {len(found) - NAMED} more" if len(found) > NAMED else "")
