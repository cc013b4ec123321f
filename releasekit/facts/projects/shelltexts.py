"""Where shell text stands in a repository: scripts, pipelines, recipes of make and just, tasks, scripts of a
package.json, units, Procfiles, and what guides show as code.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from releasekit.facts.code import folder
from releasekit.facts.files import Files
from releasekit.facts.projects import units, workflows
from releasekit.facts.projects.shells import Ran, everything, is_shell

_ASSIGNED = re.compile(
    r"(?:export\s+|override\s+)*(?P<name>[A-Za-z_]\w*)\s*(?P<how>(?:[:?+!]|::)?)=[ \t]*(?P<value>(?:[^#\n]|(?<=\\)#)*)"
)
_USED = re.compile(r"\$[({](?P<name>\w+)[)}]")
_SHOWN = re.compile(r"\{\{\s*\.?(?P<name>\w+)\s*\}\}")
_RULE = re.compile(r"[\w./%${(][\w./%${}() \t-]*")
_CONDITIONAL = re.compile(r"(?:ifn?eq|ifn?def|else|endif)\b")
_NEED = re.compile(r"[\w./%-]+")
_RECIPE = re.compile(r"@?[A-Za-z_][\w-]*(?:[ \t].*)?")
_HEADING = re.compile(r"(?:#{1,6}|={1,5})\s+(?P<text>.+)")
_UNDERLINE = re.compile(r"(?:={2,}|-{3,}|~{3,})\s*")
_FENCE = re.compile(r"\s*(?:```|~~~)")
_SPAN = re.compile(r"`([^`\n]{3,400})`")
# what the reader puts in: <name>, which a shell takes for redirections; it becomes a variable
_BLANK = re.compile(r"<([A-Za-z][\w .:-]{0,40})>")
_CODE = re.compile(r"(?: {4}|\t|\$ )")
_LITERAL = re.compile(r"(?: {2}|\t|\$ )")  # of reStructuredText, whose code is indented by less
_PROMPT = re.compile(r"^[ \t]*\$ ", re.MULTILINE)
# no line that people write is longer (A23), and no value of a variable
_LONGEST, _VALUE = 8000, 1000


@dataclass(frozen=True, slots=True)
class Block:
    """Shell text and the file's line on which it begins.

    ``around`` are the names that it stands under, outermost first: a pipeline's job and step, a target, a heading.
    ``filled`` is the text with what the file itself sets to be put in, as make does; ``folder`` where it runs;
    ``deploys`` whether it is a step of a pipeline that brings a version into an environment.
    """

    text: str
    line: int
    around: tuple[str, ...] = ()
    folder: str = ""
    filled: str = ""
    deploys: bool = False

    def commands(self, files: Files, path: str) -> Iterator[Ran]:
        """All that it does: see `shells.everything`."""
        return everything(files, self.filled or self.text, path, self.line, self.folder)


def blocks(files: Files, path: str) -> tuple[Block, ...]:
    """The shell texts of one file, told apart once; none for a file of another kind."""
    return files.once(_blocks, path)


def _blocks(files: Files, path: str) -> tuple[Block, ...]:
    return tuple(_of_file(files, path))


def _of_file(files: Files, path: str) -> Iterator[Block]:
    if workflows.is_ci(path):
        for step in workflows.steps(files, path):
            if step.run:
                yield Block(step.run, step.line, step.context, step.folder, deploys=step.deploys)
        return
    name = path.rpartition("/")[2]
    reader = next((reader for pattern, reader in _READERS if pattern.fullmatch(name)), _script)
    if is_shell(path, files.text(path)):
        reader = _script
    for block in reader(files, path):
        yield replace(block, folder=folder(path))


def _script(files: Files, path: str) -> Iterator[Block]:
    if is_shell(path, files.text(path)):
        yield Block(files.text(path), 1)


def _powershell(files: Files, path: str) -> Iterator[Block]:
    """Commands are typed as in a shell, but for how they are continued."""
    yield Block(re.sub(r"`$", r"\\", files.text(path), flags=re.MULTILINE), 1)


def _package(files: Files, path: str) -> Iterator[Block]:
    for label, node in files.json(path).at("scripts").items():
        if node.text:
            yield Block(node.text, node.line, (label,))


def _unit(files: Files, path: str) -> Iterator[Block]:
    for line, key, value in units.assignments(files, path):
        if key.startswith("Exec"):
            yield Block(value.lstrip("-@:+!"), line, (key,))


@dataclass(frozen=True, slots=True)
class Recipe:
    """What make, just or Task does for a target: first what it ``needs``, then its own lines, each a shell of its own.

    ``names`` are the targets that it stands under. ``used`` is how a line writes a variable of the file, ``values`` are
    those that the file sets, of which a person, or the environment, can set the ``defaults`` to something else.
    """

    names: tuple[str, ...]
    needs: tuple[str, ...]
    lines: tuple[Block, ...]
    used: re.Pattern[str]
    values: Mapping[str, str]
    defaults: frozenset[str] = frozenset()

    def blocks(self, given: Mapping[str, str] | None = None) -> Iterator[Block]:
        """Its lines with their variables put in; with those ``given``, what is a default only stays open."""
        known = {name: text for name, text in self.values.items() if given is None or name not in self.defaults}
        return (_filled(block, {**known, **(given or {})}, self.used) for block in self.lines)


def recipes(files: Files, path: str) -> tuple[Recipe, ...]:
    """The recipes of a file of make, just or Task, in its order; () for another file."""
    return files.once(_all_recipes, path)


def _all_recipes(files: Files, path: str) -> tuple[Recipe, ...]:
    name = path.rpartition("/")[2]
    reader = next((reader for pattern, reader in _TASKS if pattern.fullmatch(name)), None)
    return tuple(reader(files, path)) if reader else ()


def _targets(files: Files, path: str) -> Iterator[Block]:
    return (block for recipe in recipes(files, path) for block in recipe.blocks())


def _make(files: Files, path: str) -> Iterator[Recipe]:
    return _recipes(files, path, _RULE, _USED)


def _just(files: Files, path: str) -> Iterator[Recipe]:
    return _recipes(files, path, _RECIPE, _SHOWN)


def _recipes(files: Files, path: str, header: re.Pattern[str], used: re.Pattern[str]) -> Iterator[Recipe]:
    """The recipes of make, or of just; continued lines belong together."""
    rows = list(_joined(files.text(path)))
    values, defaults = _values(row for _, row in rows)
    names: list[str] = []
    needs, lines, program = "", list[Block](), ""
    for number, row in (*rows, (0, "end:")):
        if not row.strip() or row[:1] == "#" or _CONDITIONAL.match(row):
            continue
        if row[:1] not in {"\t", " "}:
            if names:
                yield Recipe(tuple(names), tuple(_NEED.findall(needs)), tuple(lines), used, values, defaults)
            targets, colon, rest = row.split("#")[0].partition(":")
            rule = colon and not rest.startswith("=") and not _ASSIGNED.match(row) and header.fullmatch(targets)
            # a recipe of just has its parameters behind its name
            names = (targets.split() if header is _RULE else targets.split()[:1]) if rule else []
            names = [name.lstrip("@") for name in names]
            needs, _, body = rest.lstrip(":").partition(";")
            lines, program, body = [], "", body if rule else ""
        else:
            body = row
        body = re.sub(r"^[ \t]*[@+-]*[ \t]*", "", body)
        # a first line of this kind says which program just gives the whole recipe to
        program = program or (body if body.startswith("#!") else "")
        if names and body and (not program or is_shell("", program)):
            lines.append(Block(body, number, (names[0],), folder(path)))


def _filled(block: Block, values: Mapping[str, str], used: re.Pattern[str]) -> Block:
    text = block.text
    for _ in range(6):
        again = used.sub(lambda match: values.get(match["name"], match[0]), text)
        if again == text or len(again) > _LONGEST:
            break
        text = again
    if used is _USED:  # what stays open would be a command to a shell: $(NAME)
        text = used.sub(r"${\g<name>}", text).replace("$$", "$")
    return replace(block, filled=text)


def _joined(text: str) -> Iterator[tuple[int, str]]:
    """Lines with those that end in a backslash and the next in one, numbered by their first."""
    start, held = 0, ""
    for number, line in enumerate(text.split("\n"), 1):
        start = start or number
        if line.endswith("\\") and len(held) < _LONGEST:
            held += line + "\n"
            continue
        yield start, held + line
        start, held = 0, ""


def _values(rows: Iterable[str]) -> tuple[dict[str, str], frozenset[str]]:
    """What make or just sets, the first of several counting, and which of it is a default only (``?=``)."""
    found: dict[str, str] = {}
    defaults: set[str] = set()
    for row in rows:
        match = _ASSIGNED.match(row.replace("\\\n", " ")) if row[:1] not in {"\t", "#"} else None
        value = match["value"].strip() if match else ""
        whole = re.fullmatch(r"([\"'])(.*)\1", value)
        value = whole[2] if whole else value
        if match and match["how"] == "+" and match["name"] in found:
            found[match["name"]] = f"{found[match['name']]} {value}"[:_VALUE]
        elif match and len(value) <= _VALUE:
            found.setdefault(match["name"], value)
        if match and match["how"] == "?":
            defaults.add(match["name"])
    return found, frozenset(defaults)


def _tasks(files: Files, path: str) -> Iterator[Recipe]:
    """The tasks of a Taskfile: taskfile.dev, "Schema reference"."""
    for document in files.yaml(path):
        values = {name: node.text for name, node in document.at("vars").items() if node.text}
        for label, task in document.at("tasks").items():
            listed = task if task.is_list or task.text else task.at("cmds") or task.at("cmd")
            given = [node if node.text else node.at("cmd") for node in (listed if listed.is_list else (listed,))]
            needs = [node.text or node.at("task").text for node in task.at("deps")] if task.is_map else []
            lines = [Block(one.text, workflows.first_line(one), (label,), folder(path)) for one in given if one.text]
            yield Recipe((label,), tuple(filter(None, needs)), tuple(lines), _SHOWN, values)


def _processes(files: Files, path: str) -> Iterator[Block]:
    for number, line in files.lines(path):
        name, colon, command = line.partition(":")
        if colon and re.fullmatch(r"[\w-]+", name) and command.strip():
            yield Block(command.strip(), number, (name,))


def _guide(files: Files, path: str) -> Iterator[Block]:
    """What a guide shows as code: fenced, indented, behind a prompt, or between backticks; each under its heading."""
    heading, fence, first = "", "", 0
    held: list[str] = []
    rows, dashes = files.text(path).split("\n"), path.endswith(".adoc")
    indented = _LITERAL if path.endswith(".rst") else _CODE
    for number, line in enumerate(rows, 1):
        mark = _FENCE.match(line) or (re.match(r"----$", line) if dashes else None)
        if fence and not (mark and line.strip().startswith(fence)):
            held.append(line)
            continue
        code = not mark and indented.match(line)
        if held and not code:
            yield _typed(held, first, heading)
            held = []
        if mark:
            fence, first = "" if fence else line.strip()[:3], number + 1
        elif code:
            first = first if held else number
            held.append(line)
        elif match := _HEADING.fullmatch(line):
            heading = match["text"]
        elif not dashes and _UNDERLINE.fullmatch(line) and number > 1 and rows[number - 2].strip():
            heading = rows[number - 2].strip()
        else:
            yield from (_typed([span], number, heading) for span in _SPAN.findall(line))
    if held:
        yield _typed(held, first, heading)


def _typed(rows: list[str], line: int, heading: str) -> Block:
    text = _PROMPT.sub("", "\n".join(rows))
    filled = _BLANK.sub(lambda match: "${" + re.sub(r"\W", "_", match[1]).upper() + "}", text)
    return Block(text, line, (heading,), filled=filled)


_TASKS: tuple[tuple[re.Pattern[str], Callable[[Files, str], Iterator[Recipe]]], ...] = (
    (re.compile(r"(?:GNU)?makefile|.+\.mk", re.IGNORECASE), _make),
    (re.compile(r"\.?justfile", re.IGNORECASE), _just),
    (re.compile(r"taskfile\.ya?ml", re.IGNORECASE), _tasks),
)
_READERS: tuple[tuple[re.Pattern[str], Callable[[Files, str], Iterator[Block]]], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE), reader)
    for pattern, reader in (
        (r".+\.ps1", _powershell),
        (r"(?:GNU)?makefile|.+\.mk|\.?justfile|taskfile\.ya?ml", _targets),
        (r"package\.json", _package),
        (r".+\.service", _unit),
        (r"procfile", _processes),
        (r".+\.(?:mdx?|rst|adoc|txt)", _guide),
    )
)
