"""The facts of one Compose service, long and short forms alike. Knows neither other files nor variables' secrets."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from releasekit.facts import images
from releasekit.facts.detectors.compose.merge import mounted, split
from releasekit.facts.detectors.compose.pieces import Piece
from releasekit.facts.health import always_well, asked, cannot_fail, without_passwords
from releasekit.facts.model import Fact, Finding
from releasekit.facts.production.stacks import is_own
from releasekit.syntax.expression import Expression

_MIGRATES = Expression(
    r"\b(?:migrate(?:\s|:|$)(?!.*(?:&&|;).*\b(?:serve|start|gunicorn|uvicorn|runserver|daphne|puma|node|java)\b)"
    r"|alembic\s+upgrade|db:migrate|db:prepare|prisma\s+(?:migrate|db)|flyway|liquibase|dbmate|goose\s)(?!.*(?:&&|;))",
    re.IGNORECASE,
)
_RANGE = Expression(r"(?P<first>\d+)(?:-(?P<last>\d+))?(?:/(?P<protocol>tcp|udp|sctp))?$")
# ports of debuggers, and what opens them
_DEBUGGERS = {
    9229: "--inspect", 9230: "--inspect", 5678: "debugpy", 5005: "jdwp", 8000: "jdwp", 2345: "dlv", 40000: "dlv",
}  # fmt: skip
_NAMED_ROLES = (
    (
        Expression(r"(?:^|[-_])(?:proxy|nginx|traefik|caddy|haproxy|envoy|lb|load-?balancer)(?:$|[-_])"),
        "proxy",
    ),
    (Expression(r"(?:^|[-_])(?:migrat\w*|init|setup|seed\w*|bootstrap|create-?buckets?|prestart)(?:$|[-_])"), "job"),
    (Expression(r"(?:^|[-_])(?:load-?(?:gen\w*|test\w*)|adminer|pgadmin|backups?|docs|\w+-ui)(?:$|[-_])"), "tool"),
    (Expression(r"(?:^|[-_])(?:prometheus|grafana|jaeger|loki|otel\w*|exporter|collector)(?:$|[-_])"), "monitoring"),
)
_DATA = Expression(
    r"^/(?:var/lib|data|bitnami|usr/share/elasticsearch/data|var/opt/mssql|qdrant|meili_data|opt/\w+/data)(?:/|$)"
)


@dataclass(frozen=True, slots=True)
class Around:
    """What a service's facts need to know of the model: its volumes, base images of what is built, who is awaited, and
    what this repository's own images may be called.
    """

    volumes: Mapping[str, Piece]
    bases: Mapping[str, str]
    completed: frozenset[str]
    own: frozenset[str] = frozenset()


def facts_of(name: str, service: Piece, around: Around) -> Iterator[Fact | Finding]:
    """All facts of a service but those of its variables and labels."""
    yield Fact("service", name, role(name, service, around), service.source)
    yield from _image(name, service, around)
    yield from _ports(name, service)
    yield from _published(name, service)
    yield from _health(name, service.at("healthcheck"))
    yield from _needs(name, service)
    yield from _volumes(name, service, around)
    yield from _deployed(name, service)
    for key in ("entrypoint", "command"):
        said = service.at(key)
        words = " ".join(said.words())
        if words:
            how = "" if said.text else "its words joined"
            yield Fact("start_command", key, without_passwords(words), said.source, name, how=how)
    grace = service.at("stop_grace_period")
    if grace.text:
        yield Fact("stop_grace", "stop_grace_period", grace.text, grace.source, name)


def role(name: str, service: Piece, around: Around) -> str:
    """What the service is, from how it runs, its image, the image it is built on, and last its name."""
    command = " ".join((*service.at("entrypoint").words(), *service.at("command").words()))
    restart = service.at("restart").text or service.at("deploy", "restart_policy", "condition").text
    if name in around.completed or restart in {"no", "none"} or (command and _MIGRATES.search(command[:2000])):
        return "job"
    if service.at("image").text and not service.at("build"):
        found = images.role(service.at("image").text)
        if is_own(service.at("image").text, around.own):
            return "app"
        if found != "app":
            return found
    found = images.role(around.bases.get(name, ""))
    if found in {"datastore", "broker", "monitoring", "infra"}:
        return found
    named = next((role for pattern, role in _NAMED_ROLES if pattern.search(name.lower())), "")
    return named or ("proxy" if found == "proxy" and not service.at("build") else "app")


def _image(name: str, service: Piece, around: Around) -> Iterator[Fact]:
    image, base = service.at("image"), around.bases.get(name, "")
    reference = images.reference(image.text)
    if image.text:
        how = "" if image.text == image.raw else f"variables replaced in {image.raw}"
        yield Fact("image", reference.repository, image.text, image.source, name, how=how)
        variable = images.tag_variable(image.raw)
        if variable:
            yield Fact("image_variable", variable, image.raw, image.source, name)
        if reference.unpinned:
            yield Fact("image_unpinned", reference.repository, image.text, image.source, name, how=how)
    for candidate in (reference.repository, base):
        stored = images.stores(candidate) if candidate else None
        if stored:
            at = image.source if image.text else service.source
            how = "" if stored[0] in image.raw else f"what the image {candidate} is"
            yield Fact("datastore", name, stored[0], at, how=how)
            break
    for candidate in (reference.repository, base):
        watched = images.monitors(candidate) if candidate else None
        if watched:
            yield Fact("monitoring", watched[0], watched[1], service.source, name, how=f"what {candidate} is")
            break


def _ports(name: str, service: Piece) -> Iterator[Fact]:
    command = " ".join((*service.at("entrypoint").words(), *service.at("command").words()))
    settings = " ".join(part.text for _, part in service.at("environment").items())
    for key in ("ports", "expose"):
        for piece in service.at(key):
            for number in container_ports(piece):
                debugger = _DEBUGGERS.get(number, "")
                if number in {9229, 9230} or (debugger and debugger in f"{command} {settings}"):
                    continue
                how = "" if str(number) in piece.raw or piece.is_map else f"variables replaced in {piece.raw}"
                yield Fact("port", key, number, piece.source, name, how=how)


def _published(name: str, service: Piece) -> Iterator[Fact]:
    """``published_port``: the port of the host that leads to one of the container's, where both are written out."""
    for piece in service.at("ports"):
        if piece.is_map:
            host, inner = piece.at("published").text, piece.at("target").text
        else:
            host, _, inner = piece.text.partition("/")[0].rpartition(":")
            host = host.rpartition(":")[2]
        if host.isdigit() and inner.isdigit():
            how = f"the port {host} of the host leads to it"
            yield Fact("published_port", inner, int(host), piece.source, name, how=how)


