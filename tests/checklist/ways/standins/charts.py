"""Helm, helmfile and skaffold: charts of the fixtures are rendered, applied as Helm's three-way merge does, kept.

Sources: helm.sh/docs/helm, helm.sh/docs/topics/charts_hooks, helm.sh/docs/faq/changes_since_helm2 (three-way merge),
helmfile.readthedocs.io, skaffold.dev/docs/references/cli.
"""

import re
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from tests.checklist.ways.standins.cluster import Manifest, apply, documents, images, run_job
from tests.checklist.ways.standins.grammar import Call, RefusedError, Tool
from tests.checklist.ways.standins.world import World

helm = Tool("helm", anywhere="-n= --namespace= --kube-context= --debug")
helmfile = Tool(
    "helmfile",
    before="-e= --environment= -f= --file= -l= --selector= -n= --namespace= --kube-context= -i --interactive -q",
)
skaffold = Tool("skaffold", anywhere="-f= --filename= -p= --profile= -n= --namespace= --kube-context= -m= --module=")

_UPGRADE = (
    "-i --install -f= --values= --set= --set-string= --atomic --rollback-on-failure --wait --timeout= --version="
    " --create-namespace --history-max= --reuse-values --reset-values --cleanup-on-fail --force --no-hooks --dry-run"
    " --wait-for-jobs --description="
)


@dataclass(frozen=True, slots=True)
class Revision:
    """What one revision of a release holds."""

    manifests: tuple[Manifest, ...]
    hooks: tuple[Manifest, ...]


def render(chart: Path, release: str, values: Mapping[str, Any]) -> Revision:
    """The objects of a chart, hooks apart."""
    if not (chart / "Chart.yaml").is_file():
        raise RefusedError(f"Error: Chart.yaml file is missing in {chart.name!r}")
    about = yaml.load((chart / "Chart.yaml").read_text(), yaml.CSafeLoader)
    file = chart / "values.yaml"
    own = yaml.load(file.read_text(), yaml.CSafeLoader) if file.is_file() else {}
    scope = {"Values": _merged(own or {}, values), "Release": {"Name": release}}
    scope["Chart"] = {"AppVersion": str(about.get("appVersion", "")), "Name": about["name"]}
    made: list[Manifest] = []
    for path in sorted((chart / "templates").glob("*.yaml")):
        made += documents(re.sub(r"\{\{-?(.*?)-?\}\}", lambda match: _value(match[1], scope), path.read_text()))
    hooked = [one for one in made if "helm.sh/hook" in (one["metadata"].get("annotations") or {})]
    return Revision(tuple(one for one in made if one not in hooked), tuple(hooked))


def _value(expression: str, scope: Mapping[str, Any]) -> str:
    """What ``.Values.a | default .Chart.AppVersion`` is."""
    first, _, rest = expression.strip().partition("|")
    found: Any = scope
    for part in first.strip().strip(".").split("."):
        found = found.get(part, "") if isinstance(found, Mapping) else ""
    if not found and found != 0 and rest.strip().startswith("default "):
        return _value(rest.strip().removeprefix("default "), scope)
    return str(found)


