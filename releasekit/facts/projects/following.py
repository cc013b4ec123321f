"""What shell text does in the end: scripts, recipes of make, just and Task, and package scripts of this repository that
it runs are read in its place. Runs nothing.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from releasekit.facts.code import at, folder
from releasekit.facts.files import Files
from releasekit.facts.projects.shells import Ran
from releasekit.facts.projects.shelltexts import Block, Recipe, recipes

# programs that run what stands behind their `--`, with secrets in its environment
_CARRIERS = frozenset("doppler op chamber aws-vault infisical teller dotenv dotenvx".split())
_MANAGERS = frozenset(("npm", "pnpm", "yarn", "bun"))
# of these, what names a folder, and what names a part of a workspace
_PREFIXES = frozenset(("--prefix", "-C", "--dir", "--cwd"))
_WORKSPACES = frozenset(("-w", "--workspace", "--filter", "-F"))
_MAKE = ("Makefile", "makefile", "GNUmakefile")
_JUST = ("justfile", "Justfile", ".justfile")
_TASK = ("Taskfile.yml", "Taskfile.yaml", "taskfile.yml", "taskfile.yaml")
_RUNNERS = {"make": _MAKE, "gmake": _MAKE, "just": _JUST, "task": _TASK, "go-task": _TASK}
# options of these that take a value (make(1), just(1), taskfile.dev "CLI")
_VALUES = frozenset("-C --directory -f --file --makefile -j --jobs -d --working-directory --justfile --dir -t".split())
_FOLDERS = frozenset(("-C", "--directory", "-d", "--working-directory", "--dir"))
_NAMED = frozenset(("-f", "--file", "--makefile", "--justfile", "-t", "--taskfile"))
_HEROKU, _HEROKU_GIT = "heroku", re.compile(r"https://(?:[^@/]*@)?git\.heroku\.com/|git@heroku\.com:")
DEPTH = 3  # files that run files


@dataclass(frozen=True, slots=True)
class Done:
    """A command, and the file it stands in.

    ``words`` are those of what it does in the end, ``piped`` those of the command whose output it is given, if any.
    ``text`` is what is typed for it: with what is piped into it, and with the shell that it is handed to; ``folder`` is
    where that is typed, and ``within`` where the command itself runs ("" for the root).
    """

    words: tuple[str, ...]
    piped: tuple[str, ...]
    path: str
    line: int
    text: str
    folder: str
    within: str

    @property
    def source(self) -> str:
        """``file:line``."""
        return f"{self.path}:{self.line}"


def done(files: Files, path: str, block: Block) -> Iterator[Done]:
    """All commands of a text in their order, and behind one that runs a file of this repository what that does."""
    return _followed(files, path, block.commands(files, path), ((path, block.line),))


def alone(path: str, commands: Iterable[Ran]) -> Iterator[Done]:
    """Commands by themselves: what they run of this repository is not followed."""
    before: tuple[str, ...] = ()
    text = ""
    for ran in commands:
        words = called(ran)
        if not words:
            continue
        piped = before if ran.command.operator == "|" else ()
        text = f"{text} | {ran.typed.raw}" if piped and ran.typed is ran.command else ran.typed.raw
        yield Done(words, piped, path, ran.command.line, text, ran.place, ran.folder)
        before = words


def called(ran: Ran) -> tuple[str, ...]:
    """The words of what a command does in the end, its program without a folder of the system."""
    words = [word.text for word in ran.command.call]
    if words and words[0] in _CARRIERS and "--" in words:
        words = words[words.index("--") + 1 :]
    if words[:1] == ["ssh"]:  # the shell of this user is Dokku itself (dokku.com/docs)
        host = next((number for number, word in enumerate(words) if word.startswith("dokku@")), 0)
        words = ["dokku", *words[host + 1 :]] if host else words
    if words[:2] == ["git", "push"]:  # the same remote by its address (devcenter.heroku.com/articles/git)
        words = [_HEROKU if _HEROKU_GIT.match(word) else word for word in words]
    if words and words[0].startswith("/"):
        words[0] = words[0].rpartition("/")[2]
    return tuple(words)


def _followed(files: Files, path: str, commands: Iterable[Ran], above: tuple[tuple[str, int], ...]) -> Iterator[Done]:
    """``above`` are the texts that led here: what runs itself is not followed again."""
    rans = [ran for ran in commands if called(ran)]
    for ran, one in zip(rans, alone(path, rans), strict=True):
        yield one
        for place, block in texts(files, ran) if len(above) <= DEPTH else ():
            here = (place, block.line)
            if here not in above:
                yield from _followed(files, place, block.commands(files, place), (*above, here))


def texts(files: Files, ran: Ran) -> Iterator[tuple[str, Block]]:
    """(path, text) of what a command runs of this repository: a script, recipes in their order, a package's script."""
    words = called(ran)
    program, arguments = (words[0], words[1:]) if words else ("", ())
    if program in _RUNNERS:
        yield from _of_recipes(files, _RUNNERS[program], arguments, ran.folder)
    elif program in _MANAGERS:
        yield from _of_package(files, arguments, ran.folder)
    elif program:
        name = arguments[0] if program in {"bash", "sh", "zsh", "source", "."} and arguments else program
        folders = (ran.folder, "") if "$" not in name else ()
        for place in dict.fromkeys(at(files.tree, one, name) for one in folders):
            if place in files.tree and (place.endswith((".sh", ".bash")) or files.text(place).startswith("#!")):
                yield place, Block(files.text(place), 1, (name,), ran.folder)
                return


