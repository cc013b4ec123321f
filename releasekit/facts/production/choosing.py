"""Which Compose files are production, and why: by their names, by how the repository uses them, by what they hold."""

import posixpath
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from releasekit.facts.files import Files
from releasekit.facts.places import aside
from releasekit.facts.production import stacks
from releasekit.facts.production.stacks import Starts
from releasekit.facts.production.together import runs, says_production, together
from releasekit.facts.production.usages import Usage, usages
from releasekit.facts.projects.workflows import is_ci

# In the order in which Compose looks for them (compose-spec 03-compose-file)
DEFAULTS = ("compose.yaml", "compose.yml", "docker-compose.yaml", "docker-compose.yml")
_NAMED = re.compile(
    r"(?:docker-|podman-)?compose(?:[.\-_].*)?\.ya?ml|.*docker-compose.*\.ya?ml|.*docker-stack.*\.ya?ml"
    r"|(?:.*[-_.])?(?:stack|swarm)(?:[-_.].*)?\.ya?ml",
    re.IGNORECASE,
)
_EARLIER = re.compile(r"(?:^|[.\-_])(?:staging|stage|stg|uat|preview|pre-?prod|qa)(?:[.\-_]|$)")
_CI_FOLDER = re.compile(r"/\.(?:github|gitlab|circleci|buildkite|azure-pipelines|woodpecker|drone|forgejo|gitea|ci)/")
_HELPERS = re.compile(
    r"/(?:scripts?|tools?|tooling|extras?|misc|ci|contrib|utils?|etc|support|addons?"
    r"|windows|arm(?:64|v7)?|raspberry\w*|rpi|synology|unraid|portainer)/"
)
_DEPLOYS = re.compile(
    r"/[\w.-]*(?:deploy|docker|compose|container|infra|ops|prod|packag|install|host|server|stack|release)[\w.-]*/"
)


class Weak(StrEnum):
    """Why a deployment counts only while nothing else deploys the application, the weakest last."""

    NOT_PRODUCTION = "not-production"
    HELPER = "helper"
    STORES = "stores"


@dataclass(frozen=True, slots=True)
class Deployment:
    """Files that are merged in this order, and the reason why they are taken.

    ``weak`` is why they are not as soon as other files deploy the application, and ``doubt`` says that in words;
    ``part`` says that the files beside them are of the same deployment, ``alternative`` that they can take the place of
    other files, and are never merged with them.
    """

    paths: tuple[str, ...]
    reason: str
    weak: Weak | None = None
    doubt: str = ""
    part: bool = False
    alternative: bool = False


@dataclass(frozen=True, slots=True)
class Choice:
    """The deployments that count, and the files that were left out with the reason."""

    chosen: tuple[Deployment, ...] = ()
    left_out: tuple[tuple[str, str], ...] = ()


def deployments(files: Files, chosen: Sequence[str] = ()) -> Choice:
    """The Compose deployments of a tree. ``chosen`` (globs) overrules all evidence."""
    if chosen:
        return _by_globs(files, chosen)
    yamls = list(files.tree.ending(".yml", ".yaml"))
    named = [path for path in yamls if _NAMED.fullmatch(path.rpartition("/")[2])]
    loose = _loose(files, yamls, named)
    said = [usage for usage in usages(files) if runs(usage)] if len(named) != 1 or loose else []
    referred = {path for usage in said for path in usage.paths if path.endswith((".yml", ".yaml"))}
    candidates = sorted({*named, *loose, *referred})
    services = {path: inside for path in candidates if (inside := services_of(files, path))}
    evidence = _Evidence(files, services, said)
    examples = all(_aside(path) for path in services)
    folders: dict[str, list[str]] = {}
    left: list[tuple[str, str]] = []
    for path in services:
        reason = _aside(path)
        if examples and reason == f"example ({path.rpartition('/')[2]})":
            reason = ""  # nothing else is there: this is what people copy and start
        if not reason and path in evidence.pieces:
            reason = "other files take services from it"
        if reason:
            left.append((path, reason))
        else:
            folders.setdefault(posixpath.dirname(path), []).append(path)
    found: list[Deployment] = []
    for paths in folders.values():
        taken, out = _of_folder(paths, evidence)
        found.extend(taken)
        left.extend(out)
    kept, out = _among_folders(evidence, found)
    taken_paths = {path for item in kept for path in item.paths}
    reasons = {path: reason for path, reason in (*out, *left) if path not in taken_paths}
    return Choice(tuple(kept), tuple(sorted(reasons.items())))


def _loose(files: Files, yamls: Sequence[str], named: Sequence[str]) -> list[str]:
    """Compose files of any name, in folders where none has a usual one."""
    usual = {posixpath.dirname(path) for path in named}
    return [
        path
        for path in yamls
        if posixpath.dirname(path) not in usual
        and not _aside(path)
        and not is_ci(path)  # its `services` are those of a job
        and stacks.looks_like(files, path)
        and any(services_of(files, path).values())
    ]


