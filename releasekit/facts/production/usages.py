"""Command lines of Compose and Swarm in make files, scripts, CI and guides: which files go together, and for what."""

import posixpath
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from releasekit.facts.files import Files
from releasekit.facts.places import aside
from releasekit.facts.projects import workflows
from releasekit.facts.projects.following import called
from releasekit.facts.projects.shells import Ran, documents
from releasekit.facts.projects.shelltexts import Block, blocks
from releasekit.syntax.shell import Command

# a variable whose name says that it is Compose, where nothing here says what it is
_COMPOSE = re.compile(r"\$[({]?\w*(?:DOCKER_?COMPOSE|COMPOSE_CMD|COMPOSE|DC)\w*[)}]?")
_DOCKER_OPTIONS = frozenset("-c --context -H --host --config -l --log-level".split())
_OPTIONS = frozenset("-p --project-name --profile --env-file --project-directory --ansi --parallel --progress".split())
_FILE_OPTIONS = frozenset(("-f", "--file", "-c", "--compose-file"))
_SETTING = re.compile(
    r"(?: *(?:- +|export +|Environment= *|\$env:)?)[\"']?COMPOSE_FILE[\"']? *[:?]{0,2}[=:] *[\"']?(?P<files>[^\s\"'#]+)"
)
_SHELL = re.compile(r"\.(?:sh|bash|mdx?|rst|adoc|txt)$")
_SUBCOMMANDS = frozenset("up start run create pull push build deploy down stop logs exec config ps restart".split())
_SOURCES = re.compile(
    r"(?:(?:GNU)?[Mm]akefile|[^/]+\.mk|[Jj]ustfile|[Tt]askfile\.ya?ml|[^/]+\.(?:sh|bash|ps1)|package\.json|Jenkinsfile"
    r"|\.gitlab-ci\.yml|\.env|[^/]+\.service|Procfile|(?:README|INSTALL|DEPLOY|HOSTING|DOCKER|SELF|PROD|QUICK|GETTING)[^/]*\.(?:md|rst|txt|adoc)"
    r"|[^/]*(?:deploy|docker|compose|install|hosting|production|setup)[^/]*\.(?:md|rst|mdx|adoc))",
    re.IGNORECASE,
)
_MOST = 400
# no command line that people write is longer (A23)
_LONGEST = 8000


@dataclass(frozen=True, slots=True)
class Usage:
    """Files given together, in order, with the subcommand, and the words around: file, target, heading.

    No paths: the command takes the default file of ``folder``. ``deploys``: a pipeline that deploys types it.
    """

    paths: tuple[str, ...]
    subcommand: str
    context: str
    source: str
    folder: str = ""
    deploys: bool = False


def usages(files: Files) -> list[Usage]:
    """All usages of files of this tree."""
    found: list[Usage] = []
    for path in _sources(files):
        text = files.text(path)
        if "compose" in text or "stack" in text or "COMPOSE" in text:
            found.extend(_set(files, path, text))
            for block in blocks(files, path):
                found.extend(_typed(files, path, block))
    return found


def _sources(files: Files) -> list[str]:
    paths = [p for p in files.tree.paths if workflows.is_ci(p) or _SOURCES.fullmatch(p.rpartition("/")[2])]
    wanted = [p for p in paths if not aside(p).startswith(("vendored", "test data", "archived"))]
    return sorted(wanted, key=lambda path: (path.count("/"), path))[:_MOST]


def _set(files: Files, path: str, text: str) -> Iterator[Usage]:
    """``COMPOSE_FILE`` where it is a setting and no command: in .env, in YAML, in make, in a unit."""
    for number, line in enumerate(text.split("\n"), 1) if not _SHELL.search(path) else ():
        if listed := _SETTING.match(line[:_LONGEST]):
            said = Usage((), "up", path.rpartition("/")[2].lower(), f"{path}:{number}", posixpath.dirname(path))
            yield from _usage(files, _listed(listed["files"]), said)


