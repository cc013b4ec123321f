"""The ways of deploying that are known, one row each: which files and which commands say it, and where that is written.

Makes no command: a detector reads a way's files, `checklist.ways` has what a person types.
"""

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache

from releasekit.facts.model import Fact
from releasekit.facts.phrases import Phrases
from releasekit.facts.ways import clouds, clusters, containers, hosts, platforms
from releasekit.facts.ways.model import Family, Way

__all__ = [
    "BY_NAME",
    "CLUSTER",
    "WAYS",
    "Family",
    "Way",
    "claimed",
    "counting",
    "of_action",
    "of_command",
    "of_file",
    "of_name",
]

# the order decides between ways that are as likely
WAYS: tuple[Way, ...] = (*clusters.WAYS, *platforms.WAYS, *clouds.WAYS, *hosts.WAYS, *containers.WAYS)
BY_NAME = {way.name: way for way in WAYS}
_BY_CONTENT = tuple(way for way in WAYS if way.content)
CLUSTER = frozenset(way.name for way in WAYS if way.family is Family.CLUSTER)


def counting(facts: Iterable[Fact]) -> frozenset[str]:
    """The ways whose files say what is deployed: the elected one, those that it takes, and "" for files of no way."""
    name = next((fact.name for fact in facts if fact.kind == "way"), "")
    return frozenset(("", name, *(BY_NAME[name].takes if name else ())))


def of_file(path: str, text: str) -> Way | None:
    """The way whose main file this is, by its path and by what it holds; None when it is of none."""
    named = next((way for way in WAYS if way.claims(path) and way.known_by(text)), None) if claimed(path) else None
    return named or next((way for way in _BY_CONTENT if re.search(way.content, text, re.MULTILINE)), None)


def claimed(path: str) -> bool:
    """Whether a path is that of a main file of any way: one question in place of one a way."""
    return _files().fullmatch(path) is not None


@lru_cache(maxsize=1)
def _files() -> re.Pattern[str]:
    return re.compile(rf"(?:.*/)?(?:{'|'.join(pattern for way in WAYS for pattern in way.files)})")


def of_name(path: str) -> Way | None:
    """The first way of which this is a main file by its path alone."""
    return next((way for way in WAYS if way.claims(path)), None)


def of_action(uses: str) -> Way | None:
    """The way that a GitHub action deploys by; its version counts for nothing.

    An action that no row names, as an organisation keeps its own, says it with its name: the words of one way beside
    ``deploy``.
    """
    name = uses.partition("@")[0].lower()
    known = next((way for way in WAYS if name in way.actions), None)
    return known or _spoken(name.removesuffix("/").rpartition("/")[2])


def _spoken(name: str) -> Way | None:
    """The way whose name stands among the words of an action's name that says that it deploys."""
    words = re.split(r"[-_.]", name)
    if not {"deploy", "deployment", "rollout"}.intersection(words):
        return None
    text = "-".join(words)
    named = [way for way in WAYS if re.search(rf"(?:^|-){re.escape(way.name)}(?:-|$)", text)]
    return max(named, key=lambda way: len(way.name), default=None)


def of_command(words: Sequence[str]) -> Way | None:
    """The way that a command deploys by: its program and, in this order among the other words, what the row names.

    ``words`` are the program without its folder and its arguments. None for commands that deploy nothing.
    """
    program = next((word for word in words if not word.startswith("-")), "")
    found = _phrases().find(program, words[1:])
    return found[1] if found else None


@lru_cache(maxsize=1)
def _phrases() -> Phrases[Way]:
    return Phrases((command, way) for way in WAYS for command in way.commands)
