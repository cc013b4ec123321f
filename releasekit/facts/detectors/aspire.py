"""Deployments that a .NET Aspire AppHost describes: services, data stores, what waits for what. Reads no C# itself.

What the methods mean is from the reference of the Aspire.Hosting packages.
"""

import re
from collections.abc import Iterator, Mapping

from releasekit.facts import images
from releasekit.facts.code import folder, join, kept
from releasekit.facts.files import Files
from releasekit.facts.model import Fact, Finding, Severity, Value
from releasekit.facts.projects.apphost import AppHost, Call, Resource
from releasekit.syntax.expression import Expression

_MARK = Expression(r"Aspire\.AppHost\.Sdk|<IsAspireHost>\s*true|Aspire\.Hosting\.AppHost", re.IGNORECASE)
# methods whose name says something else than the technology's, or an Azure service: (technology, role)
_METHODS: dict[str, tuple[str, str]] = {
    "sqlserver": ("mssql", "datastore"),
    "garnet": ("redis", "datastore"),
    "azurepostgresflexibleserver": ("postgres", "datastore"),
    "azuresqlserver": ("mssql", "datastore"),
    "azuresql": ("mssql", "datastore"),
    "azureredis": ("redis", "datastore"),
    "azuremanagedredis": ("redis", "datastore"),
    "azurecosmosdb": ("cosmosdb", "datastore"),
    "azurestorage": ("azure-storage", "datastore"),
    "azuresearch": ("azure-search", "datastore"),
    "azureservicebus": ("azure-service-bus", "broker"),
    "azureeventhubs": ("azure-event-hubs", "broker"),
    "azurekeyvault": ("", "infra"),
    "ollama": ("", "infra"),
    "seq": ("seq", "monitoring"),
    "yarp": ("", "proxy"),
}
# and every method that ends with "App": AddNodeApp, AddPythonApp
_OWN = frozenset(
    "project azurefunctionsproject container dockerfile dockerfilebuilder executable pythonmodule pythonscript"
    " pythonexecutable".split()
)
_WAITS = {
    "WaitFor": "service_healthy",
    "WaitForStart": "service_started",
    "WaitForCompletion": "service_completed_successfully",
}
# relations for the dashboard, and addresses that only people follow
_NO_NEED = frozenset(
    "WithParentRelationship WithChildRelationship WithRelationship WithReferenceRelationship WithUrl WithUrls"
    " WithUrlForEndpoint WithCommand".split()
)
_DATA = {
    "postgres": "/var/lib/postgresql/data", "redis": "/data", "valkey": "/data", "mysql": "/var/lib/mysql",
    "mongodb": "/data/db", "mssql": "/var/opt/mssql", "rabbitmq": "/var/lib/rabbitmq", "kafka": "/var/lib/kafka/data",
    "elasticsearch": "/usr/share/elasticsearch/data", "qdrant": "/qdrant/storage", "nats": "/var/lib/nats",
}  # fmt: skip


def detect(files: Files) -> Iterator[Fact | Finding]:
    """The facts of each AppHost project that is not aside, and a finding for one that could not be read whole."""
    for path in kept(files.tree.ending(".csproj")):
        if _MARK.search(files.text(path)):
            yield from _Host(files, folder(path)).facts()
    for path in kept(files.tree.named("apphost.cs")):
        if "#:sdk Aspire.AppHost.Sdk" in files.text(path):
            yield from _Host(files, folder(path), path).facts()


class _Host:
    """One AppHost: its resources as services."""

    def __init__(self, files: Files, home: str, alone: str = "") -> None:
        self.files, self.home = files, home
        sources = [alone] if alone else [p for p in files.tree.within(home) if p.endswith(".cs") and "/obj/" not in p]
        sources.sort(key=lambda path: (path.rpartition("/")[2] not in {"Program.cs", "AppHost.cs"}, path))
        self.found = AppHost([(path, files.text(path)) for path in sources])
        self.sources = sources
        self.all = {name: one for name, one in self.found.resources.items() if _role(one)}
        self.services = {
            name: one
            for name, one in self.all.items()
            if not any(call.method in {"ExcludeFromManifest", "AsExisting"} for call in one.calls)
        }
        self.projects = {
            re.sub(r"\W", "_", path.rpartition("/")[2].removesuffix(".csproj")): path
            for path in files.tree.ending(".csproj")
        }
        self.awaited = {
            given.top.name
            for one in self.services.values()
            for call in one.calls
            for given in call.given
            if call.method == "WaitForCompletion"
        }

    def facts(self) -> Iterator[Fact | Finding]:
        if self.found.cut:
            sentence = f"the AppHost in {self.home or '.'} is too large or too deeply nested: it was not read whole"
            places = tuple(f"{path}:1" for path in self.sources[:1])
            yield Finding("not-analysed", Severity.WARNING, sentence, places, do="check by hand what it starts")
        for one in self.services.values():
            yield from self.service(one)
        yield from self.needs()
        yield from self.parameters()

    def service(self, one: Resource) -> Iterator[Fact]:
        technology, role = _kind(one)
        if one.name in self.awaited:
            role = "job"
        yield Fact("service", one.name, role, one.source, how="a resource of the AppHost")
        if role in {"datastore", "broker"} and technology:
            yield Fact("datastore", one.name, technology, one.source, how=f"what {one.method} adds")
        watched = images.monitors(technology) if technology else None
        if watched:
            yield Fact("monitoring", watched[0], watched[1], one.source, one.name, how=f"what {one.method} adds")
        yield from self.built(one)
        yield from _image(one)
        for call in one.calls:
            yield from _said(one, call, technology)

    def built(self, one: Resource) -> Iterator[Fact]:
        """Where the source of a resource lies: a project, or a folder that is given."""
        said = next((text for text in one.texts if "/" in text or "\\" in text), "").replace("\\", "/")
        path = self.projects.get(one.project, "")
        if not path and said and one.method != "AddContainer":
            path = join(self.home, said)
        if path and not path.endswith((".csproj", ".cs")):
            path += "/Dockerfile"
        if path:
            how = "the project that the AppHost starts"
            yield Fact("build", path, folder(path), one.source, one.name, how=how)

    def needs(self) -> Iterator[Fact]:
        """What resources wait for and are given; an address that leads back to who needs it is no need."""
        edges: dict[str, set[str]] = {}
        stated: list[tuple[bool, Resource, Call, str, str]] = []
        for one, call in self.found.calls:
            firm = call.method in _WAITS or call.method == "WithReference"
            for given in call.given if one.name in self.services and call.method not in _NO_NEED else ():
                name = given.top.name
                if name in self.services and name != one.name:
                    stated.append((firm, one, call, name, _WAITS.get(call.method, "service_started")))
        for firm, one, call, name, condition in sorted(stated, key=lambda item: not item[0]):
            if firm or not _leads(edges, name, one.name):
                edges.setdefault(one.name, set()).add(name)
                yield Fact("depends_on", name, condition, call.source, one.name, how=f"given to {call.method}")

    def parameters(self) -> Iterator[Fact]:
        """Parameters that are secret, wherever they are declared, and those that nothing gives a value."""
        given = self.files.json(join(self.home, "appsettings.json"), comments=True).at("Parameters")
        secret: set[str] = set()
        for path in self.sources:
            for number, line in self.files.lines(path):
                match = _SECRET.search(line)
                if match:
                    secret.add(match["name"])
                    yield Fact("secret", match["name"], "env", f"{path}:{number}", how="a secret parameter")
        for one in self.found.resources.values():
            valued = one.texts or given.at(one.name).text or any(call.method == "WithValue" for call in one.calls)
            if one.method == "AddParameter" and not valued:
                how = "a parameter without a value"
                yield Fact("env_required", one.name, "required", one.source, how=how)
            elif one.method == "AddConnectionString" and not one.texts:
                name = f"ConnectionStrings__{one.name}"
                how = f"{one.name} is a connection string that comes from outside"
                yield Fact("env_required", name, "required", one.source, how=how)