def _merged(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    made = dict(below)
    for key, value in above.items():
        both = isinstance(value, Mapping) and isinstance(made.get(key), Mapping)
        made[key] = _merged(made[key], value) if both else value
    return made


def releases(w: World) -> dict[tuple[str, str], list[Revision]]:
    """Namespace and name of each release, with its revisions."""
    found: dict[tuple[str, str], list[Revision]] = w.state.setdefault("helm", {})
    return found


def install(w: World, name: str, space: str, revision: Revision, *, hooks: bool = True) -> None:
    """A new revision: its hooks run to their end, then its objects are brought in."""
    kind = "pre-upgrade" if (space, name) in releases(w) else "pre-install"
    for one in revision.hooks if hooks else ():
        if kind in one["metadata"]["annotations"]["helm.sh/hook"]:
            run_job(w, one)
    apply(w, deepcopy(revision.manifests), space)
    releases(w).setdefault((space, name), []).append(revision)


def back(w: World, name: str, space: str, number: str = "") -> None:
    """The revision before, or the one of this number, as a new one; hooks of upgrades do not run."""
    kept = releases(w).get((space, name))
    if not kept:
        raise RefusedError(f"Error: release: not found: {name}")
    if not number and len(kept) < 2:
        raise RefusedError("Error: release has no 0 version")
    install(w, name, space, kept[int(number) - 1] if number else kept[-2], hooks=False)


def _values(c: Call) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for text in c.all("-f", "--values"):
        made = _merged(made, yaml.load(c.path(text).read_text(), yaml.CSafeLoader) or {})
    return made


def _space(c: Call) -> str:
    return c.one("-n", "--namespace", default="default")


@helm.verb("upgrade", _UPGRADE, least=2, most=2)
def _upgrade(w: World, c: Call) -> str:
    if (_space(c), c.args[0]) not in releases(w) and not c.has("-i", "--install"):
        raise RefusedError(f'Error: UPGRADE FAILED: "{c.args[0]}" has no deployed releases')
    install(w, c.args[0], _space(c), render(c.path(c.args[1]), c.args[0], _values(c)))
    return "STATUS: deployed\n"


@helm.verb("rollback", "--wait --timeout= --cleanup-on-fail --force --no-hooks --wait-for-jobs", least=1, most=2)
def _rollback(w: World, c: Call) -> str:
    back(w, c.args[0], _space(c), c.args[1] if len(c.args) > 1 else "")
    return "Rollback was a success! Happy Helming!\n"


@helm.verb("history,status,get values", "--max= -o=", least=1, most=1)
def _history(w: World, c: Call) -> str:
    if (_space(c), c.args[0]) not in releases(w):
        raise RefusedError("Error: release: not found")
    return "".join(f"{number}\n" for number, _ in enumerate(releases(w)[_space(c), c.args[0]], 1))


@helm.verb("list,ls", "-A --all-namespaces -a --all -o= --filter= -q", most=0)
def _list(w: World, c: Call) -> str:
    return "".join(
        f"{name} {space}\n" for space, name in releases(w) if c.has("-A", "--all-namespaces") or space == _space(c)
    )


def _state(c: Call) -> tuple[Path, list[dict[str, Any]], str]:
    """The helmfile's folder and releases, and the environment."""
    named = c.one("-f", "--file")
    file = (
        c.path(named)
        if named
        else next((c.cwd / n for n in ("helmfile.yaml", "helmfile.yml") if (c.cwd / n).is_file()), None)
    )
    if file is None:
        raise RefusedError("no state file found. It must be named helmfile.yaml")
    parts = documents(file.read_text().replace("{{ .Environment.Name }}", "ENVIRONMENT"))
    listed = [one for part in parts for one in part.get("releases") or ()]
    if not listed:
        raise RefusedError(f"failed to read {file.name}: no releases in it")
    environment = c.one("-e", "--environment", default="default")
    known = {name for part in parts for name in part.get("environments") or ()} | {"default"}
    if environment not in known:
        raise RefusedError(f'err: no releases found that matches specified environment "{environment}"')
    return file.parent, listed, environment


def _described(c: Call) -> list[tuple[str, str, Revision]]:
    folder, listed, environment = _state(c)
    made = []
    for one in listed:
        values: dict[str, Any] = {}
        for text in one.get("values") or ():
            file = folder / str(text).replace("ENVIRONMENT", environment)
            if not file.is_file():
                raise RefusedError(f"failed processing release {one['name']}: {file.name}: no such file")
            values = _merged(values, yaml.load(file.read_text(), yaml.CSafeLoader) or {})
        made.append((one["name"], one.get("namespace", "default"), render(folder / one["chart"], one["name"], values)))
    return made


@helmfile.verb(
    "apply,sync", "--args= --set= --skip-deps --wait --suppress-secrets --concurrency= --detailed-exitcode", most=0
)
def _applied(w: World, c: Call) -> None:
    for name, space, revision in _described(c):
        kept = releases(w).get((space, name))
        if c.verb == "sync" or not kept or kept[-1] != revision:
            install(w, name, space, revision)


@helmfile.verb("diff", "--args= --set= --skip-deps --suppress-secrets --context= --detailed-exitcode", most=0)
def _diffed(w: World, c: Call) -> None:
    _described(c)


helmfile.looks("status,list,version")


@skaffold.verb("run,deploy", "-d= --default-repo= -t= --tag= --tail -i= --images= -a= --status-check --cleanup", most=0)
def _skaffold(w: World, c: Call) -> None:
    file = c.path(c.one("-f", "--filename", default="skaffold.yaml"))
    asked = documents(file.read_text())[0]
    profile = c.one("-p", "--profile")
    if profile and profile not in {one["name"] for one in asked.get("profiles") or ()}:
        raise RefusedError(f"profile selection {[profile]} did not match those defined in any configurations")
    built = {one["image"]: f"{one['image']}:built-{w.version_of(at=c.cwd)}" for one in asked["build"]["artifacts"]}
    w.artefacts |= {image: image.rpartition("-")[2] for image in built.values()}
    made = [
        one
        for text in asked["manifests"]["rawYaml"]
        for path in sorted(file.parent.glob(text))
        for one in documents(path.read_text())
    ]
    for one in made:
        for container in one["spec"]["template"]["spec"]["containers"] if images(one) else ():
            container["image"] = built.get(container["image"], container["image"])
    apply(w, made, c.one("-n", "--namespace"))


skaffold.looks("diagnose,version")
