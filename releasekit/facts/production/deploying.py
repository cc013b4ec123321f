"""Commands that bring files into an environment: kubectl, Kustomize, Helm, Compose, Swarm, platforms. Runs nothing."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from releasekit.facts.code import folder, join
from releasekit.facts.files import Files
from releasekit.facts.kubernetes.manifests import looks_like
from releasekit.facts.places import aside
from releasekit.facts.production.stages import is_earlier, is_production
from releasekit.facts.projects import workflows

_REST = r"(?P<rest>(?:[^\n|;&\\]|\\.)*)"
# way -> its command; what it takes stands in the rest
_COMMANDS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("kustomize", re.compile(rf"\b(?:kubectl\s+kustomize|kustomize\s+build)\b{_REST}\|\s*(?:kubectl|oc)\b")),
    ("kustomize", re.compile(rf"\b(?:kubectl|oc)\b[^\n|;&]*?\sapply\s[^\n|;&]*?(?=-k[= ]|--kustomize){_REST}")),
    ("kubernetes", re.compile(rf"\b(?:kubectl|oc)\b[^\n|;&]*?\s(?:apply|replace|create)\s(?=[^|;&]*?-f){_REST}")),
    ("kubernetes", re.compile(rf"\b(?:kubectl|oc)\b[^\n|;&]*?\s(?:set\s+image|rollout\s+restart)\b{_REST}")),
    ("helm", re.compile(rf"\bhelm\s+(?:[-\w]+\s+)*?(?:upgrade|install)\b{_REST}")),
    ("helm", re.compile(rf"\bhelm\s+(?:[-\w]+\s+)*?template\b{_REST}\|\s*(?:kubectl|oc)\b")),
    ("helm", re.compile(rf"\bhelmfile\b{_REST}")),
    ("swarm", re.compile(rf"\bdocker\s+stack\s+(?:deploy|up)\b{_REST}")),
    ("compose", re.compile(rf"\bdocker(?:-|\s+)compose\b{_REST}")),
    ("fly", re.compile(rf"\bfly(?:ctl)?\s+deploy\b{_REST}")),
    ("heroku", re.compile(rf"\b(?:heroku\s+container:release|git\s+push\s+\S*heroku)\b{_REST}")),
)  # fmt: skip
_ACTIONS = {"azure/k8s-deploy": "kubernetes", "akhileshns/heroku-deploy": "heroku"}
_FILE = re.compile(
    r"(?:^|\s)(?:-f|--filename|-k|--kustomize|-c|--compose-file|--file|--values)(?:\s+|=)[\"']?([^\s\"']+)"
)
_SPACE = re.compile(r"(?:^|\s)(?:-n|--namespace)(?:\s+|=)[\"']?([a-z0-9][a-z0-9-]*)(?=[\"'\s]|$)")
_STARTS = re.compile(r"\s(?:up|start|restart|pull)(?:\s|$)")
# a cluster of the CI's own: what is deployed there is tested
_THROWN_AWAY = re.compile(
    r"\bkind create\b|kind-action|setup-kind|minikube|\bk3d\b|setup-k3|\bct install\b|chart-testing"
)
_DOCUMENTS = re.compile(
    r"(?:.*/)?(?:README|INSTALL\w*|DEPLOY\w*|[\w-]*(?:deploy|install|production|release)[\w-]*)\.(?:md|rst|adoc)",
    re.IGNORECASE,
)
_SCRIPT = re.compile(r"(?:^|\s)(?:\./|bash |sh )?([\w./-]+\.(?:sh|bash))\b")
_MAKE = re.compile(r"^make\s+(?:-\S+\s+)*([\w.-]+)")
_LONGEST = 1500  # characters of a command line that are looked at (A23)


@dataclass(frozen=True, slots=True)
class Deploys:
    """A command: its way, the files that it takes (in the tree), the namespace that it names, where it stands.

    ``production`` says whether the names around it, or its files, say so.
    """

    way: str
    files: tuple[str, ...]
    namespace: str
    source: str
    text: str
    production: bool = False


def of_ci(files: Files) -> list[Deploys]:
    """What pipelines deploy, those for production first; stages before it only where nothing else is there."""
    found: list[tuple[bool, Deploys]] = []
    for path in workflows.paths(files):
        if _THROWN_AWAY.search(files.text(path)):
            continue
        for step in workflows.steps(files, path):
            if not step.deploys:
                continue
            around = " ".join(step.context)
            for one in _of_step(files, step):
                earlier = is_earlier(f"{around} {' '.join(one.files)}".replace(" ", "/"))
                real = is_production(around) or any(map(is_production, one.files))
                found.append(
                    (earlier and not real, Deploys(one.way, one.files, one.namespace, one.source, one.text, real))
                )
    later = [one for earlier, one in found if not earlier] or [one for _, one in found]
    return sorted(later, key=lambda one: not one.production)


def of_guides(files: Files) -> Iterator[Deploys]:
    """What the repository's own guides tell people to apply."""
    for path in files.tree.paths:
        if _DOCUMENTS.fullmatch(path) and not aside(path) and files.tree.sizes[path] < 1 << 18:
            for number, line in files.lines(path):
                yield from _in(files, line, folder(path), f"{path}:{number}")