def _aside(path: str) -> str:
    """Why a path is no part of production, whatever the file is called; CI's own folders hold what CI starts."""
    folder, _, name = path.rpartition("/")
    if _CI_FOLDER.search(f"/{folder}/"):
        return f"what CI starts ({folder}/)"
    word = aside(path) or aside(posixpath.join(folder, f"compose.{name}"))
    return word.replace(f"(compose.{name})", f"({name})")


class _Evidence:
    """What is known of all candidates: their services, the commands that use them, how much each starts."""

    def __init__(self, files: Files, services: dict[str, dict[str, bool]], said: list[Usage]) -> None:
        self.files, self.services, self.said = files, services, said
        self.pieces = {
            posixpath.normpath(posixpath.join(posixpath.dirname(path), other))
            for path in services
            if not _aside(path)
            for other in stacks.taken_from(files, path)
        }
        own = stacks.own_names(files) if len(services) > 1 else frozenset()
        self._starts = {path: stacks.starts(files, path, own) for path in services}

    def starts(self, paths: Sequence[str]) -> Starts:
        """How much of the application some files start together."""
        return max((self._starts.get(path, Starts.STORES) for path in paths), default=Starts.STORES)

    def belongs(self, path: str, found: Sequence[Deployment]) -> str:
        """Why a file of single services is part of a deployment whose other files lie beside it; "" when it is none."""
        if not found:
            return ""
        if stacks.monitors(self.files, path):
            return "it watches the services beside it"
        beside = [other for item in found for other in item.paths]
        if not all(self.services[path].values()) or any(
            set(self.services[path]) & set(self.services[o]) for o in beside
        ):
            return ""
        texts = "\n".join(self.files.text(other) for other in beside)
        named = any(
            re.search(rf"(?:@|//|[=:]\s*[\"']?){re.escape(name)}(?::\d|/|[\"']?\s)", texts)
            for name in self.services[path]
        )
        return "the services beside it name what it starts" if named else ""

    def weak(self, item: Deployment) -> tuple[Weak | None, str]:
        """Why a deployment gives way to a stronger one, and in words; (None, "") if it never does."""
        folder = posixpath.dirname(item.paths[0])
        if self.starts(item.paths) is Starts.STORES and not all(stacks.monitors(self.files, p) for p in item.paths):
            return Weak.STORES, "it starts nothing of the application"
        if _HELPERS.search(f"/{folder}/"):
            return Weak.HELPER, f"what helpers need ({folder}/)"
        if all(stacks.builds_for_developers(self.files, path) for path in item.paths):
            return Weak.NOT_PRODUCTION, "what it builds is for developers"
        if folder and not _DEPLOYS.search(f"/{folder}/") and stacks.builds_above(self.files, item.paths[0]):
            return Weak.NOT_PRODUCTION, f"it tries out the sources above {folder}/"
        if all(stacks.for_development(self.files, path) for path in item.paths):
            return Weak.NOT_PRODUCTION, "it says of itself that it is not for production"
        return None, ""


def services_of(files: Files, path: str) -> dict[str, bool]:
    """The services of a file, each with whether it says what to run (an image, a build, something it extends)."""
    documents = files.yaml(path)
    if not documents or not documents[0].is_map:
        return {}
    root = documents[0]
    if root.at("include").is_list and not root.at("services").is_map:
        return {"": True}
    if root.at("apiVersion") or not root.at("services").is_map:
        return {}
    return {
        name: any(node.at(key) for key in ("image", "build", "extends"))
        for name, node in root.at("services").items()
        if node.is_map
    }


def _by_globs(files: Files, chosen: Sequence[str]) -> Choice:
    paths = [path for glob in chosen for path in files.tree.matching(glob) if path.endswith((".yml", ".yaml"))]
    services = {path: found for path in dict.fromkeys(paths) if (found := services_of(files, path))}
    reason = "named in application.files"
    whole = [path for path, found in services.items() if all(found.values())]
    layers = [path for path in services if path not in whole]
    if not layers:
        return Choice(tuple(Deployment((path,), reason) for path in whole))
    return Choice((Deployment((*sorted(whole, key=_default_first), *layers), reason),))


def _default_first(path: str) -> tuple[bool, str]:
    return (path.rpartition("/")[2] not in DEFAULTS, path)