def container_ports(piece: Piece) -> Iterator[int]:
    """The container's side of a mapping: ``8080:80``, ``127.0.0.1:1:2``, ``3000-3005``, ``53:53/udp``, long form."""
    text = piece.at("target").text if piece.is_map else split(piece.text.strip("[]"))[-1]
    match = _RANGE.match(text.strip())
    if match:
        first = int(match["first"])
        last = int(match["last"] or first)
        yield from range(first, min(last, first + 20) + 1)


def _health(name: str, healthcheck: Piece) -> Iterator[Fact | Finding]:
    test = healthcheck.at("test")
    command = tested(test)
    if command and healthcheck.at("disable").text.lower() != "true":
        value = asked(command)
        if cannot_fail(command):
            yield always_well(name, test.source)
        yield Fact("healthcheck", "compose", value, test.source, name, how=f"what `{without_passwords(command)}` asks")


def tested(test: Piece) -> str:
    """The command of a health check; "" for NONE."""
    words = list(test.words())
    if test.is_list and words:
        head = words.pop(0)
        return "" if head == "NONE" else " ".join(words if head in {"CMD", "CMD-SHELL"} else [head, *words])
    return "" if test.text == "NONE" else test.text


def _needs(name: str, service: Piece) -> Iterator[Fact]:
    said: dict[str, Fact] = {}
    for other, how in service.at("depends_on").items():
        said[other] = Fact("depends_on", other, how.at("condition").text or "service_started", how.source, name)
    for key in ("links", "volumes_from"):
        for piece in service.at(key):
            other = piece.text.split(":")[0]
            if other and other != "container":
                said.setdefault(other, Fact("depends_on", other, "service_started", piece.source, name))
    for key in ("network_mode", "ipc", "pid"):
        shared = service.at(key)
        if shared.text.startswith("service:"):
            other = shared.text.partition(":")[2]
            said.setdefault(other, Fact("depends_on", other, "service_started", shared.source, name))
    yield from said.values()


def _volumes(name: str, service: Piece, around: Around) -> Iterator[Fact]:
    store = images.stores(service.at("image").text or around.bases.get(name, ""))
    for piece in service.at("volumes"):
        kind, source, target = mounted(piece)
        at = piece.at("target").source or piece.source
        if kind == "volume" and source and not _in_memory(around.volumes.get(source)):
            yield Fact("volume", source, target, at, name)
        elif kind == "bind" and store and _DATA.match(target) and "." not in target.rpartition("/")[2]:
            yield Fact("volume", source, target, at, name, how="the folder of the host that holds its data")


def _in_memory(volume: Piece | None) -> bool:
    return bool(volume) and volume is not None and volume.at("driver_opts", "type").text == "tmpfs"


def _deployed(name: str, service: Piece) -> Iterator[Fact]:
    replicas = service.at("deploy", "replicas") or service.at("scale")
    if replicas.text.isdigit():
        yield Fact("replicas", name, int(replicas.text), replicas.source, name)
    update = service.at("deploy", "update_config")
    if update.is_map:
        order = update.at("order")
        value = f"RollingUpdate {order.text}".strip()
        yield Fact("rollout_strategy", "update_config", value, update.source, name, how="Swarm updates task by task")
    build = service.at("build")
    if build:
        context = build.at("context").text or "."
        if build.at("dockerfile_inline"):
            return
        yield Fact("build", build.at("dockerfile").text or "Dockerfile", context, build.source, name)
