"""What every way answers: the steps that deploy, stop, wait, look and go back. Knows no way."""

import re
import shlex
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from types import MappingProxyType
from typing import ClassVar

from releasekit.checklist.context import Context
from releasekit.checklist.model import Act, Step
from releasekit.checklist.words import listed
from releasekit.facts.model import Fact
from releasekit.facts.projects import shells

# what pipelines call the tag and the commit that they run for
_TAGS = (
    *("GITHUB_REF_NAME", "github.ref_name", "CI_COMMIT_TAG", "CI_COMMIT_REF_NAME", "CIRCLE_TAG", "BITBUCKET_TAG"),
    *("BUILDKITE_TAG", "DRONE_TAG", "TAG_NAME"),
)
_SHAS = (
    *("GITHUB_SHA", "github.sha", "CI_COMMIT_SHA", "CIRCLE_SHA1", "BITBUCKET_COMMIT", "BUILDKITE_COMMIT"),
    *("COMMIT_SHA", "DRONE_COMMIT_SHA"),
)
_VARIABLE = re.compile(
    r"\$\{\{\s*(?P<expression>[\w.\[\]'\"-]+)\s*\}\}|\$\{(?P<braced>\w+)\}|\$\((?P<macro>[\w.]+)\)|\$(?P<bare>\w+)"
)
# a pipeline's command that is typed in a folder, as the analysis writes it down
_FOLDER = re.compile(r"\((?P<folder>cd (?:[\w./-]+|'[^']+')) && (?P<command>.*)\)", re.DOTALL)
# blanks for the main file of this application and its folder, where nothing says which of several it is
FILE = "FILE"
FOLDER = "FOLDER"
# a blank in a command, also as the first part of a name: STACK in STACK_web, and not in MY_STACK
_BLANK = r"(?<![A-Z0-9])(?<![A-Z0-9][_-]){}(?![A-Z0-9]|[_-][A-Z0-9])"
# what a shell, a pipeline or a template would fill in
_OPEN = re.compile(r"[$`{}<>*?~&|;()!#\n]")


