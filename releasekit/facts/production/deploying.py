"""Commands that bring a version into an environment, in pipelines and guides, each with its way. Runs nothing."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from releasekit.facts import ways
from releasekit.facts.code import at, folder
from releasekit.facts.files import Files, remembered
from releasekit.facts.kubernetes.manifests import looks_like
from releasekit.facts.pipelines.production import release
from releasekit.facts.pipelines.program import Line
from releasekit.facts.pipelines.verbs import Part
from releasekit.facts.projects import shells
from releasekit.facts.projects.following import Done, done
from releasekit.facts.projects.shelltexts import Block, blocks
from releasekit.facts.stages import is_earlier

_FILE_OPTIONS = frozenset(
    "-f --filename -k --kustomize -c --compose-file --file --values --config --template-file -config".split()
)
_SPACE_OPTIONS = frozenset(("-n", "--namespace"))
_DOCUMENTS = re.compile(
    r"(?:.*/)?(?:README|INSTALL\w*|DEPLOY\w*|RUNBOOK\w*|[\w-]*(?:deploy|install|production|release|runbook|operations)[\w-]*)\.(?:md|rst|adoc)",
    re.IGNORECASE,
)
_LONGEST = 1500  # characters of a command line that are kept


@dataclass(frozen=True, slots=True)
class Deploys:
    """A command: its way, the files that it takes (in the tree), the namespace that it names, where it stands.

    ``text`` is the command as it stands, "" of an ``action``, which has ``inputs``; ``folder`` is where it is typed (""
    for the root); ``production`` whether the pipeline of a release types it, or a guide that speaks of production.
    """

    way: str
    files: tuple[str, ...]
    namespace: str
    source: str
    text: str
    production: bool = False
    action: str = ""
    inputs: tuple[tuple[str, str], ...] = ()
    folder: str = ""


@remembered
def of_ci(files: Files) -> tuple[Deploys, ...]:
    """What the pipeline of a release deploys, in its order."""
    run = release(files)
    return tuple(one for line in run.lines for one in _of_line(files, line)) if run else ()


def _of_line(files: Files, line: Line) -> Iterator[Deploys]:
    action = ways.of_action(line.uses) if line.uses else None
    if action:
        yield Deploys(action.name, (), "", line.source, "", production=True, action=line.uses, inputs=line.given)
    for one in line.done:
        if way := _way(one):
            yield replace(_made(files, way, one), production=True)


def beside_deploys(files: Files) -> Iterator[tuple[str, Line]]:
    """(kind, line) of what the pipeline of a release does besides: what migrates, what makes what is deployed.

    ``kind`` is migrate or build. A line that makes a file is known by the file's name in it and in one that deploys.
    """
    run = release(files)
    deploying = {one.source: one for one in of_ci(files)}
    taken = {name for one in deploying.values() for name in _artefacts(one.text)}
    for line in run.lines if run else ():
        if line.source in deploying or not line.text or line.called:
            continue
        if line.part is Part.MIGRATE:
            yield "migrate", line
        elif any(taken.intersection(word.rpartition("=")[2] for word in one.words[1:]) for one in line.done):
            yield "build", line


_ARCHIVE = re.compile(r"(?:fileb?://)?(?P<path>[\w./-]+\.(?:zip|tgz|tar\.gz|tar|war|jar)|[\w.-]*tfplan[\w.-]*)")


def _artefacts(text: str) -> Iterator[str]:
    """The archives that a command is given."""
    return (match["path"] for match in _ARCHIVE.finditer(text))


@remembered
def of_guides(files: Files) -> tuple[Deploys, ...]:
    """What the repository's own guides tell people to type; ``production`` where the heading or the file says so."""
    return tuple(_of_guides(files))


def _of_guides(files: Files) -> Iterator[Deploys]:
    for path in files.tree.paths:
        if _DOCUMENTS.fullmatch(path) and _is_for_all(path) and files.tree.sizes[path] < 1 << 18:
            for block in blocks(files, path):
                around = " ".join((path.rpartition("/")[2], *block.around))
                for one in _in(files, path, block):
                    if not is_earlier(one.text.replace(" ", "/")):
                        yield replace(one, production=_speaks_of_production(around))


_GUIDES = re.compile(
    r"(?:docs?|documentation|deploy(?:ment)?s?|ops|operations|runbooks?|wiki|\.github)(?:/.*)?", re.IGNORECASE
)


def _is_for_all(path: str) -> bool:
    """Whether a document is of the whole repository: one beside a part of it tells of that part."""
    place = folder(path)
    return not place or _GUIDES.fullmatch(place) is not None


_PRODUCTION_WORDS = re.compile(
    r"(?<![a-z])(?:prod|production|deploy\w*|release|releasing|live|server|host(?:ed|ing)|self-?host\w*|operat\w*|runbook|rollout)(?![a-z])",
    re.IGNORECASE,
)
_DEVELOPMENT_WORDS = re.compile(
    r"(?<![a-z])(?:dev|develop\w*|local(?:ly|host)?|tests?|testing|contribut\w*|debug\w*|staging|preview|demo|try|example\w*)(?![a-z])",
    re.IGNORECASE,
)


def _speaks_of_production(text: str) -> bool:
    return bool(_PRODUCTION_WORDS.search(text)) and not _DEVELOPMENT_WORDS.search(text)


def _in(files: Files, path: str, block: Block) -> Iterator[Deploys]:
    """The commands that deploy, of a text and of what it runs of this tree."""
    for one in done(files, path, block):
        if way := _way(one):
            yield _made(files, way, one)


def _way(one: Done) -> str:
    """The way that a command deploys by; what a pipe gives to kubectl says which."""
    way = ways.of_command(one.words)
    if way is None:
        return ""
    if way.name == "kubernetes":
        if any(word == "-k" or word.startswith(("-k=", "--kustomize")) for word in one.words):
            return "kustomize"
        if one.piped[:2] in {("kustomize", "build"), ("kubectl", "kustomize")}:
            return "kustomize"
        if one.piped[:1] == ("helm",) and "template" in one.piped:
            return "helm"
    return way.name


def _made(files: Files, way: str, one: Done) -> Deploys:
    asked = (*one.piped, *one.words)
    given = [value for value in shells.given(asked, _FILE_OPTIONS) if value != "-"]
    if way in {"kustomize", "helm", "nomad", "ansible", "cloud-run"}:
        given += [word for word in asked[1:] if not word.startswith("-")]
    here = dict.fromkeys((one.within, one.folder, "", folder(one.path)))
    taken = dict.fromkeys(path for text in given for path in _files(files, way, tuple(here), text))
    space = next((one for one in shells.given(asked, _SPACE_OPTIONS) if re.fullmatch(r"[a-z0-9][a-z0-9-]*", one)), "")
    return Deploys(way, tuple(taken), space, one.source, one.text[:_LONGEST], folder=one.folder)


def _files(files: Files, way: str, here: Sequence[str], text: str) -> Iterator[str]:
    """The files of the tree that an argument names, seen from one of these folders: itself, or what lies in it."""
    if "$" in text or "://" in text:
        return
    for place in dict.fromkeys(at(files.tree, one, text) for one in here):
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
