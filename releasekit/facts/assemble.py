"""Detectors' facts put together: each fact gets its service, and what is said twice is said once."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from releasekit.facts.health import FROM_PACKAGE
from releasekit.facts.model import Fact
from releasekit.facts.places import is_dockerfile
from releasekit.facts.projects.processes import with_services
from releasekit.syntax.expression import Expression

# What makes two facts of a kind the same fact; the name is then only where it was found. Others: name, value, service.
_KEYS: dict[str, tuple[str, ...]] = {
    "service": ("name",),
    # what a pipeline does twice, it does twice
    "pipeline_line": ("name", "value", "source"),
    "image": ("service", "value"),
    "image_unpinned": ("service", "name"),
    "port": ("service", "value"),
    "healthcheck": ("service", "value"),
    "depends_on": ("service", "name"),
    "datastore": ("value", "name"),
    "volume": ("service", "value"),
    "replicas": ("service", "value"),
    "env_required": ("name",),
    "secret": ("name",),
    "host": ("value",),
    "language": ("service", "value"),
    "framework": ("service", "value"),
}
# the condition that asks for more counts, a role that says more than "app", a value that stands in the repository
_STRENGTH = {
    "app": 0, "service_started": 0, "service_healthy": 1, "service_completed_successfully": 2, "job": 2,
    "env": 0, "mounted": 0, "default in the file": 1, "hardcoded": 2, "committed .env": 2,
}  # fmt: skip
# how a fact says that a variable is used, and set nowhere
NO_VALUE = "no default and no value"
_PRIMARY = Expression(r"(?:^|[-_.])(?:web|app|api|backend|server|django|rails|site|main)(?:$|[-_.]|\d)")


@dataclass(frozen=True, slots=True)
class _Home:
    """Where a service's own files lie: folders of its Dockerfile and its build context, without the root."""

    service: str
    dockerfile: str
    folders: tuple[str, ...]
    whole: bool


def assemble(facts: Iterable[Fact], projects: Sequence[tuple[str, str]] = ()) -> tuple[Fact, ...]:
    """All facts with their services, one for each distinct key; further sources go to ``also``.

    ``projects`` are folders with what their projects are called: images that nothing here says how to build.
    """
    listed = with_services(list(facts), projects)
    owners = _Owners(listed, projects)
    placed = [one for fact in listed for one in owners.placed(fact)]
    asked = {fact.service for fact in placed if fact.kind == "healthcheck" and fact.name != "route"}
    return tuple(
        _once(
            fact
            for fact in placed
            if not owners.elsewhere(fact) and not owners.given(fact) and not _unasked(fact, asked)
        )
    )


def _unasked(fact: Fact, asked: set[str | None]) -> bool:
    """Whether a package serves this endpoint while the deployment asks the same service something else."""
    return fact.kind == "healthcheck" and fact.how.startswith(FROM_PACKAGE) and fact.service in asked


def _once(facts: Iterable[Fact]) -> Iterator[Fact]:
    found: dict[tuple[object, ...], Fact] = {}
    for fact in facts:
        fields = _KEYS.get(fact.kind, ("name", "value", "service"))
        key = (fact.kind, *(_same(getattr(fact, name)) for name in fields))
        first = found.get(key)
        found[key] = fact if first is None else _joined(first, fact)
    yield from found.values()


def _same(value: object) -> object:
    return value.strip().lower() if isinstance(value, str) else value


def _joined(first: Fact, fact: Fact) -> Fact:
    value = first.value
    if str(fact.value) in _STRENGTH and _STRENGTH[str(fact.value)] > _STRENGTH.get(str(value), 1):
        value = fact.value
    if first.kind == "service" and value == "app":
        value = fact.value
    further = [place for place in (*first.also, fact.source, *fact.also) if place != first.source]
    return replace(first, value=value, also=tuple(dict.fromkeys(further)), service=first.service or fact.service)


