"""Argo CD and Flux: controllers that apply what the branch of ``origin`` holds, and the programs that hasten them.

Sources: argo-cd.readthedocs.io/en/stable/user-guide/commands, …/user-guide/resource_hooks, fluxcd.io/flux/cmd.
"""

import subprocess
from contextlib import suppress
from pathlib import Path

from tests.checklist.ways.standins.charts import install, releases, render
from tests.checklist.ways.standins.cluster import Manifest, apply, documents, run_job
from tests.checklist.ways.standins.grammar import Call, RefusedError, Tool
from tests.checklist.ways.standins.world import World

argocd = Tool("argocd", anywhere="--grpc-web --server= --auth-token= --insecure --plaintext -N= --app-namespace=")
flux = Tool("flux", anywhere="-n= --namespace= --timeout= --context= --verbose")


def branch(w: World, *, fetch: bool = True) -> Path:
    """The files of the branch that is followed: as it is on the server now, or as it was last fetched."""
    folder = w.folder / "controller"
    if not folder.exists():
        words = ["git", "clone", "--quiet", "--branch", "main", str(w.folder / "origin.git"), str(folder)]
        subprocess.run(words, check=True, capture_output=True)
    elif fetch:
        subprocess.run(["git", "-C", str(folder), "pull", "--quiet", "--ff-only"], check=True, capture_output=True)
    return folder


def _followed(w: World, kind: str) -> dict[str, Manifest]:
    """The controller's objects of a kind, by name, as they were brought in once."""
    if "controllers" not in w.state:
        made = [one for path in w.clone.rglob("*.yaml") if "templates" not in path.parts for one in _documents(path)]
        w.state["controllers"] = made
    return {one["metadata"]["name"]: one for one in w.state["controllers"] if one.get("kind") == kind}


def _documents(path: Path) -> list[Manifest]:
    return [one for one in documents(path.read_text()) if isinstance(one, dict) and "metadata" in one]


def _application(w: World, name: str) -> Manifest:
    found = _followed(w, "Application")
    if name not in found:
        raise RefusedError(f"rpc error: code = NotFound desc = applications.argoproj.io {name!r} not found", status=20)
    return found[name]


def argo_sync(w: World, name: str) -> None:
    """Hooks before, then the rest; as a controller does it too when it syncs by itself."""
    made, rest, space = _desired(w, name)
    for one in made:
        hook = (one["metadata"].get("annotations") or {}).get("argocd.argoproj.io/hook", "")
        if hook == "PreSync":
            run_job(w, one)
    apply(w, rest, space)
    w.state.setdefault("synced", {})[name] = w.git("rev-parse", "HEAD", at=w.folder / "controller")


def argo_heal(w: World, name: str) -> None:
    """What differs from Git is brought back; only that, and so without hooks."""
    _, rest, space = _desired(w, name)
    apply(w, rest, space)


def _desired(w: World, name: str) -> tuple[list[Manifest], list[Manifest], str]:
    """All objects of an application, those that are no hooks, and the namespace."""
    spec = _application(w, name)["spec"]
    folder = branch(w) / spec["source"]["path"]
    made = [one for path in sorted(folder.glob("*.yaml")) for one in documents(path.read_text())]
    rest = [one for one in made if "argocd.argoproj.io/hook" not in (one["metadata"].get("annotations") or {})]
    return made, rest, spec["destination"]["namespace"]


@argocd.verb(
    "app sync", "--prune --timeout= --revision= --async --force --dry-run --resource= --retry-limit= -l=", least=1
)
def _sync(w: World, c: Call) -> str:
    for name in c.args:
        argo_sync(w, name)
    return "Phase: Succeeded\n"


@argocd.verb("app wait", "--sync --health --operation --suspended --degraded --timeout= -l=", least=1)
def _wait(w: World, c: Call) -> None:
    for name in c.args:
        _application(w, name)


@argocd.verb(
    "app set", "--sync-policy= --self-heal --auto-prune --revision= -p= --helm-set= --values=", least=1, most=1
)
def _set(w: World, c: Call) -> None:
    spec = _application(w, c.args[0])["spec"]
    policy = c.one("--sync-policy")
    if policy and policy not in {"none", "manual", "auto", "automated", "automatic"}:
        raise RefusedError(f"Invalid sync-policy: {policy}", status=20)
    if policy:
        spec["syncPolicy"] = {} if policy in {"none", "manual"} else {"automated": {}}