class Commands:
    """The commands of one way for one release; those of an unknown way, which has none.

    Each method yields steps. None means that the way has no such act, or that nobody can know it from the files; who
    has to know it is said where the step would stand. All that comes from files is quoted for the shell.
    """

    way: ClassVar[str] = ""
    # blanks that its commands can have, each with where a person finds the value
    blanks: ClassVar[Mapping[str, str]] = MappingProxyType({})
    # whether its commands read files of the candidate's checkout
    checkout: ClassVar[bool] = False

    @property
    def checkout_back(self) -> bool:
        """Whether its way back reads files of the checkout of the version before."""
        return False

    def __init__(self, context: Context) -> None:
        self.c = context
        self.d = context.deployment

    # what a release does, in order

    def artefact(self) -> Iterator[Step]:
        """Make or find what the new version runs as: an image, a build."""
        yield from self.made(Act.BUILD, self.new)

    def made(self, act: Act, version: str) -> Iterator[Step]:
        """The pipeline's own commands that make what is deployed."""
        for fact in self.c.of("build_step"):
            command = typed(str(fact.value), self.known(back=act.back))
            if command is not None and fact.path in {line.path for line in self.d.lines}:
                yield Step(act, f"Make what is deployed, of {version}.", command[0], "exit status 0", fact.source)

    def choose(self, act: Act, version: str) -> Iterator[Step]:
        """Set the variables by which the files choose the tag of this application's images, for all that is typed."""
        built = {fact.service for fact in self.c.of("build")}
        own = {fact.name for fact in self.c.own} - built
        found = {fact.name: fact.source for fact in reversed(self.c.of("image_variable")) if fact.service in own}
        if found:
            words = [f"{name}={name.upper()}_VALUE" for name in found]
            where = f"the tag under which the image of {version} was pushed"
            fill = tuple((f"{name.upper()}_VALUE", where) for name in found)
            text = f"Choose the image of {version}, for all commands that follow in this shell."
            source = next(iter(found.values()))
            yield Step(act, text, shlex.join(("export", *words)), "no output", source, way=self.way, fill=fill)

    def configure(self) -> Iterator[Step]:
        """Bring the new configuration in, before anything starts with it."""
        yield from ()

    def stop(self) -> Iterator[Step]:
        """Stop the running version, what started last first."""
        yield from ()

    def once(self, job: Fact) -> Iterator[Step]:
        """Run a job of the deployment once, in the new version's artefact, and wait for its end."""
        yield from ()

    def deploy(self) -> Iterator[Step]:
        """Bring the new version in."""
        yield from ()

    def scale(self) -> Iterator[Step]:
        """Bring back what was stopped and does not come back by itself."""
        yield from ()

    def wait(self) -> Iterator[Step]:
        """Wait until the new version has replaced the old one."""
        yield from ()

    def status(self) -> Iterator[Step]:
        """See what runs."""
        yield from ()

    # what a rollback does

    def halt(self) -> Iterator[Step]:
        """Stop a rollout that is still going on."""
        yield from ()

    def previous(self) -> Iterator[Step]:
        """Bring the version before back, in the way's own manner."""
        yield from ()

    # what other lines need

    def running(self) -> Iterator[Step]:
        """Note what runs now, so that it can be returned to."""
        yield from ()

    def logs(self) -> tuple[str, ...]:
        """The commands that print the application's logs of the last quarter of an hour; () when none is known."""
        return ()

    def inside(self, service: str) -> str:
        """What stands before a command to run it inside a service; "" when there is no such place."""
        return ""

    def asks(self, service: str, port: int, path: str) -> str:
        """A command that asks a service's port over HTTP from where the person sits; "" when none can."""
        return ""

    # how steps are written

    def step(self, act: Act, text: str, *words: str, expect: str = "", source: str = "") -> Step:
        """A step with a command of these words, each quoted for the shell where it has to be; blanks are told."""
        expect = expect if words else ""
        return Step(act, text, shlex.join(words), expect, source, way=self.way, fill=self.filled(*words))

    def filled(self, *words: str) -> tuple[tuple[str, str], ...]:
        """The blanks in these words, each with where its value is found."""
        text = " ".join(words)
        return tuple((name, where) for name, where in self._blanks.items() if re.search(_BLANK.format(name), text))

    @cached_property
    def _blanks(self) -> Mapping[str, str]:
        if len(self.d.mains) < 2:
            return self.blanks
        file = f"the file of this application: one of {listed(self.d.mains)}"
        folder = f"the folder of this application: one of {listed(self._folders)}"
        return {**self.blanks, FILE: file, FOLDER: folder}

    @property
    def file(self) -> str:
        """The main file of this application, a blank where nothing says which of several; "" when none is there."""
        return FILE if self.d.mains[1:] else self.d.main

    @property
    def _folders(self) -> list[str]:
        return list(dict.fromkeys(path.rpartition("/")[0] for path in self.d.mains))

    @property
    def folder(self) -> str:
        """The folder of that file, "" for the root; a blank where files in several folders could be it."""
        return FOLDER if self._folders[1:] else next(iter(self._folders), "")

    def written_or(self, act: Act, text: str, *words: str, expect: str = "", source: str = "") -> Iterator[Step]:
        """The pipeline's own commands that deploy, where a person can type them all, else one of these words."""
        written = self.written(back=act.back)
        for fact, command, fill in written:
            yield Step(act, text, command, expect, fact.source, way=self.way, fill=fill)
        if not written and words:
            yield self.step(act, text, *words, expect=expect, source=source or self.shown)

    @property
    def shown(self) -> str:
        """The place that shows that this is the way."""
        return self.d.fact.source if self.d.fact else ""

    def run(self, command: Sequence[str], service: str, source: str) -> Step | None:
        """A step that runs a migration's command, given as words, in the new version; None when nobody knows where."""
        return None

    # whether `run` needs no more than the artefact; where it runs in what is deployed, it comes after the deploy
    runs_new_first: ClassVar[bool] = True

    def blank(self, value: str, name: str) -> str:
        """A value that is known, else this name, which is one of `blanks`.

        What begins with a dash would be read as an option: it is no value.
        """
        return value if value and not value.startswith("-") else name

    def within(self, command: Sequence[str], service: str, source: str) -> Step | None:
        """A step that runs a command, given as words, inside what runs now; None when nobody can know where."""
        if not self.runs_new_first:  # then `run` runs in what is deployed
            return self.run(command, service, source)
        inside = self.inside(service)
        if not inside:
            return None
        text = f"{inside} {shlex.join(command)}"
        return Step(Act.BACK_SCHEMA, f"Run it inside {service}.", text, "exit status 0", source, way=self.way)

    # whether the way back leaves the platform's hooks out, which would migrate in the old code
    skips_hooks: ClassVar[bool] = False

    def backup(self) -> Iterator[Step]:
        """Back up with the platform's own tool."""
        yield from ()

    def restore(self) -> Iterator[Step]:
        """Read back what `backup` made."""
        yield from ()

    def as_it_stands(self, command: str) -> bool:
        """Whether a person can type a command without filling in a blank."""
        return not self.filled(command)

    @cached_property
    def services(self) -> tuple[Fact, ...]:
        """The services with this release's own code that stay up, in the order in which they start."""
        return tuple(fact for fact in self.c.own if fact.name not in self.c.jobs and not fact.name.startswith("-"))

    @property
    def started(self) -> list[str]:
        """Their names, first started first."""
        return [fact.name for fact in self.services]

    @property
    def names(self) -> list[str]:
        """Their names, last started first: the order in which they stop."""
        return self.started[::-1]

    @cached_property
    def lines(self) -> tuple[tuple[Fact, list[str]], ...]:
        """The pipeline's commands that deploy in this way, with their words."""
        return tuple((fact, _done(_inner(str(fact.value)))) for fact in self.d.lines)

    def option(self, *names: str, default: str = "") -> str:
        """The value that the pipeline gives an option of a command, or an input of an action; else ``default``.

        Only what stands written out counts.
        """
        for _, words in self.lines:
            for number, word in enumerate(words):
                name, equals, value = word.partition("=")
                value = value if equals else next(iter(words[number + 1 :]), "")
                if name in names and value and not value.startswith("-") and plain(value):
                    return value
        given = {fact.name: str(fact.value) for fact in self.c.of("action_input") if fact.way == self.d.way}
        return next((given[name] for name in names if name in given), default)

    def argument(self, *before: str) -> str:
        """The word that follows these words in a pipeline's command; "" when it is not written out."""
        for _, words in self.lines:
            for number in range(len(words) - len(before)):
                if tuple(words[number : number + len(before)]) == before:
                    following = words[number + len(before)]
                    if not following.startswith("-") and plain(following):
                        return following
        return ""

    def written(self, *, back: bool = False) -> list[tuple[Fact, str, tuple[tuple[str, str], ...]]]:
        """The commands of one pipeline that deploy, in order, with their blanks; [] when one of them cannot be typed.

        What a pipeline calls the version is filled in, that of the running version for the way ``back``; its other
        variables are blanks of their names.
        """
        found: list[tuple[Fact, str, tuple[tuple[str, str], ...]]] = []
        for fact in self.d.lines:
            if fact.path != self.d.lines[0].path or not fact.value:
                continue  # another pipeline that deploys too, or an action
            made = typed(str(fact.value), self.known(back=back))
            if made is None:
                return []
            where = "left open by the guide" if fact.kind == "documented" else "a variable of the pipeline"
            blanks = tuple((name, f"{where} ({fact.source})") for name in made[1])
            if made[0] not in [command for _, command, _ in found]:  # a text for another shell deploys more than once
                found.append((fact, made[0], blanks))
        return found

    def known(self, *, back: bool) -> dict[str, str]:
        """What pipelines call the version, with its value: that of the running version for the way ``back``."""
        release = self.c.release
        tag, sha = release.candidate_tag, release.candidate_sha
        if back:
            tag, sha = release.running_tag, release.running_sha
        found = {**dict.fromkeys(_TAGS, tag), **dict.fromkeys(_SHAS, sha)}
        return {name: value for name, value in found.items() if value}

    def of(self, path: str) -> str:
        """A path of the repository as a command takes it: what begins with a dash could be read as an option."""
        return f"./{path}" if path.startswith("-") else path

    @property
    def new(self) -> str:
        """What the candidate is called in sentences."""
        return self.c.release.new

    @property
    def old(self) -> str:
        """What the running version is called in sentences."""
        return self.c.release.old or "the version before"


