"""Every command is one that a shell takes, whatever the names in a repository's files are."""

import shlex
import subprocess
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from pathlib import Path

import pytest

from releasekit.checklist.build import build
from releasekit.checklist.model import Checklist
from releasekit.checklist.release import Release
from releasekit.checklist.template import bundled
from releasekit.facts.analysis import analyse
from releasekit.facts.change import Change
from releasekit.facts.comparing import compare
from releasekit.tree import of_texts
from tests import services
from tests.checklist.ways.hostile import NAMES, PLACES, replaced, texts
from tests.checklist.ways.laid import FIXTURES, REPOSITORIES, Laid
from tests.checklist.ways.standins import PROGRAMS
from tests.checklist.ways.standins.grammar import RefusedError, Tool
from tests.checklist.ways.standins.session import CARRIERS, DRIVER

OLD, NEW = "a" * 40, "b" * 40
RELEASE = Release(
    "shop", "1.1.0", level="A", candidate_sha=NEW, candidate_tag="v1.1.0", running_ref="v1.0.0", running_sha=OLD
)
# programs of the machine that a hostile name must not be able to start
ALLOWED = ("bash", "sh", "touch", "cat", "env")


def commands(checklist: Checklist) -> list[str]:
    """All that a person may type: of the steps, and of what items show beside them."""
    typed = [step.command for step in checklist.steps if step.command]
    typed += [detail.code for item in checklist.items for detail in item.details if detail.typed and detail.code]
    return list(dict.fromkeys(typed))


def test_every_command_parses(laid: Callable[[str], Laid]) -> None:
    typed = {command: fixture for fixture in FIXTURES for command in commands(laid(fixture).checklist)}
    assert [command for command in typed if "\n" in command] == []
    assert unparsed(list(typed)) == []


def unparsed(typed: Sequence[str]) -> list[str]:
    """Those that bash cannot parse; one bash for all of them where it can."""
    if _parses("\n".join(typed)):
        return []
    return [command for command in typed if not _parses(command)]


def _parses(script: str) -> bool:
    return subprocess.run(["bash", "-n"], input=script.encode(), capture_output=True, check=False).returncode == 0


def test_shellcheck_finds_no_error_in_any_command(laid: Callable[[str], Laid], tmp_path: Path) -> None:
    program = services.require("shellcheck")
    typed = [(command, fixture) for fixture in FIXTURES for command in commands(laid(fixture).checklist)]
    script = tmp_path / "typed.sh"
    script.write_text("".join(f"{command}\n" for command, _ in typed))
    words = [str(program), "--severity=error", "--shell=bash", "--format=gcc", str(script)]
    found = subprocess.run(words, capture_output=True, text=True, check=False).stdout.splitlines()
    told = [(typed[int(line.split(":")[1]) - 1], line.partition(": ")[2]) for line in found]
    assert told == []


@cache
def hostile(fixture: str, turn: int) -> tuple[str, ...]:
    """The commands for a fixture with hostile names, which is made of texts alone."""
    base = texts(REPOSITORIES / fixture / "base")
    before = of_texts(replaced(base, PLACES[fixture], turn))
    after = of_texts(replaced(base | texts(REPOSITORIES / fixture / "release"), PLACES[fixture], turn))
    now = analyse(after)
    change = compare(Change(OLD, NEW), before, analyse(before), after, now)
    return tuple(commands(build(bundled(), now, change, RELEASE)))


def stubs(folder: Path) -> Path:
    """Programs that do nothing; of the machine's own only those that a hostile name would need."""
    folder.mkdir()
    nothing = dict.fromkeys((*PROGRAMS, "git", "zip", "grep", "sleep"), "exit 0")
    for name, body in {**CARRIERS, **nothing}.items():
        (folder / name).write_text(f"#!/bin/bash\n{body}\n")
        (folder / name).chmod(0o755)
    for name in ALLOWED:
        found = services.find(name)
        assert found
        (folder / name).symlink_to(found)
    return folder


@pytest.fixture(scope="session")
def programs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the programs that do nothing."""
    return stubs(tmp_path_factory.mktemp("hostile") / "bin")


def execute(typed: Sequence[str], programs: Path, folder: Path) -> list[Path]:
    """Type all of them into one bash, and return what a hostile name has made."""
    (folder / "work").mkdir(parents=True)
    environ = {"PATH": str(programs), "TYPED": str(folder)}
    words = ["/bin/bash", "--norc", "--noprofile", "-c", DRIVER]
    data = b"".join(command.encode() + b"\0" for command in typed)
    subprocess.run(words, cwd=folder / "work", env=environ, input=data, capture_output=True, check=False, timeout=60)
    return list(folder.rglob("PWNED*"))


@pytest.mark.parametrize("fixture", sorted(PLACES))
def test_no_name_in_a_file_makes_a_shell_do_anything(fixture: str, programs: Path, tmp_path: Path) -> None:
    typed = list(dict.fromkeys(c for turn in range(len(NAMES)) for c in hostile(fixture, turn)))
    assert typed
    assert unparsed(typed) == []
    made = execute(typed, programs, tmp_path / "all")
    assert made == [], [c for n, c in enumerate(typed) if execute([c], programs, tmp_path / str(n))]


@pytest.mark.parametrize("fixture", sorted(PLACES))
def test_no_name_in_a_file_is_taken_for_an_option(fixture: str, tmp_path: Path) -> None:
    taken = [
        (command, str(refused))
        for turn in range(len(NAMES))
        for command in hostile(fixture, turn)
        for refused in _refused(command, tmp_path)
    ]
    assert taken == []


def _refused(command: str, cwd: Path) -> Iterator[RefusedError]:
    """What the programs in a command say of an option that they do not have and that is a hostile name."""
    for words in _simple(command):
        program = PROGRAMS.get(words[0])
        tool = program if isinstance(program, Tool) else getattr(program, "tool_for", lambda _: None)(words)
        if tool is not None and any(word.startswith("-x") for word in words):
            try:
                tool.understood(words[2:] if words[:2] == ["docker", "compose"] else words[1:], cwd)
            except RefusedError as refused:
                if "needs an argument" in str(refused) or ("-x" in str(refused) and "unknown flag" in str(refused)):
                    yield refused


def _simple(command: str) -> Iterator[list[str]]:
    """The simple commands in one that is joined by operators."""
    lexer = shlex.shlex(command, posix=True, punctuation_chars=True)
    lexer.whitespace_split = True
    words: list[str] = []
    for word in lexer:
        if word and not word.strip("();<>|&"):
            if words:
                yield words
            words = []
        elif words or word not in {"sudo", "npx"}:
            words.append(word)
    if words:
        yield words


def test_the_hostile_names_stand_where_commands_take_them() -> None:
    """A table of places that match nothing would test nothing."""
    base = {fixture: texts(REPOSITORIES / fixture / "base") for fixture in PLACES}
    each = [(fixture, place) for fixture, places in PLACES.items() for place in places]
    assert [one for one in each if replaced(base[one[0]], one[1:], 0) == base[one[0]]] == []


def test_a_name_that_is_not_quoted_would_be_seen(programs: Path, tmp_path: Path) -> None:
    for number, name in enumerate(NAMES[:2] + NAMES[5:]):
        assert execute([f"kubectl scale {name}"], programs, tmp_path / str(number)), name
        assert execute([f"kubectl scale {shlex.quote(name)}"], programs, tmp_path / f"{number}q") == []
