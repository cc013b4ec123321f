"""kubectl, and what it finds: the objects of a cluster, which start the parts of the application and run its jobs.

Sources: kubernetes.io/docs/reference/kubectl/generated, and for fields that cannot change the API reference of Job.
"""

import re
from collections.abc import Iterable, Iterator
from copy import deepcopy
from typing import Any

import yaml

from tests.checklist.ways.standins.grammar import Call, RefusedError, Tool
from tests.checklist.ways.standins.kustomizing import build
from tests.checklist.ways.standins.session import StaysOpenError
from tests.checklist.ways.standins.tools import in_container, inside
from tests.checklist.ways.standins.world import World

Manifest = dict[str, Any]
Key = tuple[str, str, str]

kubectl = Tool(
    "kubectl",
    anywhere="-n= --namespace= --context= --kubeconfig= --request-timeout= -A --all-namespaces -l= --selector=",
)
KINDS = {
    "deployment": ("deployment", "deployments", "deploy", "deployments.apps", "deployment.apps"),
    "statefulset": ("statefulset", "statefulsets", "sts"),
    "daemonset": ("daemonset", "daemonsets", "ds"),
    "job": ("job", "jobs", "job.batch"),
    "cronjob": ("cronjob", "cronjobs", "cj"),
    "pod": ("pod", "pods", "po"),
    "service": ("service", "services", "svc"),
}
CLUSTERED = frozenset(("namespace", "clusterrole", "clusterrolebinding", "customresourcedefinition"))


def objects(w: World) -> dict[Key, Manifest]:
    """All objects, by namespace, kind and name."""
    found: dict[Key, Manifest] = w.state.setdefault("objects", {})
    return found


def containers(manifest: Manifest) -> list[Manifest]:
    """The containers of an object's pods."""
    spec = manifest.get("spec") or {}
    spec = (spec.get("jobTemplate") or {}).get("spec") or spec
    pod = (spec.get("template") or {}).get("spec") or {}
    return list(pod.get("containers") or ())


def images(manifest: Manifest) -> list[str]:
    """The images of an object's pods."""
    return [str(one["image"]) for one in containers(manifest)]


def own(w: World, manifest: Manifest) -> str:
    """The version that an object's pods run; "" when they are other people's images."""
    return "".join(dict.fromkeys(filter(None, map(w.image, images(manifest)))))


def documents(text: str) -> list[Manifest]:
    """The objects in a YAML text."""
    return [one for one in yaml.load_all(text, yaml.CSafeLoader) if one]


def key_of(manifest: Manifest, space: str) -> Key:
    """Where an object is; RefusedError when its own namespace is another than the one that is asked for."""
    kind, meta = str(manifest["kind"]).lower(), manifest["metadata"]
    said = meta.get("namespace", "")
    if kind in CLUSTERED:
        return ("", kind, meta["name"])
    if space and said and said != space:
        raise RefusedError(f'the namespace from the provided object "{said}" does not match the namespace "{space}"')
    return (said or space or "default", kind, meta["name"])


def apply(w: World, manifests: Iterable[Manifest], space: str = "") -> str:
    """Bring objects in, as apply does: a field that the manifest does not name stays as it is."""
    said = []
    for manifest in manifests:
        key = key_of(manifest, space)
        before = objects(w).get(key)
        if key[1] == "job" and before and images(before) != images(manifest):
            raise RefusedError(f'The Job "{key[2]}" is invalid: spec.template: Invalid value: field is immutable')
        objects(w)[key] = deepcopy(manifest)
        said.append(f"{key[1]}/{key[2]} {'unchanged' if before == manifest else 'configured' if before else 'created'}")
        if key[1] == "job" and not before:
            run_job(w, manifest)
        elif key[1] in {"deployment", "statefulset", "daemonset"}:
            roll(w, key, manifest)
    return "\n".join(said) + "\n"


def run_job(w: World, manifest: Manifest) -> None:
    """Run a job's containers to their end."""
    if "backup" in manifest["metadata"]["name"]:
        w.dump()
    for one in containers(manifest):
        version = w.image(str(one["image"]))
        if version:
            in_container(w, version, [*map(str, one.get("command") or ()), *map(str, one.get("args") or ())])


def roll(w: World, key: Key, manifest: Manifest) -> None:
    """Let an object's pods run what its manifest says; other people's images are no part of the application."""
    version = own(w, manifest)
    if not version:
        return
    name = "/".join(key)
    app = w.app(name)
    before = app.count
    wanted = manifest["spec"].get("replicas")
    first = not app.version
    app.usual = wanted or app.usual
    if wanted is not None:
        app.count = wanted
    elif first:
        app.count = app.usual
    if name in w.state.get("paused", ()):
        w.state.setdefault("waiting", {})[name] = version
        return
    if app.count and (version != app.version or not before):
        starting(w, manifest, version)
    if app.version and app.version != version:
        w.state.setdefault("replica sets", {})[name] = app.version
    app.version = version


