"""Command lines as they stand in scripts, Dockerfiles, manifests and CI: where a command is said, and what runs it.

Knows no tool: the patterns come from the detectors. Runs nothing.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from releasekit.facts.code import folder, line_at
from releasekit.facts.files import Files
from releasekit.facts.places import aside
from releasekit.facts.projects import shells, shelltexts, workflows
from releasekit.syntax.expression import Expression

# between two words of a command: blanks, the quotes and commas of exec forms, the dashes of YAML lists
GAP = r"[\s\"',\[\]\\]{1,80}(?:-\s{1,8}[\"']?)?"
_DOCKERFILE = re.compile(r"(?:.*/)?(?:[\w.-]+\.)?(?:Docker|Container)file(?:[.\-_][\w.-]+)?")
_COMPOSE = re.compile(r"(?:.*/)?[\w.-]*(?:compose|stack)[\w.-]*\.ya?ml")
_SERVER = re.compile(
    r"(?:.*/)?(?:[\w.-]*uwsgi[\w.-]*\.(?:ini|ya?ml)|supervisord?[\w.-]*\.(?:conf|ini)|[\w.@-]+\.service|circus\.ini)"
)
_PLATFORM = re.compile(
    r"(?:.*/)?(?:Procfile|fly[\w.-]*\.toml|render\.ya?ml|heroku\.yml|app\.json|railway\.(?:json|toml)|nixpacks\.toml"
    r"|\.do/[\w.-]+\.ya?ml|Dockerrun\.aws\.json|\.ebextensions/[\w.-]+|[\w.-]+\.nomad(?:\.hcl)?|Capfile|config/deploy\.rb"
    r"|\.platform/hooks/[\w./-]+|\.kamal/hooks/[\w-]+|deploy\.(?:ya?ml|php|rb))"
)
_SCRIPT = re.compile(
    r"(?:.*/)?(?:[\w.-]+\.(?:sh|bash|ps1)|(?:docker-)?entrypoint[\w-]*|(?:bin|scripts?|docker|deploy)/[\w.-]+)"
)
_PLAIN_SCRIPT = re.compile(r"(?:.*/)?(?:\w[\w-]*|[\w.-]+\.(?:sh|bash|ps1|docker))")
_TASKS = re.compile(
    r"(?:.*/)?(?:GNUm|M|m)akefile|(?:.*/)?[\w.-]+\.mk|(?:.*/)?\.?[Jj]ustfile|(?:.*/)?[Tt]askfile\.ya?ml"
)
_COMMENT = re.compile(r"^[ \t]*(?:#(?!!).*|//.*|--\s.*)$", re.MULTILINE)
_INSTRUCTION = re.compile(
    r"^[ \t]*(CMD|ENTRYPOINT|RUN|HEALTHCHECK|ARG|ENV|LABEL|COPY|ADD)\b", re.MULTILINE | re.IGNORECASE
)
_INDENT = re.compile(r"^services:[^\n]*\n(?:[ \t]*(?:#[^\n]*)?\n){0,50}(?P<indent>[ \t]+)\S", re.MULTILINE)
_ONCE = re.compile(r"^\s+restart:\s*[\"']?(?:no|none|on-failure\S*)[\"']?\s*$", re.MULTILINE)
_CONTINUES = re.compile(r"[^\n]*?(?:&&|;|\|\||exec\s)")


@dataclass(frozen=True, slots=True)
class Said:
    """A command where it stands: its text with single blanks, ``path:line``, and what runs it there.

    ``runs`` is job, platform (the platform runs it as a part of each deploy), every-replica, ci, script, task, package,
    build, test or document.
    """

    text: str
    path: str
    line: int
    runs: str
    label: str = ""


def pattern(words: str, word: str) -> Expression:
    """A regular expression in which each blank stands for any gap between two words of a command.

    ``word`` stands in every such command. The program may be given with its folder: ``/usr/local/bin/goose``.
    """
    return Expression(r"(?<![\w./-])(?:/?[\w.-]{1,40}/){0,6}(?:" + words.replace(" ", GAP) + ")", word=word)


def as_a_word(name: str) -> Expression:
    """A file's name, and no longer name that ends or begins with it."""
    return Expression(rf"(?<![\w.-]){re.escape(name)}(?![\w.-])", word=name)


