"""Which Compose files of a folder the repository itself takes together most like production: named rules in order."""

import posixpath
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from releasekit.facts.production.usages import Usage
from releasekit.facts.stages import is_earlier, is_production

_PRODUCTION = re.compile(
    r"(?:^|[/.\-_ ])(?:prod|production|deploy|deployments?|release|live|server|self-?host(?:ed|ing)?)(?=$|[/.\-_ :])"
)
_DEVELOPMENT = re.compile(
    r"(?:^|[/.\-_ ])(?:dev|devel|development|develop|local|locally|tests?|testing|e2e|ci|"
    r"debug\w*|lint|integration|staging|bench\w*|contribut\w*)(?=$|[/.\-_ :])"
)
_PLAIN = re.compile(r"(?:^|\s)(?:start|up|run|all|default|install\w*|quick\w*|getting started)(?:\s|$)")
_STARTS = frozenset(("up", "start", "run", "create", "deploy"))
_ONLY_MADE = frozenset(("build", "push"))


@dataclass(frozen=True, slots=True)
class Taken:
    """Files that are taken together, in this order, and every command that does so."""

    paths: tuple[str, ...]
    usages: tuple[Usage, ...]


Rule = Callable[[Taken], Usage | None]


def says_production(path: str) -> bool:
    """Whether a path's folder or name says that it is production."""
    return bool(_PRODUCTION.search(path.lower()))


def runs(usage: Usage) -> bool:
    """Whether a command is about what runs: files that are only built are not deployed."""
    return usage.subcommand not in _ONLY_MADE


def pipeline(taken: Taken) -> Usage | None:
    """A pipeline that deploys, and not to a stage before production, starts them."""
    deploying = (one for one in taken.usages if one.deploys and one.subcommand in _STARTS - {"run"})
    return next((one for one in deploying if not _is_earlier(one)), None)


def spoken(taken: Taken) -> Usage | None:
    """A guide or script speaks of production where it takes them, and not of development."""
    real = (one for one in taken.usages if _PRODUCTION.search(one.context))
    return next((one for one in real if not _DEVELOPMENT.search(one.context)), None)


def named(taken: Taken) -> Usage | None:
    """One of them is called production, beside the others."""
    folder = posixpath.dirname(taken.paths[0])
    said = any(says_production(posixpath.relpath(path, folder or ".")) for path in taken.paths)
    return next(iter(sorted(taken.usages, key=_is_developing)), None) if said else None


def plainly(taken: Taken) -> Usage | None:
    """They are started where the words around say no more than that: start, up, run, install."""
    said = (one for one in taken.usages if _PLAIN.search(one.context))
    return next((one for one in said if _is_started(one)), None)


def started(taken: Taken) -> Usage | None:
    """They are started, and not for development."""
    return next(filter(_is_started, taken.usages), None)


# each with the reason that is given where it is the first that holds
RULES: tuple[tuple[Rule, str], ...] = (
    (pipeline, "a pipeline that deploys takes {}"),
    (spoken, "where production is spoken of, a command takes {}"),
    (named, "called production, and a command takes {}"),
    (plainly, "what is started most plainly takes {}"),
    (started, "what is started takes {}"),
)


def together(
    usages: Iterable[Usage], default: str, services: Mapping[str, Mapping[str, bool]]
) -> tuple[tuple[str, ...], str] | None:
    """The files that are taken most like production, and why; None where that is the default file, or nothing.

    Of two the one is taken that holds at the first rule at which they differ; else the one that more commands take,
    then the one of more files. ``services`` are those of each file, with whether they say what to run.
    """
    found: dict[tuple[str, ...], list[Usage]] = {}
    for usage in usages:
        if paths := tuple(path for path in usage.paths if path in services):
            found.setdefault(paths, []).append(usage)
    all_taken = [Taken(paths, tuple(said)) for paths, said in found.items()]
    usual = max((_held(taken) for taken in all_taken if taken.paths == (default,)), default=())
    for taken in sorted(all_taken, key=lambda one: (_held(one), len(one.usages), len(one.paths)), reverse=True):
        # what is started without more words is the usual deployment
        ahead = taken.paths != (default,) and _held(taken) > usual
        if ahead and _is_enough(taken, default) and _is_complete(taken.paths, services):
            usage, reason = next((said, reason) for rule, reason in RULES if (said := rule(taken)) is not None)
            return taken.paths, f"{reason.format('it' if len(taken.paths) == 1 else 'them together')}: {usage.source}"
    return None


def _held(taken: Taken) -> tuple[bool, ...]:
    return tuple(rule(taken) is not None for rule, _ in RULES)


def _is_enough(taken: Taken, default: str) -> bool:
    """Files without the default one are the usual deployment only where something says production of them."""
    if default in taken.paths or not default:
        return any(_held(taken))
    by_name = named(taken)
    real = pipeline(taken) or spoken(taken) or (by_name if by_name and not _is_developing(by_name) else None)
    return real is not None


def _is_complete(paths: Sequence[str], services: Mapping[str, Mapping[str, bool]]) -> bool:
    """Whether every service says in one of the files what to run."""
    return all(any(services[path].get(name) for path in paths) for path in paths for name in services[path])


def _is_started(one: Usage) -> bool:
    return one.subcommand in _STARTS and not _is_developing(one)


def _is_developing(one: Usage) -> bool:
    return bool(_DEVELOPMENT.search(one.context)) and not _PRODUCTION.search(one.context)


def _is_earlier(one: Usage) -> bool:
    """Whether a command is for a stage before production: files that are called production serve those as well."""
    words = one.context.split()
    return is_earlier("/".join((*words, *one.paths))) and not any(map(is_production, words))