def _of_recipes(files: Files, names: Sequence[str], arguments: Sequence[str], here: str) -> Iterator[tuple[str, Block]]:
    targets: list[str] = []
    given: dict[str, str] = {}
    where, named, before = "", "", ""
    for word in arguments:
        name, equals, value = word.partition("=")
        if before in _FOLDERS:
            where = word
        elif before in _NAMED:
            named = word
        elif equals and not word.startswith("-"):
            given[name] = value
        elif not word.startswith("-") and before not in _VALUES:
            targets.append(word)
        before = word
    listed = (named,) if named else names
    places = (at(files.tree, at(files.tree, here, where), name) for name in listed)
    path = next((place for place in places if place in files.tree), "")
    for recipe in _ordered(recipes(files, path) if path else (), targets, ()):
        yield from ((path, block) for block in recipe.blocks(given))


def _ordered(found: Sequence[Recipe], targets: Iterable[str], above: tuple[str, ...]) -> Iterator[Recipe]:
    """The recipes of these targets, each behind those of what it needs."""
    for target in targets if len(above) <= DEPTH else ():
        for recipe in found if target not in above else ():
            if target in recipe.names:
                yield from _ordered(found, recipe.needs, (*above, target))
                yield recipe


def _of_package(files: Files, arguments: Sequence[str], here: str) -> Iterator[tuple[str, Block]]:
    """The script of a package: of the folder, or of the part of a workspace that is named."""
    words, folders, parts = [], [], []
    before = ""
    for word in arguments:
        name, equals, value = word.partition("=")
        given = value if equals else ""
        if before in _PREFIXES or (name in _PREFIXES and given):
            folders.append(given or word)
        elif before in _WORKSPACES or (name in _WORKSPACES and given):
            parts.append(given or word)
        elif not word.startswith("-") and word not in {"run", "run-script"}:
            words.append(word)
        before = "" if equals else word
    if words[:1] == ["workspace"] and len(words) > 2:  # of yarn
        parts, words = [words[1]], words[2:]
    where = at(files.tree, here, folders[0]) if folders else here
    path = _workspace(files, parts[0]) if parts else at(files.tree, where, "package.json")
    script = files.json(path).at("scripts", words[0]) if path in files.tree and words else None
    if script is not None and script.text:
        yield path, Block(script.text, script.line, (words[0],), folder(path))


def _workspace(files: Files, name: str) -> str:
    """The package.json of a part of a workspace, by its name or its folder; "" when it is not here."""
    found = [path for path in files.tree.named("package.json") if folder(path) == name.removeprefix("./")]
    return next(iter(found), "") or next(
        (path for path in files.tree.named("package.json") if files.json(path).at("name").text == name), ""
    )