@argocd.verb("app terminate-op", least=1)
def _terminate(w: World, c: Call) -> None:
    _application(w, c.args[0])
    raise RefusedError("Unable to terminate operation. No operation is in progress", status=20)


@argocd.verb(
    "app get,app history,app diff,app manifests", "--refresh --hard-refresh -o= --show-operation --local=", least=1
)
def _get(w: World, c: Call) -> str:
    _application(w, c.args[0])
    return "Healthy, Synced\n"


argocd.looks("app list,version", "-o= -l=")


def _object(w: World, c: Call, kind: str) -> Manifest:
    found = _followed(w, {"kustomization": "Kustomization", "helmrelease": "HelmRelease"}[kind])
    name = c.args[0]
    space = c.one("-n", "--namespace", default="flux-system")
    if name not in found or found[name]["metadata"].get("namespace", "flux-system") != space:
        raise RefusedError(f"✗ {kind} {name!r} not found in {space!r} namespace")
    return found[name]


def flux_apply(w: World, one: Manifest, *, fetch: bool = True) -> None:
    """What a controller does with its source, which is fetched anew or not.

    Helm's controller leaves what somebody scaled as it is, Kustomize's takes it back.
    """
    spec = one["spec"]
    if one["kind"] == "HelmRelease":
        chart = branch(w, fetch=fetch) / spec["chart"]["spec"]["chart"]
        name, space = one["metadata"]["name"], one["metadata"]["namespace"]
        revision = render(chart, name, spec.get("values") or {})
        kept = releases(w).get((space, name))
        if not kept or kept[-1] != revision:
            install(w, name, space, revision)
        return
    folder = branch(w, fetch=fetch) / spec["path"]
    made = [doc for path in sorted(folder.rglob("*.yaml")) for doc in documents(path.read_text())]
    apply(w, made, spec.get("targetNamespace", ""))


def tick(w: World) -> None:
    """The interval of the controllers: what syncs by itself takes back what somebody did by hand.

    One that fails leaves things as they are; whoever waits for it sees that.
    """
    with suppress(RefusedError):
        _reconciled(w)


def _reconciled(w: World) -> None:
    for name, one in _followed(w, "Application").items():
        if "automated" in (one["spec"].get("syncPolicy") or {}):
            if w.git("rev-parse", "main", at=w.folder / "origin.git") != w.state.get("synced", {}).get(name):
                argo_sync(w, name)
            argo_heal(w, name)
    for kind in ("Kustomization", "HelmRelease"):
        for one in _followed(w, kind).values():
            if not one["spec"].get("suspend") and "fluxcd.io" in one["apiVersion"]:
                flux_apply(w, one)


def _verbs(kind: str) -> None:
    @flux.verb(f"suspend {kind}", "--all --wait", most=1)
    def suspend(w: World, c: Call) -> None:
        _object(w, c, kind)["spec"]["suspend"] = True

    @flux.verb(f"resume {kind}", "--all --wait", most=1)
    def resume(w: World, c: Call) -> None:
        one = _object(w, c, kind)
        one["spec"]["suspend"] = False
        flux_apply(w, one, fetch=False)  # resume waits for a reconciliation of what was fetched last

    @flux.verb(f"reconcile {kind}", "--with-source --force --reset", least=1, most=1)
    def reconcile(w: World, c: Call) -> None:
        one = _object(w, c, kind)
        if one["spec"].get("suspend"):
            raise RefusedError("✗ resource is suspended")
        flux_apply(w, one, fetch=c.has("--with-source"))

    @flux.verb(f"get {kind}s,get {kind}", "-A --all-namespaces -w --watch --no-header --status-selector=", most=1)
    def get(w: World, c: Call) -> str:
        return f"{_object(w, c, kind)['metadata']['name']} True\n" if c.args else ""


for _kind in ("kustomization", "helmrelease"):
    _verbs(_kind)
flux.looks("get sources git,check,logs", "-A --all-namespaces")


@flux.verb("reconcile source git", least=1, most=1)
def _source(w: World, c: Call) -> None:
    branch(w)