def starting(w: World, manifest: Manifest, version: str) -> None:
    """What pods do before they serve: their init containers."""
    for one in manifest["spec"]["template"]["spec"].get("initContainers") or ():
        in_container(w, version, [*map(str, one.get("command") or ()), *map(str, one.get("args") or ())])


def find(w: World, c: Call, target: str, kind: str = "") -> Key:
    """The object that a word means: ``deployment/web``; RefusedError when it is not there."""
    said, slash, name = target.partition("/")
    if not slash:
        said, name = kind, target
    known = next((real for real, names in KINDS.items() if said in names), said)
    key = (c.one("-n", "--namespace", default="default"), known, name)
    if key not in objects(w):
        raise RefusedError(f'Error from server (NotFound): {known}s "{name}" not found')
    return key


def _given(w: World, c: Call) -> Iterator[Manifest]:
    if not c.has("-f", "-k", "--filename", "--kustomize"):
        raise RefusedError("error: must specify one of -f and -k")
    for text in c.all("-f", "--filename"):
        place = c.path(text)
        files = [place] if place.is_file() else sorted(place.glob("*.y*ml"))
        for file in files:
            yield from documents(file.read_text())
    for text in c.all("-k", "--kustomize"):
        yield from build(c.path(text))


def _selected(c: Call, manifests: Iterable[Manifest]) -> Iterator[Manifest]:
    wanted = dict(part.split("=", 1) for part in c.one("-l", "--selector").split(",") if "=" in part)
    for one in manifests:
        labels = one["metadata"].get("labels") or {}
        if all(labels.get(name) == value for name, value in wanted.items()):
            yield one


@kubectl.verb(
    "apply",
    "-f= --filename= -k= --kustomize= -R --recursive --server-side --force-conflicts --prune --wait -o=",
    most=0,
)
def _apply(w: World, c: Call) -> str:
    return apply(w, list(_selected(c, _given(w, c))), c.one("-n", "--namespace"))


@kubectl.verb("diff", "-f= --filename= -k= --kustomize= -R --recursive --server-side", most=0)
def _diff(w: World, c: Call) -> None:
    for manifest in _selected(c, _given(w, c)):
        key = key_of(manifest, c.one("-n", "--namespace"))
        if objects(w).get(key) != manifest:
            raise RefusedError(f"diff {'/'.join(key)}", status=1)


@kubectl.verb("delete", "-f= -k= --ignore-not-found --wait --timeout= --cascade= --now", least=1)
def _delete(w: World, c: Call) -> str:
    kind, *named = c.args  # TYPE NAME…, or TYPE/NAME…
    for target in c.args if "/" in kind else [f"{kind}/{name}" for name in named]:
        try:
            objects(w).pop(find(w, c, target))
        except RefusedError:
            if not c.has("--ignore-not-found"):
                raise
    return "deleted\n"


@kubectl.verb("scale", "--replicas= --current-replicas= --timeout= -f=", least=1)
def _scale(w: World, c: Call) -> str:
    for target in c.args:
        key = find(w, c, target)
        if key[1] not in {"deployment", "statefulset", "replicaset"}:
            raise RefusedError(f"error: cannot scale a {key[1]}")
        name, count = "/".join(key), int(c.one("--replicas"))
        if count and not w.app(name).count:
            starting(w, objects(w)[key], w.app(name).version)
        w.scale(name, count)
    return "scaled\n"


def _deployment(w: World, c: Call) -> str:
    key = find(w, c, c.args[0], c.args[0])
    if key[1] != "deployment":
        raise RefusedError(f"error: {key[1]}.apps {key[2]!r} pausing is not supported")
    return "/".join(key)


@kubectl.verb("rollout pause", least=1, most=1)
def _pause(w: World, c: Call) -> None:
    name = _deployment(w, c)
    paused = w.state.setdefault("paused", set())
    if name in paused:
        raise RefusedError(f"error: deployments.apps {name!r} is already paused")
    paused.add(name)


@kubectl.verb("rollout resume", least=1, most=1)
def _resume(w: World, c: Call) -> None:
    name = _deployment(w, c)
    if name not in w.state.get("paused", ()):
        raise RefusedError(f"error: deployments.apps {name!r} is not paused")
    w.state["paused"].remove(name)
    version = w.state.get("waiting", {}).pop(name, "")
    if version:
        w.app(name).version = version