_SECRET = Expression(r"\.AddParameter\(\s*\"(?P<name>[^\"]+)\"[^;]*\bsecret\s*:\s*true")


def _leads(edges: Mapping[str, set[str]], start: str, goal: str) -> bool:
    """Whether ``start`` needs ``goal``, directly or through others."""
    waiting, seen = [start], {start}
    while waiting:
        here = waiting.pop()
        if here == goal:
            return True
        further = edges.get(here, set()) - seen
        seen |= further
        waiting.extend(further)
    return False


def _kind(one: Resource) -> tuple[str, str]:
    """(technology, role) of what a method adds; ("", "") for what is no service."""
    method = one.method.removeprefix("Add").lower()
    if method in _OWN or method.endswith("app"):
        role = images.known(one.texts[0]) if method == "container" and one.texts else ("", "")
        return role if role[1] else ("", "app")
    return _METHODS.get(method) or images.known(method)


def _role(one: Resource) -> str:
    return _kind(one)[1]


def _image(one: Resource) -> Iterator[Fact]:
    """The image where the AppHost names it; what a hosting package takes by default stands in no file here."""
    repository = tag = digest = registry = ""
    source = tag_at = one.source
    if one.method == "AddContainer" and one.texts:
        repository, tag = one.texts[0], one.texts[1] if len(one.texts) > 1 else ""
    for call in one.calls:
        text = call.texts[0] if call.texts else ""
        if call.method == "WithImage" and text:
            repository, source, tag_at = text, call.source, call.source
            tag = call.texts[1] if len(call.texts) > 1 else tag
        elif call.method == "WithImageTag" and text:
            tag, tag_at = text, call.source
        elif call.method == "WithImageRegistry" and text:
            registry = text + "/"
        elif call.method == "WithImageSHA256" and text:
            digest = f"@sha256:{text}"
    if not repository:
        return
    reference = images.reference(repository)
    name = registry + reference.repository
    full = name + (f":{tag or reference.tag}" if tag or reference.tag else "") + digest
    yield Fact("image", name, full, source, one.name)
    if images.reference(full).unpinned:
        yield Fact("image_unpinned", name, full, tag_at, one.name, how=f"the tag of {full}")


def _said(one: Resource, call: Call, technology: str) -> Iterator[Fact]:
    named = dict(call.named)

    def fact(kind: str, name: str, value: Value, how: str = "") -> Fact:
        return Fact(kind, name, value, call.source, one.name, how=how or f"what {call.method} says")

    if call.method in {"WithHttpHealthCheck", "WithHttpsHealthCheck"}:
        path = named.get("path") or next((text for text in call.texts if text.startswith("/")), "/")
        yield fact("healthcheck", call.method, "http:" + path)
    elif call.method == "WithReplicas" and call.texts and call.texts[0].isdigit():
        yield fact("replicas", one.name, int(call.texts[0]))
    elif call.method in {"WithHttpEndpoint", "WithHttpsEndpoint", "WithEndpoint"}:
        port = named.get("targetPort", "")
        if port.isdigit():
            yield fact("port", call.method, int(port))
    elif call.method == "WithVolume" and call.texts:
        target = named.get("target") or call.texts[-1]
        if target.startswith("/"):
            yield fact("volume", named.get("name") or call.texts[0], target)
    elif call.method == "WithDataVolume" and technology in _DATA:
        name = call.texts[0] if call.texts else f"{one.name}-data"
        yield fact("volume", name, _DATA[technology], "where the image keeps its data")