def kind_of(path: str) -> str:
    """What kind of file a path is for running commands; "" for all others. Documents are told by their ending."""
    return "" if aside(path) else _kind(path)


@lru_cache(maxsize=1 << 16)
def _kind(path: str) -> str:
    name = path.rpartition("/")[2]
    for kind, expression in (
        ("dockerfile", _DOCKERFILE),
        ("platform", _PLATFORM),
        ("compose", _COMPOSE),
        ("server", _SERVER),
        ("task", _TASKS),
    ):
        if expression.fullmatch(path):
            return kind
    if name == "package.json":
        return "package"
    if path.endswith((".yaml", ".yml", ".tpl")):
        return "manifest"
    if path.endswith((".md", ".rst", ".adoc")):
        return "document"
    return "script" if _SCRIPT.fullmatch(path) and _PLAIN_SCRIPT.fullmatch(path) else ""


def texts(files: Files) -> Iterator[tuple[str, str, str]]:
    """(path, kind, text with comments blanked) of every file that may run a command, CI files left out."""
    pipelines = set(workflows.paths(files))
    for path in files.tree.paths:
        kind = kind_of(path) if path not in pipelines else ""
        if not kind or files.tree.sizes[path] > 1 << 18:
            continue
        text = files.text(path)
        if kind == "manifest" and "apiVersion" not in text:
            continue
        yield path, kind, text if kind in {"document", "package"} else blank(text)


def blank(text: str) -> str:
    """The text without the comment lines of scripts and manifests; offsets stay as they were."""
    return _COMMENT.sub(lambda match: " " * len(match[0]), text)


def said_in(files: Files, path: str, kind: str, text: str, expression: Expression) -> Iterator[Said]:
    """The commands in one text that match, with what runs them."""
    if kind in {"task", "package", "document"} or (kind == "script" and shells.is_shell(path, files.text(path))):
        if expression.search(text):
            yield from _in_shell(files, path, kind, expression)
        return
    for match in expression.finditer(text):
        runs, label = _runs(kind, text, match)
        yield Said(_flat(match), path, line_at(text, match.start()), runs, label)


def _in_shell(files: Files, path: str, kind: str, expression: Expression) -> Iterator[Said]:
    """Those in shell text, each in one command that does something."""
    for block in shelltexts.blocks(files, path):
        rows = block.text.split("\n")
        found: dict[tuple[int, str], Said] = {}
        # what is in another command, as in $( ), is said by that one
        commands = shells.doing(shells.read(block.text, path, block.line))
        for command in sorted(commands, key=lambda command: len(command.raw)):
            for match in expression.finditer(command.raw):
                first = re.split(GAP, match[0].strip("\"' "))[0]
                around = range(command.line, command.end + 1)
                line = next((n for n in around if first in rows[n - block.line]), command.line)
                value = _flat(match)
                if not any(number == line and value.startswith(text) for number, text in found):
                    label = next(iter(block.around), "") if kind in {"task", "package"} else ""
                    found[line, value] = Said(value, path, line, kind, label)
        yield from sorted(found.values(), key=lambda said: said.line)


def said_in_ci(files: Files, expression: Expression) -> Iterator[Said]:
    """The commands of CI steps that match; ``runs`` is ci where the step deploys, else test."""
    for step, line, text in files.once(_pipelines):
        for match in expression.finditer(text):
            number = line + text.count("\n", 0, match.start())
            yield Said(_flat(match), step.path, number, "ci" if step.deploys else "test", step.folder)


def pipeline_lines(files: Files, expression: Expression) -> Iterator[Said]:
    """The whole lines of deploying CI steps in which something matches, continued lines joined."""
    for step, line, text in files.once(_pipelines):
        if step.deploys and expression.search(text):
            yield Said(" ".join(text.split()), step.path, line, "ci", step.folder)


def _pipelines(files: Files) -> tuple[tuple[workflows.Step, int, str], ...]:
    """Every line of a step that does something, and does not only print."""
    found: list[tuple[workflows.Step, int, str]] = []
    for step in (step for path in workflows.paths(files) for step in workflows.steps(files, path) if step.run):
        script = shells.read(step.run, step.path, step.line)
        done = {command.line for command in shells.doing(script)}
        printed = {command.line for command in script.commands} - done
        found += [(step, line, text) for line, text in step.lines if line not in printed]
    return tuple(found)


