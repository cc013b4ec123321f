"""Variables as deployment files state them: given a usable value, only named, or left for the operator.

Reads environment files, Dockerfiles, Compose files, manifests and platform files as text; keeps no confidential value
beyond the comparison that decides.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from releasekit.facts.code import kept
from releasekit.facts.files import Files
from releasekit.facts.places import aside
from releasekit.facts.projects.commandlines import kind_of
from releasekit.facts.projects.workflows import is_ci
from releasekit.facts.settings.model import placeholder
from releasekit.syntax.expression import Expression

_ENTRY = Expression(r"^\s*(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)\s*=\s*(.*?)\s*$")
_TEMPLATE = Expression(
    r"(?:.*/)?(?:\.?env|[\w-]+\.env|\.env[\w.-]*)[._-](?:example|sample|template|dist|tmpl|tpl|default|defaults|prod\w*[._-]example)"
    r"|(?:.*/)?(?:example|sample|template)[._-]?\.?env|(?:.*/)?\.env-(?:example|sample|template|dist)"
)
_COMMITTED = Expression(r"(?:.*/)?(?:\.env|\.env\.prod(?:uction)?|[\w-]+\.env|\.env\.[\w-]+|env/[\w.-]+)")
_DEVELOPMENT = Expression(
    r"^\s*(?:\w*_)?(?:ENV|ENVIRONMENT)\s*=\s*[\"']?(?:dev\w*|local\w*|test\w*)[\"']?\s*$|^DEBUG\s*=\s*[\"']?(?:true|1|yes)",
    re.IGNORECASE | re.MULTILINE,
)
_REFERENCE = Expression(r"\$\{?([A-Za-z_][A-Za-z0-9_]*)(:?[-?+=][^{}]*)?\}?")
_DOCKER_ENV = Expression(r"^\s*ENV\s+(.*)$", re.MULTILINE | re.IGNORECASE)
_PAIR = Expression(r"([A-Za-z_][A-Za-z0-9_]*)=(\"[^\"]*\"|'[^']*'|\S*)")
_YAML_PAIR = Expression(r"^\s*(?:-\s+)?[\"']?([A-Z][A-Z0-9_]{1,80})[\"']?\s*(?::\s|=)\s*(.*?)\s*[\"']?\s*$")
_NAMED = Expression(
    r"(?:name|key|Name)[\"']?:\s*[\"']?([A-Z][A-Z0-9_]{1,80})[\"']?,?\s*\n\s*[\"']?(value|valueFrom|Value|generateValue|fromDatabase|fromService)"
    r"[\"']?:[ \t]*([^\n]*)"
)

_DEMANDS = Expression(
    r"\b(?:required|mandatory|must be (?:set|given|changed|defined)|you must|REQUIRED)\b", re.IGNORECASE
)
_CONDITION = Expression(
    r"\b(?:not required|optional\w*|no longer|if|when|only|unless|for (?:local )?development"
    r"|to (?:enable|use|support)|required (?:for|to use|by))\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of an environment file or of a deployment file that gives a variable a value.

    ``said``: the comment directly above it, in a template.
    """

    name: str
    value: str
    path: str
    line: int
    said: str = ""

    @property
    def source(self) -> str:
        return f"{self.path}:{self.line}"

    @property
    def demanded(self) -> bool:
        """Whether its comment says that it must be given, without a condition."""
        return bool(_DEMANDS.search(self.said)) and not _CONDITION.search(self.said)


def templates(files: Files) -> Iterator[Entry]:
    """The entries of files that show an operator which variables to set."""
    for path in files.tree.paths:
        if _TEMPLATE.fullmatch(path):
            reason = aside(path)
            if not reason or reason.startswith("example ("):
                yield from _entries(files, path)


def committed(files: Files) -> Iterator[Entry]:
    """The entries of environment files that are in the repository and may be what production reads."""
    for path in kept(files.tree.paths):
        if _COMMITTED.fullmatch(path) and not _TEMPLATE.fullmatch(path):
            yield from _entries(files, path)


def is_for_development(files: Files, path: str) -> bool:
    """Whether an environment file says of itself that it configures a development machine."""
    return _DEVELOPMENT.search(files.text(path)) is not None


def stated(files: Files) -> Iterator[Entry]:
    """What Dockerfiles, Compose files, manifests and platform files give to containers."""
    for path in files.tree.paths:
        kind = "" if is_ci(path) else kind_of(path)
        if kind == "dockerfile":
            yield from _docker(files, path)
        elif kind in {"compose", "platform", "manifest"} and files.tree.sizes[path] <= 1 << 18:
            text = files.text(path)
            if kind != "manifest" or "apiVersion" in text or "{{" in text or "values" in path:
                yield from _manifest(text, path)


def mentioned(files: Files) -> frozenset[str]:
    """The variables that Compose files take from outside."""
    names: set[str] = set()
    for path in files.tree.paths:
        if kind_of(path) == "compose":
            names.update(match[1] for match in _REFERENCE.finditer(files.text(path)))
    return frozenset(names)


def usable(value: str, known: Mapping[str, str], depth: int = 4) -> bool:
    """Whether a value stands by itself: not empty, no placeholder, and all that it refers to has a value too."""
    value = value.strip().strip("\"'")
    if not value or placeholder(value):
        return False
    for match in _REFERENCE.finditer(value.replace("$$", "")):
        rest = match[2] or ""
        if rest.startswith((":-", "-")):
            continue
        if rest or depth == 0 or not usable(known.get(match[1], ""), known, depth - 1):
            return False
    return True


def derived(entry: Entry) -> bool:
    """Whether a deployment file makes this value itself, instead of passing on a variable of the same name."""
    return bool(entry.value) and not any(match[1] == entry.name for match in _REFERENCE.finditer(entry.value))


def _entries(files: Files, path: str) -> Iterator[Entry]:
    comment = ""
    for number, line in files.lines(path):
        match = _ENTRY.match(line)
        if match:
            behind = re.split(r"(?:^|\s)#", match[2], maxsplit=1)[1:]
            yield Entry(match[1], _value(match[2]), path, number, " ".join((comment, *behind)).strip())
        comment = f"{comment} {line.strip(' #')}" if line.lstrip().startswith("#") else ""


def _value(text: str) -> str:
    if text[:1] in {'"', "'"}:
        return text[1:].partition(text[0])[0]
    return re.split(r"(?:^|\s+)#", text, maxsplit=1)[0].strip()


def _docker(files: Files, path: str) -> Iterator[Entry]:
    text = files.text(path).replace("\\\n", "  ")
    for match in _DOCKER_ENV.finditer(text):
        line = files.text(path)[: match.start()].count("\n") + 1
        pairs = list(_PAIR.finditer(match[1]))
        if not pairs:
            name, _, value = match[1].strip().partition(" ")
            yield Entry(name, value.strip(), path, line)
        for pair in pairs:
            yield Entry(pair[1], pair[2].strip("\"'"), path, line)


def _manifest(text: str, path: str) -> Iterator[Entry]:
    for number, line in enumerate(text.split("\n"), 1):
        match = _YAML_PAIR.match(line) if not line.lstrip().startswith("#") else None
        if match and match[2] not in {"{", "["}:  # what JSON says of it follows on the next lines
            yield Entry(match[1], _value(match[2].strip()), path, number)
    for match in _NAMED.finditer(text):
        value = match[3].strip() if match[2] in {"value", "Value"} else match[2]
        yield Entry(match[1], _value(value), path, text.count("\n", 0, match.start(1)) + 1)
