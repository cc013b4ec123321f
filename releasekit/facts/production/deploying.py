"""Commands that bring a version into an environment, in pipelines and guides, each with its way. Runs nothing."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from releasekit.facts import ways
from releasekit.facts.code import folder, join
from releasekit.facts.files import Files, remembered
from releasekit.facts.kubernetes.manifests import looks_like
from releasekit.facts.production.stages import is_earlier, is_production
from releasekit.facts.projects import shells, workflows
from releasekit.syntax.shell import Command

_FILE_OPTIONS = frozenset(
    "-f --filename -k --kustomize -c --compose-file --file --values --config --template-file -config".split()
)
_SPACE_OPTIONS = frozenset(("-n", "--namespace"))
# a cluster of the CI's own: what is deployed there is tested
_THROWN_AWAY = re.compile(
    r"\bkind create\b|kind-action|setup-kind|minikube|\bk3d\b|setup-k3|\bct install\b|chart-testing"
)
_DOCUMENTS = re.compile(
    r"(?:.*/)?(?:README|INSTALL\w*|DEPLOY\w*|RUNBOOK\w*|[\w-]*(?:deploy|install|production|release|runbook|operations)[\w-]*)\.(?:md|rst|adoc)",
    re.IGNORECASE,
)
_HEADING = re.compile(r"^(?:#{1,6}|={1,5})\s+(?P<text>.+)")
_FENCE = re.compile(r"^\s*(?:```|~~~|----$)")
_SPAN = re.compile(r"`([^`\n]{3,400})`")
_CODE = re.compile(r"^(?: {4}|\t)\s*(?:\$ )?(?P<code>\S.*)$")
# programs that run what stands behind their `--`, with secrets in its environment
_CARRIERS = frozenset("doppler op chamber aws-vault infisical teller dotenv dotenvx".split())
_MANAGERS = frozenset(("npm", "pnpm", "yarn", "bun"))
_DEPTH = 3
_LONGEST = 1500  # characters of a command line that are kept


@dataclass(frozen=True, slots=True)
class Deploys:
    """A command: its way, the files that it takes (in the tree), the namespace that it names, where it stands.

    ``text`` is the command as it stands, "" of an ``action``, which has ``inputs``; ``pipeline`` whether a pipeline
    types it, and ``folder`` where ("" for the root); ``production`` whether the names around it, or its files, say that
    it is for production.
    """

    way: str
    files: tuple[str, ...]
    namespace: str
    source: str
    text: str
    production: bool = False
    pipeline: bool = False
    action: str = ""
    inputs: tuple[tuple[str, str], ...] = ()
    folder: str = ""


@remembered
def of_ci(files: Files) -> tuple[Deploys, ...]:
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
                earlier = is_earlier(f"{around} {one.text} {' '.join(one.files)}".replace(" ", "/"))
                real = is_production(around) or any(map(is_production, one.files))
                where = step.folder if one.source.startswith(f"{path}:") else ""
                found.append((earlier and not real, replace(one, production=real, pipeline=True, folder=where)))
    later = [one for earlier, one in found if not earlier] or [one for _, one in found]
    return tuple(sorted(later, key=lambda one: not one.production))


def beside_deploys(files: Files) -> Iterator[tuple[str, str, str, str]]:
    """(kind, command, place, folder) of what jobs that deploy do besides: what migrates, what makes what is deployed.

    ``kind`` is migrate or build. A command that makes a file is known by the file's name in it and in a command that
    deploys.
    """
    deploying = {one.source: one for one in of_ci(files)}
    paths = dict.fromkeys(source.rpartition(":")[0] for source in deploying)
    taken = {name for one in deploying.values() for name in _artefacts(one.text)}
    for path in paths if all(workflows.is_ci(path) for path in paths) else ():
        for step in workflows.steps(files, path):
            if not step.run or not step.deploys or is_earlier("/".join(step.context).replace(" ", "/")):
                continue
            for command in shells.read(step.run, path, step.line).commands:
                source, words = f"{path}:{command.line}", called(command)
                if source in deploying or not words or not command.understood or _way(words, ()):
                    continue
                if any(_MIGRATES.search(word) for word in words[1:]):
                    yield "migrate", command.raw, source, step.folder
                elif taken.intersection(word.rpartition("=")[2] for word in words[1:]):
                    yield "build", command.raw, source, step.folder


_MIGRATES = re.compile(r"migrat", re.IGNORECASE)
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
            for number, heading, code in _spans(files, path):
                around = f"{path.rpartition('/')[2]} {heading}"
                for one in _in(files, code, folder(path), path, number):
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


def _spans(files: Files, path: str) -> Iterator[tuple[int, str, str]]:
    """(line, heading, code) of what a document shows as code: fenced, indented, or between backticks."""
    heading, fenced = "", False
    for number, line in files.lines(path):
        if _FENCE.match(line):
            fenced = not fenced
        elif fenced:
            yield number, heading, line.strip().removeprefix("$ ")
        elif match := _HEADING.match(line):
            heading = match["text"]
        elif match := _CODE.match(line):
            yield number, heading, match["code"]
        else:
            for span in _SPAN.findall(line):
                yield number, heading, span


def _of_step(files: Files, step: workflows.Step) -> Iterator[Deploys]:
    action = ways.of_action(step.uses) if step.uses else None
    if action:
        inputs = tuple(_inputs(files, step))
        yield Deploys(action.name, (), "", f"{step.path}:{step.line}", "", action=step.uses, inputs=inputs)
    if step.run:
        yield from _in(files, step.run, step.folder, step.path, step.line)


_INPUT = re.compile(r"^\s+(?P<key>[\w-]+):\s*[\"']?(?P<value>[\w./:@-]+)[\"']?\s*(?:#.*)?$")


def _inputs(files: Files, step: workflows.Step) -> Iterator[tuple[str, str]]:
    """What an action is given in its ``with``, as far as it is written out."""
    inside = False
    for number, line in files.lines(step.path):
        if number <= step.line:
            continue
        if re.match(r"\s*with:\s*$", line):
            inside = True
        elif line.strip().startswith("- ") or (inside and not line.startswith(" " * 6)):
            return
        elif inside and (match := _INPUT.match(line)):
            yield match["key"], match["value"]


def _in(files: Files, text: str, here: str, path: str, line: int, depth: int = 0) -> Iterator[Deploys]:
    """The commands of a shell text that deploy; scripts, make targets and package scripts of this tree are followed."""
    before: list[str] = []
    typed = ""
    for command in shells.read(text, path, line).commands:
        words = called(command)
        if not words:
            continue
        source = f"{path}:{command.line}"
        piped = before if command.operator == "|" else []
        typed = f"{typed} | {command.raw}" if piped else command.raw
        if way := _way(words, piped):
            yield _made(files, way, [*piped, *words], here, source, typed)
        elif depth < _DEPTH:
            yield from _called(files, command, words, here, path, depth + 1)
        before = words


def called(command: Command) -> list[str]:
    """The words of what a command does in the end, its program without a folder of the system."""
    words = [word.text for word in command.call]
    if words and words[0] in _CARRIERS and "--" in words:
        words = words[words.index("--") + 1 :]
    if words[:1] == ["ssh"]:  # the shell of this user is Dokku itself (dokku.com/docs)
        at = next((number for number, word in enumerate(words) if word.startswith("dokku@")), 0)
        words = ["dokku", *words[at + 1 :]] if at else words
    if words and words[0].startswith("/"):
        words[0] = words[0].rpartition("/")[2]
    return words


def _way(words: Sequence[str], piped: Sequence[str]) -> str:
    """The way that a command deploys by; what a pipe gives to kubectl says which."""
    way = ways.of_command(words)
    if way is None:
        return ""
    if way.name == "kubernetes":
        if any(word == "-k" or word.startswith(("-k=", "--kustomize")) for word in words):
            return "kustomize"
        if list(piped[:2]) in (["kustomize", "build"], ["kubectl", "kustomize"]):
            return "kustomize"
        if list(piped[:1]) == ["helm"] and "template" in piped:
            return "helm"
    return way.name


def _made(files: Files, way: str, asked: Sequence[str], here: str, source: str, raw: str) -> Deploys:
    """``asked`` are the words of the command, behind those of what is piped into it."""
    given = [value for value in shells.given(asked, _FILE_OPTIONS) if value != "-"]
    if way in {"kustomize", "helm", "nomad", "ansible", "cloud-run"}:
        given += [word for word in asked[1:] if not word.startswith("-")]
    taken = dict.fromkeys(path for text in given for path in _files(files, way, here, text))
    space = next((one for one in shells.given(asked, _SPACE_OPTIONS) if re.fullmatch(r"[a-z0-9][a-z0-9-]*", one)), "")
    return Deploys(way, tuple(taken), space, source, " ".join(raw.split("\n"))[:_LONGEST])


def _called(
    files: Files, command: Command, words: Sequence[str], here: str, path: str, depth: int
) -> Iterator[Deploys]:
    """What a command runs of this repository: another shell's text, a script, a make target, a package's script."""
    program, arguments = words[0], list(words[1:])
    inner = arguments[-1] if program == "ssh" and arguments and re.search(r"\s", arguments[-1]) else command.inner
    if inner:
        yield from _in(files, inner, here, path, command.line, depth)
        return
    if program in {"make", "gmake"}:
        yield from _made_by_make(files, arguments, here, depth)
        return
    if program in _MANAGERS:
        yield from _of_package(files, arguments, here, depth)
        return
    name = arguments[0] if program in {"bash", "sh", "zsh"} and arguments else program
    for place in dict.fromkeys((join(here, name), join("", name))) if "$" not in name else ():
        if place in files.tree and (place.endswith((".sh", ".bash")) or files.text(place).startswith("#!")):
            yield from _in(files, files.text(place), folder(place), place, 1, depth)
            return


def _made_by_make(files: Files, arguments: Sequence[str], here: str, depth: int) -> Iterator[Deploys]:
    targets = [word for word in arguments if not word.startswith("-") and "=" not in word]
    where = next((arguments[n + 1] for n, word in enumerate(arguments[:-1]) if word in {"-C", "--directory"}), "")
    place = join(here, f"{where}/Makefile" if where else "Makefile")
    for target in targets if place in files.tree else ():
        yield from _of_target(files, place, target, depth, ())


_RULE = re.compile(r"^(?P<targets>[\w./ -]+?)\s*::?(?!=)\s*(?P<needs>[^#=\n]*)")


def _of_target(files: Files, path: str, target: str, depth: int, above: tuple[str, ...]) -> Iterator[Deploys]:
    """A target's prerequisites, which make runs first, then its recipe."""
    inside = False
    for number, line in files.lines(path):
        rule = _RULE.match(line) if not line.startswith(("\t", " ")) else None
        if rule:
            inside = target in rule["targets"].split()
            for need in rule["needs"].split() if inside and target not in above and len(above) < _DEPTH else ():
                yield from _of_target(files, path, need, depth, (*above, target))
        elif inside and line.startswith("\t"):
            yield from _in(files, line.lstrip("\t@-+"), folder(path), path, number, depth)
        elif line.strip() and not line.startswith((" ", "#")):
            inside = False


def _of_package(files: Files, arguments: Sequence[str], here: str, depth: int) -> Iterator[Deploys]:
    name = next((word for word in arguments if not word.startswith("-") and word not in {"run", "run-script"}), "")
    path = join(here, "package.json")
    script = files.json(path).at("scripts", name) if path in files.tree and name else None
    if script is not None and script.text:
        yield from _in(files, script.text, here, path, script.line, depth)


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
