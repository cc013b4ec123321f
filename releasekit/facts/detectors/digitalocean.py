"""App specifications of DigitalOcean's App Platform (.do/*.yaml): components, databases, what they need of each other.

Keys are those of DigitalOcean's reference of the app specification.
"""

from collections.abc import Iterator

from releasekit.facts import images
from releasekit.facts.code import join
from releasekit.facts.files import Files
from releasekit.facts.health import without_passwords
from releasekit.facts.model import Fact, Value
from releasekit.facts.places import aside
from releasekit.facts.settings.confidential import is_confidential, is_placeholder
from releasekit.syntax.expression import Expression
from releasekit.syntax.node import Node

_FOLDER = Expression(r"(?:^|/)\.do/[^/]+\.ya?ml$|(?:^|/)\.do/[^/]+/[^/]+\.ya?ml$")
_PARTS = {"services": "app", "workers": "app", "static_sites": "app", "functions": "app", "jobs": "job"}
_ENGINES = {"PG": "postgres", "MYSQL": "mysql", "REDIS": "redis", "VALKEY": "valkey", "MONGODB": "mongodb"}
_ENGINES |= {"KAFKA": "kafka", "OPENSEARCH": "opensearch"}
_BOUND = Expression(r"\$\{(?P<name>[\w-]+)\.(?P<key>\w+)\}")
_REGISTRIES = {"GHCR": "ghcr.io/", "DOCR": "registry.digitalocean.com/"}
_CONNECTION = Expression(r"(?:DATABASE_URL|_URI|PASSWORD)$")


def detect(files: Files) -> Iterator[Fact]:
    """The facts of each app specification that is not aside."""
    for path in files.tree.ending(".yaml", ".yml"):
        named = path.rpartition("/")[2] in {"app.yaml", "app.yml"}
        if (not named and not _FOLDER.search(path)) or aside(path):
            continue
        for root in files.yaml(path)[:1]:
            spec = root.at("spec") if root.at("spec").is_map else root
            if any(spec.at(part).is_list for part in _PARTS) and (spec.at("name").text or not named):
                yield from _Specification(path, spec).facts()


class _Specification:
    """One file."""

    def __init__(self, path: str, spec: Node) -> None:
        self.path, self.spec = path, spec
        self.components = [
            (node, role) for part, role in _PARTS.items() for node in spec.at(part) if node.at("name").text
        ]
        self.databases = {node.at("name").text: node for node in spec.at("databases") if node.at("name").text}
        self.names = {node.at("name").text for node, _ in self.components} | set(self.databases)

    def fact(self, kind: str, name: str, value: Value, node: Node, service: str | None = None, how: str = "") -> Fact:
        return Fact(kind, name, value, f"{self.path}:{node.line}", service, how=how)

    def facts(self) -> Iterator[Fact]:
        for title, database in self.databases.items():
            engine = database.at("engine").text
            yield self.fact("service", title, "datastore", database.at("name"))
            how = f"its engine is {engine}" if engine else "the engine when none is said"
            yield self.fact("datastore", title, _ENGINES.get(engine, "postgres"), database.at("name"), how=how)
        for node, role in self.components:
            name = node.at("name")
            yield self.fact("service", name.text, role, name)
            yield from self.made(name.text, node)
            yield from self.shape(name.text, node)
            yield from self.settings(name.text, node.at("envs"))
            yield from self.settings(name.text, self.spec.at("envs"))
        for domain in (*self.spec.at("domains"), self.spec.at("domain")):
            host = domain.at("domain") or domain
            if host.text:
                yield self.fact("host", "domains", host.text, host)

    def made(self, name: str, node: Node) -> Iterator[Fact]:
        image = node.at("image")
        repository, kind = image.at("repository"), image.at("registry_type").text
        if not repository.text:
            folder = join("", node.at("source_dir").text.strip("/"))
            file = join("", node.at("dockerfile_path").text) or join(folder, "Dockerfile")
            yield self.fact("build", file, folder or ".", node.at("name"), name, "what it is built from")
            return
        registry = image.at("registry").text
        full = _REGISTRIES.get(kind, "") + "/".join(part for part in (registry, repository.text) if part)
        tag, digest = image.at("tag"), image.at("digest").text
        value = full + (f":{tag.text}" if tag.text else "") + (f"@{digest}" if digest else "")
        yield self.fact("image", full, value, repository, name, "registry, repository and tag together")
        if images.reference(value).unpinned:
            yield self.fact(
                "image_unpinned", full, value, tag or repository, name, "registry, repository and tag together"
            )

    def shape(self, name: str, node: Node) -> Iterator[Fact]:
        for port in (node.at("http_port"), *node.at("internal_ports")):
            if port.text.isdigit():
                yield self.fact("port", "http_port", int(port.text), port, name)
        check = node.at("health_check")
        if check.at("http_path").text:
            path = check.at("http_path")
            yield self.fact("healthcheck", "health_check", "http:/" + path.text.strip("/"), path, name, "http_path")
        elif check.at("port").text:
            yield self.fact("healthcheck", "health_check", f"tcp:{check.at('port').text}", check.at("port"), name)
        count, scaling = node.at("instance_count"), node.at("autoscaling")
        if count.text.isdigit():
            yield self.fact("replicas", name, int(count.text), count, name)
        if scaling.is_map:
            value = f"{scaling.at('min_instance_count').text}-{scaling.at('max_instance_count').text}"
            yield self.fact("autoscaling", name, value, scaling, name, "the least and the most instances")
        command = node.at("run_command")
        if command.text:
            yield self.fact("start_command", "run_command", without_passwords(command.text), command, name)
            kind = node.at("kind")
            if kind.text in {"PRE_DEPLOY", "POST_DEPLOY"}:
                how = f"{kind.text}: run_command"
                yield self.fact("hook", kind.text, without_passwords(command.text), command, name, how)
        schedule = node.at("schedule", "cron")
        if schedule.text:
            yield self.fact("cronjob", name, schedule.text, schedule, name)

    def settings(self, service: str, variables: Node) -> Iterator[Fact]:
        for variable in variables:
            key, value = variable.at("key"), variable.at("value")
            if not key.text:
                continue
            bound = _BOUND.search(value.text)
            if bound and bound["name"] in self.names and bound["name"] != service:
                yield self.fact("depends_on", bound["name"], key.text, value, service)
            secret = variable.at("type").text == "SECRET"
            empty = not value.text or (is_placeholder(value.text) and not bound)
            if empty and secret:
                yield self.fact("env_required", key.text, "required", key, service)
            if secret or is_confidential(key.text) or (bound and _CONNECTION.search(bound["key"])):
                # EV[...]: encrypted by DigitalOcean
                plain = bool(value.text) and not empty and "$" not in value.text and not value.text.startswith("EV[")
                yield self.fact("secret", key.text, "hardcoded" if plain else "env", key, service)