def _of_folder(paths: list[str], evidence: _Evidence) -> tuple[list[Deployment], list[tuple[str, str]]]:
    """The deployments among the files of one folder, and what is left out."""
    services, said = evidence.services, evidence.said
    names = {path.rpartition("/")[2]: path for path in paths}
    default = next((names[name] for name in DEFAULTS if name in names), "")
    most = evidence.starts(paths)
    mine = [_with_default(usage, default) for usage in said]
    mine = [usage for usage in mine if usage.paths and usage.paths[0] in paths and not any(map(_aside, usage.paths))]
    taken = together([u for u in mine if default or evidence.starts(u.paths) == most], default, services)
    best = Deployment(*taken) if taken else None
    production = [path for path in paths if says_production(path.rpartition("/")[2])]
    if not best and production:
        best = _by_name(production, default, services)
    main = best or (Deployment((default,), "the file that Compose takes by default") if default else None)
    if not main and most is Starts.OWN and any(evidence.starts((path,)) < most for path in paths):
        first = next(path for path in paths if evidence.starts((path,)) is most)
        main = Deployment((first,), "it starts what this repository builds")
    found = [main] if main else []
    strict = bool(main) and main is not None and any(path in production for path in main.paths)
    layers = {path for usage in said for path in usage.paths[1:]} - {path for usage in said for path in usage.paths[:1]}
    known = {name for item in found for path in item.paths for name in services[path]}
    left: list[tuple[str, str]] = []
    for path in paths:
        if main and path in main.paths:
            continue
        part = "" if default or path in layers else evidence.belongs(path, found)
        if part:
            found.append(Deployment((path,), part, part=True))
            known |= set(services[path])
            continue
        usual = known if default or main or not known <= set(services[path]) else set()
        reason = _no_variant(path, services[path], layers, usual, production if strict else None)
        if not reason and main and not default and evidence.starts((path,)) < evidence.starts(main.paths):
            reason = "it starts nothing of this repository"
        if reason:
            left.append((path, reason))
        else:
            reason = "complete in itself: another way to deploy the same services"
            found.append(Deployment((path,), reason, alternative=bool(known & set(services[path]))))
            known |= set(services[path])
    if not main and any(item.alternative for item in found):
        found = [replace(item, alternative=True) for item in found]  # nothing says which of them is taken
    return found, left


def _with_default(usage: Usage, default: str) -> Usage:
    """A command without ``-f`` takes the default file of its folder, or beside the guide or the script that says it."""
    beside = posixpath.dirname(default) in {posixpath.dirname(usage.source), usage.folder}
    return replace(usage, paths=(default,)) if not usage.paths and default and beside else usage


def _no_variant(
    path: str, services: dict[str, bool], layers: set[str], known: set[str], production: list[str] | None
) -> str:
    if _EARLIER.search(path.rpartition("/")[2].lower()):
        return "its name says an environment before production"
    if path in layers:
        return "a layer that the usual deployment does not add"
    if not all(services.values()):
        return "not complete in itself, and nothing says what it is laid on"
    if production is not None and path not in production:
        return f"{production[0]} is named as production"
    if known and len(known & set(services)) < 0.8 * len(services):
        return "other services than those of the usual deployment"
    return ""


def _by_name(production: list[str], default: str, services: dict[str, dict[str, bool]]) -> Deployment:
    first = production[0]
    if all(services[first].values()) or not default:
        return Deployment((first,), "its name says production")
    return Deployment((default, first), f"{first} says production and is laid on the default file")


def _among_folders(evidence: _Evidence, found: list[Deployment]) -> tuple[list[Deployment], list[tuple[str, str]]]:
    """Between folders: one named as production beats its likes; a folder that is built into a service is its own;
    what is weak gives way to what is not.
    """
    files = evidence.files
    left: list[tuple[str, str]] = []
    kept: list[Deployment] = []
    built = {context for item in found for context in _contexts(files, item)}
    marked = [item for item in found if says_production(posixpath.dirname(item.paths[0]))]
    names = {name for item in marked for path in item.paths for name in services_of(files, path)}
    for item in found:
        folder = posixpath.dirname(item.paths[0])
        inside = next((context for context in built if (folder + "/").startswith(context + "/")), "")
        overlap = any(name in names for path in item.paths for name in services_of(files, path))
        if inside:
            left.extend((path, f"{inside}/ is built into a service of another deployment") for path in item.paths)
        elif marked and item not in marked and overlap:
            left.extend((path, f"{marked[0].paths[0]} is in a folder named as production") for path in item.paths)
        else:
            weak, doubt = (None, "") if item.part else evidence.weak(item)
            kept.append(replace(item, weak=weak, doubt=doubt))
    ranks: list[Weak | None] = [None, *Weak]
    least = min((ranks.index(item.weak) for item in kept if not item.part), default=0)
    gone = [item for item in kept if not item.part and ranks.index(item.weak) > least]
    whole = {posixpath.dirname(item.paths[0]) for item in kept if not item.part and item not in gone}
    gone += [item for item in kept if item.part and posixpath.dirname(item.paths[0]) not in whole]
    left.extend((path, item.doubt or item.reason) for item in gone for path in item.paths)
    return [item for item in kept if item not in gone], left


def _contexts(files: Files, item: Deployment) -> set[str]:
    """Folders below the deployment's own that its services are built from."""
    folder = posixpath.dirname(item.paths[0])
    found: set[str] = set()
    for path in item.paths:
        for document in files.yaml(path)[:1]:
            for service in dict(document.at("services").items()).values():
                build = service.at("build")
                context = build.text or build.at("context").text
                full = posixpath.normpath(posixpath.join(folder, context)) if context and "$" not in context else ""
                if full and full not in {".", folder} and not full.startswith(".."):
                    found.add(full)
    return {context for context in found if not (folder + "/").startswith(context + "/")}
