"""Command lines of Compose and Swarm in make files, scripts, CI and guides: which files go together, and for what."""

import posixpath
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from releasekit.facts.files import Files
from releasekit.facts.places import aside

_COMMAND = re.compile(
    r"(?:docker[ -]compose|podman[ -]compose|docker\s+buildx\s+bake|docker\s+stack\s+deploy|docker\s+stack\s+up"
    r"|\$[({]\w*(?:DOCKER_?COMPOSE|COMPOSE_CMD|COMPOSE|DC)\w*[)}])(?P<rest>\s[^\n#`]*)"
)
_OPTION = re.compile(r"(?:^|\s)(?:-f|--file|-c|--compose-file)(?:\s+|=)[\"']?(?P<file>[^\s\"']+)")
_FILES = re.compile(r"(?:^|[\s\"'])COMPOSE_FILE\s*[:=]\s*[\"']?(?P<files>[^\s\"'#]+)")
_SUBCOMMAND = re.compile(
    r"(?:^|\s)(up|start|run|create|pull|push|build|deploy|down|stop|logs|exec|config|ps|restart)(?=\s|$)"
)
_ASSIGNED = re.compile(r"^(?:export\s+)?(?P<name>[A-Za-z_]\w*)\s*[:?+]?=\s*(?P<value>[^#\n]*)")
_USED = re.compile(r"\$[({](?P<name>\w+)[)}]|\$(?P<bare>[A-Za-z_]\w*)")
_TARGET = re.compile(r"^(?P<name>[\w./-]+)\s*:(?!=)")
_HEADING = re.compile(r"^#{1,6}\s+(?P<text>.+)")
_STEP = re.compile(r"^\s*-?\s*name:\s*(?P<text>.+)")
_SOURCES = re.compile(
    r"(?:(?:GNU)?[Mm]akefile|[^/]+\.mk|[Jj]ustfile|[Tt]askfile\.ya?ml|[^/]+\.(?:sh|bash|ps1)|package\.json|Jenkinsfile"
    r"|\.gitlab-ci\.yml|\.env|[^/]+\.service|Procfile|(?:README|INSTALL|DEPLOY|HOSTING|DOCKER|SELF|PROD|QUICK|GETTING)[^/]*\.(?:md|rst|txt|adoc)"
    r"|[^/]*(?:deploy|docker|compose|install|hosting|production|setup)[^/]*\.(?:md|rst|mdx|adoc))",
    re.IGNORECASE,
)
_CI = re.compile(
    r"^(?:\.github/workflows|\.circleci|\.gitlab|\.buildkite|\.forgejo/workflows|\.gitea/workflows)/[^/]+\.ya?ml$"
)
_MOST = 400
# no command line that people write is longer (A23)
_LONGEST = 8000


@dataclass(frozen=True, slots=True)
class Usage:
    """Files given together, in order, with the subcommand, and the words around: file, target, heading.

    No paths: the command takes the default file.
    """

    paths: tuple[str, ...]
    subcommand: str
    context: str
    source: str


def usages(files: Files) -> list[Usage]:
    """All usages of files of this tree."""
    found: list[Usage] = []
    for path in _sources(files):
        text = files.text(path)
        if "compose" in text or "stack" in text:
            found.extend(_in_file(files, path, text))
    return found


def _sources(files: Files) -> list[str]:
    paths = [p for p in files.tree.paths if _CI.match(p) or _SOURCES.fullmatch(p.rpartition("/")[2])]
    wanted = [p for p in paths if not aside(p).startswith(("vendored", "test data", "archived"))]
    return sorted(wanted, key=lambda path: (path.count("/"), path))[:_MOST]


def _in_file(files: Files, path: str, text: str) -> Iterator[Usage]:
    variables = _variables(text)
    context = target = ""
    for number, line in _joined(text):
        if len(line) > _LONGEST:
            continue
        heading = (_STEP if path.endswith((".yml", ".yaml")) else _HEADING).match(line)
        if heading and not path.endswith((".sh", ".mk", "akefile")):
            context = heading["text"]
        elif (label := _TARGET.match(line)) and not line.startswith((" ", "\t")):
            target = label["name"]
        if listed := _FILES.search(line):
            given = re.split(r"[:;,]", _replaced(listed["files"], variables))
            yield from _usage(files, path, given, "up", f"{context} {target}", number)
        for command in () if _ASSIGNED.match(line) else _COMMAND.finditer(line):
            rest = _replaced(command["rest"], variables)
            first = command[0].split()[1:2]
            for part in re.split(r"&&|;|\|", rest)[:1]:
                given = [option["file"] for option in _OPTION.finditer(part)]
                sub = _SUBCOMMAND.search(_OPTION.sub(" ", part))
                word = "deploy" if "stack" in command[0] and first else (sub[1] if sub else "")
                yield from _usage(files, path, given, word, f"{context} {target}", number)


def _usage(files: Files, path: str, given: list[str], sub: str, context: str, number: int) -> Iterator[Usage]:
    resolved = [_resolved(files, path, name) for name in given if name and not name.startswith("-")]
    paths = tuple(dict.fromkeys(name for name in resolved if name))
    plain = not given and sub in {"up", "run", "start"}
    if plain or (paths and all(resolved)):
        yield Usage(paths, sub, f"{path.rpartition('/')[2]} {context}".lower(), f"{path}:{number}")


def _resolved(files: Files, path: str, name: str) -> str:
    """A file named in a script: relative to the script, to the root, or the only one of that ending."""
    for base in (posixpath.dirname(path), ""):
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


def _joined(text: str) -> Iterator[tuple[int, str]]:
    """Lines with those that end in a backslash joined to the next, numbered by their first."""
    start, held = 0, ""
    for number, line in enumerate(text.split("\n"), 1):
        start = start or number
        if line.endswith("\\") and len(held) < _LONGEST:
            held += line[:-1] + " "
            continue
        yield start, held + line
        start, held = 0, ""


def _variables(text: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for _, line in _joined(text):
        if match := _ASSIGNED.match(line):
            found.setdefault(match["name"], match["value"].strip().strip("\"'"))
    return found


def _replaced(text: str, variables: Mapping[str, str]) -> str:
    for _ in range(6):
        again = _USED.sub(lambda match: variables.get(match["name"] or match["bare"], match[0]), text)
        if again == text or len(again) > _LONGEST:
            break
        text = again
    return text
