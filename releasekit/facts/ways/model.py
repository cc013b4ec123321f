"""What a row of a way of deploying says. Knows no way."""

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache


class Family(StrEnum):
    """Ways whose files say the same things of the same services, so that facts of one hold for another."""

    CONTAINERS = "containers"  # Docker's own: Compose, Swarm
    CLUSTER = "cluster"  # objects of a Kubernetes cluster
    PLATFORM = "platform"  # a platform builds and runs it
    CLOUD = "cloud"  # services of one cloud, by its own tools
    HOSTS = "hosts"  # processes or containers on machines that somebody logs in to


@dataclass(frozen=True, slots=True)
class Way:
    """One way of deploying.

    ``files`` are regular expressions of the paths of its main files, ``holds`` one that such a file's text must match
    where its name means other things too, ``content`` one by which a YAML file of any name near the root is one of
    them. ``commands`` are programs with the words that follow, options left out, of which each deploys; ``actions`` are
    GitHub actions that do. ``documentation`` is where its commands are described.
    ``reads`` is whether a detector reads its files. ``grace`` is how many seconds a process has between SIGTERM and
    SIGKILL where no file says it; None when that is not known. ``button`` marks ways whose file often is only a button
    that starts a copy for a try. ``takes`` are ways whose files it deploys, so that what they say holds for it too.
    """

    name: str
    title: str
    family: Family
    documentation: str
    files: tuple[str, ...] = ()
    holds: str = ""
    content: str = ""
    commands: tuple[str, ...] = ()
    actions: tuple[str, ...] = ()
    reads: bool = False
    grace: int | None = None
    button: bool = False
    takes: tuple[str, ...] = ()

    def known_by(self, text: str) -> bool:
        """Whether a file of a fitting name holds what a main file of this way holds."""
        return not self.holds or re.search(self.holds, text, re.MULTILINE) is not None

    def claims(self, path: str) -> bool:
        """Whether a path is that of a main file of this way; what it has to hold is not looked at."""
        return any(pattern.fullmatch(path) for pattern in _compiled(self.files))


@lru_cache(maxsize=256)
def _compiled(patterns: tuple[str, ...]) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(rf"(?:.*/)?(?:{pattern})") for pattern in patterns)