def _typed(files: Files, path: str, block: Block) -> Iterator[Usage]:
    """What the commands of a shell text use; ``COMPOSE_FILE`` counts from where it is set."""
    listed: list[str] = []
    for ran in block.commands(files, path):
        command = ran.command
        functions = [within.partition(" ")[2] for within in command.within if within.startswith("function ")]
        context = " ".join((path.rpartition("/")[2], *block.around, *functions)).lower()
        said = Usage((), "up", context, f"{path}:{command.line}", ran.folder, block.deploys)
        if len(command.raw) > _LONGEST:
            continue
        given, words = _given(command), _behind(ran)
        if given and words is None:
            listed = _listed(given)
            yield from _usage(files, listed, said)
        if words is not None:
            named, word, unknown = _read(words)
            named = named or _listed(given) or listed
            if named or not unknown:
                yield from _usage(files, named, replace(said, subcommand=word))


def _given(command: Command) -> str:
    """``COMPOSE_FILE`` as a command sets it: before itself, with export, or in a file of variables that it writes."""
    texts = [f"{one.name}={one.value.text}" for one in command.environment]
    texts += [word.text for word in command.words]
    texts += [line for one in documents(command) for line in one.target.raw.split("\n")]
    return next((text.partition("=")[2].strip() for text in texts if text.startswith("COMPOSE_FILE=")), "")


def _listed(text: str) -> list[str]:
    return re.split(r"[:;,]", text) if text else []


def _behind(ran: Ran) -> Sequence[str] | None:
    """The words behind the program when it is Compose, or deploys a stack; ``deploy`` is the first of these then."""
    words = called(ran)
    first = words[0] if words else ""
    if first in {"docker-compose", "podman-compose"} or _COMPOSE.fullmatch(first):
        return words[1:]
    if first not in {"docker", "podman"}:
        return None
    at = 1
    while at < len(words) and words[at].startswith("-"):
        at += 2 if words[at] in _DOCKER_OPTIONS else 1
    match words[at : at + 2]:
        case ["compose", *_]:
            return words[at + 1 :]
        case ["stack", "deploy" | "up"]:
            return ["deploy", *words[at + 2 :]]
    return None


def _read(words: Sequence[str]) -> tuple[list[str], str, bool]:
    """The files that are named, the subcommand, and whether a variable may name more files."""
    named: list[str] = []
    sub, unknown, at = "", False, 0
    while at < len(words):
        option, equals, value = words[at].partition("=")
        takes = option in _FILE_OPTIONS or (option in _OPTIONS and not sub)
        value = value if equals else next(iter(words[at + 1 : at + 2]), "")
        if option in _FILE_OPTIONS and (not sub or sub in {"build", "deploy"}):
            named.append(value)
        elif not sub:
            sub = option if option in _SUBCOMMANDS else ""
            unknown = unknown or (option.startswith("$") and not takes)
        at += 2 if takes and not equals else 1
    return named, sub, unknown


def _usage(files: Files, given: list[str], said: Usage) -> Iterator[Usage]:
    """The usage with its files; none when one of them is not here."""
    bases = (said.folder, posixpath.dirname(said.source), "")
    resolved = [_resolved(files, bases, name) for name in given if name]
    paths = tuple(dict.fromkeys(name for name in resolved if name))
    if (not given and said.subcommand in {"up", "run", "start"}) or (paths and all(resolved)):
        yield replace(said, paths=paths)


def _resolved(files: Files, bases: Sequence[str], name: str) -> str:
    """A file named in a script: relative to one of these folders, or the only one of that ending."""
    for base in bases:
        full = posixpath.normpath(posixpath.join(base, name))
        if full in files.tree:
            return full
    # on the server it lies elsewhere (/srv/app/compose.yml, $DIR/compose.yml): the longest ending that is one file here
    parts = [part for part in name.split("/") if part not in {"", ".", ".."} and "$" not in part]
    same = files.tree.named(parts[-1]) if parts else ()
    for start in range(len(parts)):
        ending = "/".join(parts[start:])
        matching = [path for path in same if path == ending or path.endswith("/" + ending)]
        if matching:
            return matching[0] if len(matching) == 1 else ""
    return ""