class _Owners:
    """Which service a folder belongs to."""

    def __init__(self, facts: Sequence[Fact], projects: Sequence[tuple[str, str]] = ()) -> None:
        self.roles = {fact.name: str(fact.value) for fact in reversed(facts) if fact.kind == "service"}
        self.apps = [name for name, role in self.roles.items() if role == "app"][::-1]
        self.serving = {fact.service for fact in facts if fact.kind == "port" and fact.service}
        self.commanded = {
            fact.service for fact in facts if fact.kind == "start_command" and fact.service and fact.scope is None
        }
        self.homes = [_home(fact) for fact in facts if fact.kind == "build" and fact.service and fact.name]
        self.homes.extend(_process_homes(facts))
        self.images = _image_names(facts)
        self.projects = frozenset(_plain(project) for _, project in projects)
        self.dockerfiles = {fact.path for fact in facts if fact.kind == "base_image" and is_dockerfile(fact.path)}
        self.homes.extend(self._called(projects))
        self.users: dict[str, list[str]] = {}
        for home in self.homes:
            self.users.setdefault(home.dockerfile, []).append(home.service)
        self.users = {path: list(dict.fromkeys(names)) for path, names in self.users.items()}
        self.known: dict[str, str] = {}
        empty = {(fact.name, fact.source) for fact in facts if fact.kind == "env_required"}
        self.literal = {
            fact.name
            for fact in facts
            if fact.kind == "secret" and fact.value == "hardcoded" and (fact.name, fact.source) not in empty
        }

    def _called(self, projects: Sequence[tuple[str, str]]) -> list[_Home]:
        """Homes of services without one that are called like a project here, or whose image is."""
        built = {home.service for home in self.homes}
        free = [name for name, role in self.roles.items() if name not in built and role in {"app", "job", "infra"}]
        found: list[_Home] = []
        for folder, project in projects:
            plain = _plain(project)
            users = [name for name in free if _plain(name) == plain]
            users = users or [name for name in free if plain in self.images.get(name, ())]
            file = f"{folder}/Dockerfile" if folder else "Dockerfile"
            if file not in self.dockerfiles and len(self.dockerfiles) == 1:
                file = next(iter(self.dockerfiles))
            found.extend(_Home(name, file, (folder,) if folder else (), not folder) for name in users)
        return found

    def placed(self, fact: Fact) -> Iterator[Fact]:
        """A fact with its service; what an image brings along is a fact of every service that runs it as it is."""
        if fact.kind == "service":
            yield replace(fact, scope=None)
            return
        if fact.scope is None or fact.service:
            yield fact
            return
        users = self.users.get(fact.path, [])
        alike = [name for name in users if name not in self.commanded]
        if alike and fact.kind in {"port", "healthcheck"}:
            yield from (replace(fact, service=name) for name in alike)
            return
        service = self.primary(users)
        if not service and self.homes and is_dockerfile(fact.path):
            service = self.named(fact.scope or "")  # an image that nothing here builds
        elif not service:
            scope = fact.scope or ""
            if scope not in self.known:
                self.known[scope] = self.owner(scope)
            service = self.known[scope]
        yield replace(fact, service=service or None)

    def given(self, fact: Fact) -> bool:
        """Whether one variant of the deployment lacks a value that another one holds."""
        lacks = fact.how == NO_VALUE or fact.value == "placeholder"
        return fact.kind == "env_required" and lacks and fact.name in self.literal

    def elsewhere(self, fact: Fact) -> bool:
        """Whether it is said of an image that no service runs, although there are services."""
        unknown = fact.service is None and fact.scope is not None and bool(self.roles)
        return unknown and fact.kind in {"port", "healthcheck", "image_unpinned"}

    def owner(self, scope: str) -> str:
        """The service at or nearest above a folder; else of that name; else the one below; else the only one."""
        best = max((_depth(scope, home) for home in self.homes), default=0)
        if best:
            return self.primary([home.service for home in self.homes if _depth(scope, home) == best])
        named = self.named(scope)
        if named:
            return named
        whole = [home.service for home in self.homes if home.whole]
        if whole:
            return self.primary(whole)
        below = [home.service for home in self.homes for folder in home.folders if _within(folder, scope)]
        if below and len(set(below)) == 1:
            return below[0]
        if len(self.apps) == 1:
            return self.apps[0]
        alike = {frozenset(self.images.get(name, ())) for name in self.apps}
        if len(alike) == 1 and next(iter(alike)) and not scope:
            return self.primary(self.apps)  # one image, run in several ways
        serving = [name for name in self.apps if name in self.serving]
        return serving[0] if len(serving) == 1 and not scope else ""

    def named(self, scope: str) -> str:
        """The service that is named like one of the folders, the deepest first, or whose image is."""
        for part in reversed(scope.split("/")):
            plain = _plain(part)
            if not plain:
                continue
            for name in (*self.apps, *self.roles):
                if _plain(name) == plain:
                    return name
            for name in (*self.apps, *self.roles):
                if plain in self.images.get(name, ()):
                    return name
        return ""

    def primary(self, services: Sequence[str]) -> str:
        """Of services made from the same files, the one that serves: web and not its worker."""
        if not services:
            return ""
        return min(dict.fromkeys(services), key=lambda name: (
            self.roles.get(name) not in {"app", None},
            _plain(name) not in self.projects,
            name not in self.serving,
            not _PRIMARY.search(name),
            name in self.commanded,
            services.index(name),
        ))  # fmt: skip


def _home(build: Fact) -> _Home:
    dockerfile = build.name.rpartition("/")[0]
    context = "" if build.value in {".", None} else str(build.value)
    folders = tuple(dict.fromkeys(folder for folder in (dockerfile, context) if folder))
    return _Home(build.service or "", build.name, folders, not context)


def _process_homes(facts: Sequence[Fact]) -> Iterator[_Home]:
    """Processes run from the folder of their file; of an image for all of them, ``web`` is what listens."""
    found = [fact for fact in facts if fact.kind == "service" and fact.scope is not None and fact.value == "app"]
    for fact in found:
        listens = fact.name == "web" or len(found) == 1
        file = f"{fact.scope}/Dockerfile" if fact.scope else "Dockerfile"
        yield _Home(fact.name, file if listens else "", (fact.scope,) if fact.scope else (), not fact.scope)


def _image_names(facts: Sequence[Fact]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for fact in facts:
        if fact.kind == "image" and fact.service:
            found.setdefault(fact.service, set()).add(_plain(fact.name.rpartition("/")[2]))
    return found


def _depth(scope: str, home: _Home) -> int:
    """How deep the deepest folder of a home is that holds ``scope``; 0 when none does."""
    return max((folder.count("/") + 1 for folder in home.folders if _within(scope, folder)), default=0)


def _within(inner: str, outer: str) -> bool:
    return not outer or inner == outer or inner.startswith(outer + "/")


def _plain(name: str) -> str:
    return re.sub(r"[-_. ]|service$|svc$", "", name.lower())
