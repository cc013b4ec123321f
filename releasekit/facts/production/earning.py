"""Whether a Compose file is how production runs: named rules in order, each with its reason."""

import posixpath
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from releasekit.facts.files import Files
from releasekit.facts.places import aside
from releasekit.facts.production import stacks
from releasekit.facts.production.choosing import DEFAULTS, Deployment, Weak
from releasekit.facts.production.deploying import Deploys, of_ci, of_guides
from releasekit.facts.production.developing import signs
from releasekit.facts.production.stacks import Starts
from releasekit.facts.production.together import says_production
from releasekit.facts.stages import is_chosen
from releasekit.syntax.expression import Expression

_CONTAINERS = frozenset(("compose", "swarm"))
_STACK = Expression(r"(?:[^/]*[-_.])?(?:stack|swarm)[^/]*\.ya?ml", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Earned:
    """The rule that decided, its reason in words, and where it is written.

    ``rule`` is "" when the files are not how production runs; ``doubt`` then is the code of the reason why not.
    """

    rule: str
    reason: str
    source: str
    doubt: str = ""


Rule = Callable[[Files, Deployment, frozenset[str]], Earned | None]


def chosen(files: Files, item: Deployment, own: frozenset[str]) -> Earned | None:
    """The person names all of its files."""
    named = bool(files.chosen) and all(is_chosen(files, path) for path in item.paths)
    return Earned("chosen", "named in application.files", f"{item.paths[0]}:1") if named else None


def pipeline(files: Files, item: Deployment, own: frozenset[str]) -> Earned | None:
    """A pipeline that deploys takes it."""
    for one in _using(of_ci(files), item.paths):
        return Earned("pipeline", f"deployed by {one.source}", one.source)
    return None


def guide(files: Files, item: Deployment, own: frozenset[str]) -> Earned | None:
    """A guide takes it, under a heading or in a file that speaks of production."""
    for one in _using(of_guides(files), item.paths):
        return Earned("guide", f"the guide deploys with it: {one.source}", one.source)
    return None


def alternative(files: Files, item: Deployment, own: frozenset[str]) -> Earned | None:
    """It can take the place of others, and nothing says that it does."""
    return Earned("", item.reason, f"{item.paths[0]}:1", "alternative") if item.alternative else None


def named(files: Files, item: Deployment, own: frozenset[str]) -> Earned | None:
    """Its name or its folder says production."""
    says = any(map(says_production, item.paths)) and not aside(item.paths[0])
    return Earned("named", item.reason, f"{item.paths[0]}:1") if says else None


def developing(files: Files, item: Deployment, own: frozenset[str]) -> Earned | None:
    """It mounts the source, reloads, holds stand-ins, or says that it is for development."""
    for sign in (sign for path in item.paths for sign in signs(files, path)):
        return Earned("", sign.reason, sign.source, "development")
    return None


def weak(files: Files, item: Deployment, own: frozenset[str]) -> Earned | None:
    """It counts only while nothing else deploys the application."""
    return Earned("", item.doubt, f"{item.paths[0]}:1", str(item.weak)) if item.weak else None


def part(files: Files, item: Deployment, own: frozenset[str]) -> Earned | None:
    """It belongs to the files beside it."""
    return Earned("part", item.reason, f"{item.paths[0]}:1") if item.part else None


def starting(files: Files, item: Deployment, own: frozenset[str]) -> Earned | None:
    """It starts the service's own image or build, or nothing of the application."""
    most = max((stacks.starts(files, path, own) for path in item.paths), default=Starts.STORES)
    place = f"{item.paths[0]}:1"
    if most > Starts.STORES:
        return Earned("starting", item.reason, place)
    return Earned("", "it starts nothing of the application", place, str(Weak.STORES))


RULES: tuple[Rule, ...] = (chosen, pipeline, guide, alternative, named, developing, weak, part, starting)


def earned(files: Files, item: Deployment, own: frozenset[str]) -> Earned:
    """Why files of one deployment are how production runs, or why they are not; ``own`` are this repository's names.

    The first rule that knows decides.
    """
    return next(found for rule in RULES if (found := rule(files, item, own)) is not None)


def standing(files: Files, items: Sequence[Deployment], own: frozenset[str]) -> list[tuple[Deployment, str, Earned]]:
    """(deployment, way, how it was earned) of all: of each way one deployment is how production runs, with its parts.

    Deployments are never joined: of several the one whose rule comes first is taken, then the one that lies highest.
    """
    found = [(item, way_of(files, item), earned(files, item, own)) for item in items]
    best: dict[str, Deployment] = {}
    for item, way, how in sorted(found, key=lambda one: (_rank(one[2]), one[0].paths[0].count("/"))):
        if how.rule and not item.part:
            best.setdefault(way, item)
    return [(item, way, _beside(item, how, best.get(way))) for item, way, how in found]


def _rank(how: Earned) -> int:
    names = [rule.__name__ for rule in RULES]
    return names.index(how.rule) if how.rule else len(names)


def _beside(item: Deployment, how: Earned, best: Deployment | None) -> Earned:
    if best is None or item is best or not how.rule:
        return how
    together = item.part and posixpath.dirname(item.paths[0]) == posixpath.dirname(best.paths[0])
    if together or how.rule == "chosen":
        return how
    return Earned("", f"it is another installation than {best.paths[0]}", f"{item.paths[0]}:1", "another")


def way_of(files: Files, item: Deployment) -> str:
    """Whether files are deployed to a Swarm or by Compose: by the command that takes them, else by their name."""
    for one in (*_using(of_ci(files), item.paths), *_using(of_guides(files), item.paths)):
        return one.way
    named = [one for one in of_guides(files) if one.way in _CONTAINERS and set(one.files) & set(item.paths)]
    if named:
        return named[0].way
    return "swarm" if any(_STACK.fullmatch(path.rpartition("/")[2]) for path in item.paths) else "compose"


def _using(commands: Iterable[Deploys], paths: tuple[str, ...]) -> Iterator[Deploys]:
    """The commands of production that take these files: by name, or as the default of the folder they are typed in."""
    default = any(path.rpartition("/")[2] in DEFAULTS for path in paths)
    for one in commands:
        if one.way not in _CONTAINERS or not one.production:
            continue
        beside = posixpath.dirname(one.source) == posixpath.dirname(paths[0]) or "/" not in paths[0]
        if set(one.files) & set(paths) or (default and not one.files and beside):
            yield one