def plain(word: str) -> bool:
    """Whether a word holds nothing that a shell, a pipeline or a template would replace."""
    return bool(word) and not _OPEN.search(word) and word.isprintable()


def _inner(text: str) -> str:
    """A command without the folder that it is typed in."""
    found = _FOLDER.fullmatch(text)
    return found["command"] if found else text


def _done(text: str) -> list[str]:
    """The words of a command, those of a text for another shell that stands in it (``ssh host '…'``) among them."""
    words = _words(text)
    handed = {one.text for command in shells.read(text, "").commands for one in shells.handed(command)}
    return [part for word in words for part in (_words(word) if word in handed else (word,))]


def typed(text: str, known: Mapping[str, str]) -> tuple[str, tuple[str, ...]] | None:
    """A pipeline's command as a person types it, and the names of its blanks; None when that cannot be told.

    ``known`` are values by the names of variables; a variable without one becomes a blank of its name.
    """
    blanks: dict[str, None] = {}

    def fill(match: re.Match[str]) -> str:
        name = next(value for value in match.groupdict().values() if value)
        if name in known:
            return known[name]
        blank = re.sub(r"\W+", "_", name.rpartition(".")[2] or name).upper().strip("_") or "VALUE"
        blanks[blank] = None
        return blank

    if "\n" in text:  # a text for another shell, line by line
        return None
    found = _FOLDER.fullmatch(text)
    parts = [_words(_VARIABLE.sub(fill, part)) for part in (found.groups() if found else (text,))]
    if not all(part and all(map(plain, part)) for part in parts):
        return None
    command = " && ".join(map(shlex.join, parts))
    return f"({command})" if found else command, tuple(blanks)


def typable(text: str) -> tuple[str, ...]:
    """The words of one command that a person can type as it stands; () when it is none, or holds anything open."""
    words = _words(text)
    return tuple(words) if words and all(map(plain, words)) else ()


def _words(text: str) -> list[str]:
    try:
        return shlex.split(text)
    except ValueError:
        return []
