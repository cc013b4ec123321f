"""The rollout as the cluster or the service says it: the new version is everywhere, its pods run. Asks no cluster."""

import re
from collections.abc import Sequence
from dataclasses import replace

from releasekit.errors import SourceError
from releasekit.probes.evidence import Verdict
from releasekit.probes.judges import endpoints
from releasekit.probes.reports import Stamp, Standing, files_of, standing
from releasekit.probes.request import Judgement, Request, same_commit
from releasekit.sources import cluster
from releasekit.sources.cluster import Pod, Workload

NAMED = 4
LEAVES = "the file of kubectl get deployments,statefulsets,daemonsets,pods -o json"
_VERSION = re.compile(r"\d+(?:\.\d+)*(?:[.+-]?[0-9A-Za-z][0-9A-Za-z.+-]*)?$")
_TAG = re.compile(r"[^@]*/?[^/@:]+:(?P<tag>[\w.-]+)(?:@.*)?")


def deployed(request: Request) -> Judgement:
    """The workloads under ``reports.cluster`` (kubectl's JSON); without it, the version that the endpoints answer with.

    pass: workloads run images tagged with the released version or commit, and all their pods are updated and available
    (by counts and observedGeneration; conditions alone are not trusted). fail: one is not through, is stuck, or none
    runs the version. unknown: no answer of kubectl and no endpoint that says its version, or one that is too old.
    """
    if "cluster" not in request.parameters.configuration.reports:
        return endpoints.deployed(request)
    workloads, _, about = _read(request)
    if about.refused:
        return Judgement(Verdict.UNKNOWN, about.refused, about.source, None, "ask the cluster again", about.digest)
    ours = [one for one in workloads if any(_released(image, request) for image in one.images)]
    if not ours:
        shown = ", ".join(f"{one.name} ({', '.join(one.images)})" for one in workloads[:NAMED]) or "none at all"
        sentence = f"no workload has an image of {request.version}: {shown}"
        then = "see whether the deployment is through"
        return Judgement(Verdict.FAIL, sentence, about.source, None, then, about.digest)
    late = [one for one in ours if not one.rolled_out or one.stuck or not one.wanted]
    if late:
        sentence = "; ".join(_late(one) for one in late[:NAMED])
        then = "wait and ask again: kubectl rollout status"
        return Judgement(Verdict.FAIL, sentence, about.source, None, then, about.digest)
    sentence = "; ".join(f"{one.name}: {one.available} of {one.wanted} pods" for one in ours)
    text = f"{sentence}, in version {request.version}"
    return Judgement(Verdict.PASS, text, about.source, request.candidate, "", about.digest)


def returned(request: Request) -> Judgement:
    """As for the deployment, but for the version that ran before: the workloads, or the endpoints, are back at it.

    pass: they are. fail: another version answers, or it is not through. unknown: nothing says which version it is, or
    which one ran before is not known.
    """
    return deployed(_before(request))


def well_again(request: Request) -> Judgement:
    """The endpoints are healthy and answer in the version that ran before.

    pass, warn, fail: as for the health checks. unknown: as there, or which version ran before is not known.
    """
    return endpoints.healthy(_before(request))


def _before(request: Request) -> Request:
    """The same question about the version to which a rollback returns."""
    match = _VERSION.search(request.running_tag.rpartition("/")[2])
    if not match:
        do = "name the tag of the running version in application.running"
        raise SourceError("the version that ran before is not known: its commit has no version tag", do=do)
    return replace(request, version=match[0], candidate=request.running, candidate_tag=request.running_tag)


def started(request: Request) -> Judgement:
    """The pods under ``reports.cluster`` that run the released version: all ready, none waits, none was restarted.

    pass: so it is. warn: one was restarted, but is ready. fail: one waits (such as CrashLoopBackOff) or is not ready.
    unknown: no answer of kubectl, one that is too old, or no pod of the version.
    """
    _, pods, about = _read(request)
    if about.refused:
        return Judgement(Verdict.UNKNOWN, about.refused, about.source, None, "ask the cluster again", about.digest)
    ours = [pod for pod in pods if not pod.done and any(_released(image, request) for image in pod.images)]
    if not ours:
        text = f"no pod has an image of {request.version} among {len(pods)}"
        return Judgement(Verdict.UNKNOWN, text, about.source, None, "include pods in kubectl get", about.digest)
    ill = [pod for pod in ours if pod.waits or not pod.ready]
    if ill:
        sentence = ", ".join(f"{pod.name} {pod.waits or 'is not ready'}" for pod in ill[:NAMED])
        return Judgement(
            Verdict.FAIL, sentence, about.source, None, "see its log: kubectl logs --previous", about.digest
        )
    again = [pod for pod in ours if pod.restarts]
    if again:
        sentence = ", ".join(f"{pod.name} was restarted {pod.restarts} times" for pod in again[:NAMED])
        return Judgement(Verdict.WARN, sentence, about.source, None, "see why: kubectl logs --previous", about.digest)
    text = f"{len(ours)} pods ready, none restarted"
    return Judgement(Verdict.PASS, text, about.source, request.candidate, "", about.digest)


def _read(request: Request) -> tuple[Sequence[Workload], Sequence[Pod], Standing]:
    files = files_of(request, "cluster", "the cluster", LEAVES)
    workloads: list[Workload] = []
    pods: list[Pod] = []
    for file in files:
        found = cluster.read(file.raw, file.name)
        workloads += found[0]
        pods += found[1]
    return workloads, pods, standing(request, "cluster", [Stamp(file) for file in files], of_commit=False)


def _released(image: str, request: Request) -> bool:
    match = _TAG.fullmatch(image)
    tag = match["tag"] if match else ""
    return bool(tag) and (
        tag.removeprefix("v") == request.version.removeprefix("v") or same_commit(tag, request.candidate)
    )


def _late(one: Workload) -> str:
    if not one.observed:
        return f"{one.name}: the cluster has not looked at it yet"
    if one.stuck:
        return f"{one.name} is stuck: {one.stuck}"
    if not one.wanted:
        return f"{one.name} is scaled to no pods"
    return f"{one.name}: {one.updated} updated and {one.available} available of {one.wanted} pods, {one.total} in all"