@kubectl.verb("rollout undo", "--to-revision=", least=1, most=1)
def _undo(w: World, c: Call) -> None:
    """Back to the pods of before; a paused deployment is refused (kubectl rollout undo)."""
    key = find(w, c, c.args[0])
    name = "/".join(key)
    if key[1] not in {"deployment", "statefulset", "daemonset"}:
        raise RefusedError(f"error: no rollbacker has been implemented for {key[1]}")
    if name in w.state.get("paused", ()):
        raise RefusedError(
            f"error: you cannot rollback a paused deployment; resume it first with 'kubectl rollout resume {c.args[0]}'"
        )
    if name not in w.state.get("replica sets", {}):
        raise RefusedError(f"error: no rollout history found for {key[1]} {key[2]!r}")
    w.app(name).version = w.state["replica sets"][name]


@kubectl.verb("rollout status", "--timeout= --watch -w --revision=", least=1, most=1)
def _status(w: World, c: Call) -> str:
    key = find(w, c, c.args[0])
    name = "/".join(key)
    if key[1] not in {"deployment", "statefulset", "daemonset"}:
        raise RefusedError(f"error: no status viewer has been implemented for {key[1]}")
    if name in w.state.get("waiting", {}):
        raise RefusedError("error: timed out waiting for the condition: the deployment is paused")
    return f"{key[1]} {key[2]!r} successfully rolled out\n"


kubectl.looks("rollout history", "--revision=", least=1)


@kubectl.verb("wait", "--for= --timeout= --all -f=", least=1)
def _wait(w: World, c: Call) -> str:
    for target in c.args:
        key = find(w, c, target)
        if "complete" in c.one("--for") and key[1] != "job":
            raise RefusedError("error: timed out waiting for the condition")
    return "condition met\n"


@kubectl.verb("create job", "--from= --image= --dry-run= -o=", least=1, most=1)
def _job(w: World, c: Call) -> str:
    cron = objects(w)[find(w, c, c.one("--from"))]
    name = c.args[0]
    if not re.fullmatch(r"[a-z0-9]([a-z0-9.-]{0,61}[a-z0-9])?", name):
        raise RefusedError(f'The Job "{name}" is invalid: metadata.name')
    made = {"kind": "Job", "metadata": {"name": name}, "spec": deepcopy(cron["spec"]["jobTemplate"]["spec"])}
    key = key_of(made, c.one("-n", "--namespace"))
    if key in objects(w):
        raise RefusedError(f'Error from server (AlreadyExists): jobs.batch "{name}" already exists')
    objects(w)[key] = made
    run_job(w, made)
    return f"job.batch/{name} created\n"


@kubectl.verb("exec", "-i -t -c= --container= --stdin --tty -q", least=1)
def _exec(w: World, c: Call) -> str:
    name = "/".join(find(w, c, c.args[0], "pod"))
    words = [*c.args[1:], *c.rest]
    if name not in w.apps:
        return inside(w, c, words)
    if not w.apps[name].count:
        raise RefusedError(f"error: no pod of {name} is running")
    return in_container(w, w.apps[name].version, words)


@kubectl.verb("logs", "--since= --tail= -f --follow -c= --all-containers -p --previous --prefix --timestamps", least=1)
def _logs(w: World, c: Call) -> str:
    find(w, c, c.args[0], "pod")
    return "started\n"


@kubectl.verb("port-forward", "--address=", least=2)
def _forward(w: World, c: Call) -> None:
    find(w, c, c.args[0], "pod")
    raise StaysOpenError


@kubectl.verb("get", "-o= --output= -w --watch --show-labels --no-headers --sort-by= --field-selector=", least=1)
def _get(w: World, c: Call) -> str:
    if len(c.args) > 1 or "/" in c.args[0]:
        find(w, c, "/".join(c.args))
    space = c.one("-n", "--namespace", default="default")
    here = [key for key in objects(w) if key[0] == space]
    if c.args[0] in KINDS["pod"] and not here and not c.has("-A", "--all-namespaces"):
        # the real one ends with 0; but whoever looks sees nothing, in a namespace that is not the application's
        raise RefusedError(f"No resources found in {space} namespace.")
    return "".join(f"{'/'.join(key)}\n" for key in here)


@kubectl.verb("set image", "--record", least=2)
def _set_image(w: World, c: Call) -> None:
    key = find(w, c, c.args[0])
    manifest = deepcopy(objects(w)[key])
    for one in containers(manifest):
        for arg in c.args[1:]:
            name, _, image = arg.partition("=")
            if name in {one["name"], "*"}:
                one["image"] = image
    apply(w, [manifest], key[0])


kubectl.looks("describe", least=1)
kubectl.looks("config get-contexts,config current-context,cluster-info,version")