def _flat(match: re.Match[str]) -> str:
    """What matches, with single blanks."""
    return re.sub(GAP, " ", match[0]).strip()


def _runs(kind: str, text: str, match: re.Match[str]) -> tuple[str, str]:
    before = text[: match.start()]
    line = before.rpartition("\n")[2]
    if kind == "dockerfile":
        found = list(_INSTRUCTION.finditer(before))
        word = found[-1][1].upper() if found else ""
        return ("every-replica" if word in {"CMD", "ENTRYPOINT"} else "build"), word
    if kind == "platform":
        whole = line + text[match.start() : match.end() + 1]
        release = re.search(
            r"release|preDeploy|pre_deploy|postdeploy|before_deploy|deploy:|migrat", whole, re.IGNORECASE
        )
        return ("platform" if release else "every-replica"), line.strip()
    if kind == "compose":
        once = _ONCE.search(_block(text, match.start()))
        return ("job" if once or not _CONTINUES.match(text[match.end() :]) else "every-replica"), ""
    if kind == "server":
        return "every-replica", ""
    if kind == "manifest":
        return _manifest_runs(before, text[match.end() :]), ""
    return "script", ""


def _block(text: str, offset: int) -> str:
    """The service of a Compose file that an offset lies in, as text."""
    indent = _INDENT.search(text)
    if not indent:
        return ""
    heads = [match.start() for match in re.finditer(rf"^{indent['indent']}(?=[^\s#-])", text, re.MULTILINE)]
    start = max((head for head in heads if head <= offset), default=0)
    return text[start : min((head for head in heads if head > offset), default=len(text))]


def _manifest_runs(before: str, after: str) -> str:
    """Job, or every replica: by the object that the match stands in."""
    head = re.split(r"^---", before, flags=re.MULTILINE)[-1]
    whole = head + re.split(r"^---", after, flags=re.MULTILINE)[0]
    kinds = re.findall(r"^kind:\s*(\w+)", whole, re.MULTILINE)
    if any(kind in {"Job", "CronJob", "Workflow", "Pod", "Task", "Pipeline"} for kind in kinds):
        return "job"
    return (
        "every-replica"
        if any(kind in {"Deployment", "StatefulSet", "DaemonSet", "Rollout"} for kind in kinds)
        else "job"
    )


def callers(files: Files, known: list[tuple[str, str, str]]) -> dict[str, str]:
    """What runs each script of the repository: path -> job, every-replica or ci, told by who names its file."""
    scripts = {path: path.rpartition("/")[2] for path, kind, _ in known if kind == "script"}
    found: dict[str, str] = {}
    anchors = [
        (path, kind, text) for path, kind, text in known if kind not in {"script", "document", "task", "package"}
    ]
    for script, name in scripts.items():
        named = as_a_word(name)
        for path, kind, text in anchors:
            runs = [_runs(kind, text, match)[0] for match in named.finditer(text)]
            best = next((run for run in ("platform", "job", "every-replica") if run in runs), "")
            if best and _same_part(script, path, name):
                found[script] = best
                break
    for script, name in scripts.items():
        if script not in found and "." in name:
            said = said_in_ci(files, as_a_word(name))
            if any(call.runs == "ci" for call in said):
                found[script] = "ci"
    for _ in range(3):
        for path, kind, text in known:
            if kind == "script" and path in found:
                for other, name in scripts.items():
                    if (
                        other not in found
                        and other != path
                        and re.search(rf"[\s/\"']{re.escape(name)}(?![\w.-])", text)
                    ):
                        found[other] = found[path]
    return found


def _same_part(script: str, caller: str, name: str) -> bool:
    """Whether a caller may mean this file: common names (entrypoint.sh) only from the same part of a repository."""
    if "." in name and name.removesuffix(".sh") not in {"entrypoint", "start", "run", "init", "docker-entrypoint"}:
        return True
    return folder(script).split("/")[0] == folder(caller).split("/")[0] or not folder(caller)