def _of_step(files: Files, step: workflows.Step) -> Iterator[Deploys]:
    action = _ACTIONS.get(step.uses.partition("@")[0].lower())
    if action:
        yield Deploys(action, (), "", f"{step.path}:{step.line}", step.uses)
    for line, text in step.lines if step.run else ():
        yield from _in(files, text, step.folder, f"{step.path}:{line}")
        script, make = _SCRIPT.search(text[:_LONGEST]), _MAKE.match(text)
        if script and (place := join(step.folder, script[1])) in files.tree:
            for number, inner in files.lines(place):
                yield from _in(files, inner, folder(place), f"{place}:{number}")
        if make:
            yield from _of_target(files, join(step.folder, "Makefile"), make[1])


def _of_target(files: Files, path: str, target: str) -> Iterator[Deploys]:
    inside = False
    for number, line in files.lines(path):
        if not line.startswith(("\t", " ")) and line.strip():
            inside = line.startswith(f"{target}:")
        elif inside:
            yield from _in(files, line, folder(path), f"{path}:{number}")


def _in(files: Files, line: str, here: str, source: str) -> Iterator[Deploys]:
    line = line[:_LONGEST]
    if line.lstrip().startswith("#"):
        return
    for way, pattern in _COMMANDS:
        for match in pattern.finditer(line):
            if way == "compose" and not _STARTS.search(match["rest"]):
                continue
            given = _FILE.findall(match["rest"])
            if given == ["-"]:
                continue  # from a pipe, whose beginning says what
            if way in {"kustomize", "helm"}:
                given += [word.strip("\"'") for word in match["rest"].split() if not word.startswith("-")]
            taken = [path for text in given for path in _files(files, way, here, text)]
            space = _SPACE.search(match[0])
            text = " ".join(match[0].split())[:160]
            yield Deploys(way, tuple(dict.fromkeys(taken)), space[1] if space else "", source, text)


def _files(files: Files, way: str, here: str, text: str) -> Iterator[str]:
    """The files of the tree that an argument names: itself, or what lies in the folder."""
    if "$" in text or "://" in text:
        return
    for place in dict.fromkeys((join("", text), join(here, text))):
        if place in files.tree:
            yield place
            return
        names = {"kustomize": ("kustomization.yaml", "kustomization.yml", "Kustomization"), "helm": ("Chart.yaml",)}
        listed = names.get(way, ())
        inside = [p for p in files.tree.within(place) if folder(p) == place] if place else []
        found = [p for p in inside if p.rpartition("/")[2] in listed]
        if way == "kubernetes":
            found = [p for p in inside if p.endswith((".yaml", ".yml")) and looks_like(files.text(p))]
        if found:
            yield from found
            return
