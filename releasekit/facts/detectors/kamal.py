"""Kamal (config/deploy.yml): the application, its roles, accessories, proxy and secrets (Kamal 2 configuration)."""

from collections.abc import Iterator

from releasekit.facts import images
from releasekit.facts.files import Files
from releasekit.facts.health import without_passwords
from releasekit.facts.model import Fact, Value
from releasekit.facts.places import aside
from releasekit.facts.settings.confidential import is_confidential
from releasekit.syntax.node import Node


def detect(files: Files) -> Iterator[Fact]:
    """The facts of each Kamal configuration; destinations (deploy.staging.yml) change it and are not read."""
    for path in files.tree.named("deploy.yml"):
        if not path.endswith("config/deploy.yml") or aside(path):
            continue
        for root in files.yaml(path)[:1]:
            if root.at("service").text and root.at("image").text:
                yield from _Configuration(path, root).facts()


class _Configuration:
    """One deploy.yml; ``folder`` is the application's, above ``config``."""

    def __init__(self, path: str, root: Node) -> None:
        self.path, self.root, self.name = path, root, root.at("service").text
        self.folder = path.removesuffix("config/deploy.yml").rstrip("/")

    def fact(self, kind: str, name: str, value: Value, line: int, service: str | None = None, how: str = "") -> Fact:
        return Fact(kind, name, value, f"{self.path}:{line}", service, how=how)

    def facts(self) -> Iterator[Fact]:
        image = self.root.at("image")
        yield self.fact("service", self.name, "app", self.root.at("service").line)
        how = "the tag is the version that is deployed"
        yield self.fact("image", image.text, f"{image.text}:${{VERSION}}", image.line, self.name, how)
        dockerfile = self.root.at("builder", "dockerfile").text or "Dockerfile"
        built = f"{self.folder}/{dockerfile}".lstrip("/")
        yield self.fact("build", built, self.folder or ".", image.line, self.name, "what Kamal builds it from")
        yield from self.roles()
        yield from self.routed(self.root.at("proxy") or self.root.at("servers", "web", "proxy"))
        yield from self.secrets(self.root.at("env"), self.name)
        yield from self.volumes(self.root.at("volumes"), self.name)
        for name, accessory in self.root.at("accessories").items():
            yield from self.accessory(name, accessory, self.root.at("accessories").line_of(name))

    def roles(self) -> Iterator[Fact]:
        for role, servers in self.root.at("servers").items():
            hosts = servers if servers.is_list else servers.at("hosts")
            line = self.root.at("servers").line_of(role)
            name = self.name if role == "web" else f"{self.name}-{role}"
            if role != "web":
                yield self.fact("service", name, "app", line, how="a role of the application")
            if servers.at("cmd").text:
                yield self.fact("start_command", role, without_passwords(servers.at("cmd").text), line, name)
            if len(tuple(hosts)) > 1:
                yield self.fact("replicas", name, len(tuple(hosts)), line, name, "one on each of its hosts")

    def routed(self, proxy: Node) -> Iterator[Fact]:
        for host in (proxy.at("host"), *proxy.at("hosts")):
            if host.text:
                yield self.fact("host", "proxy", host.text, host.line, self.name)
        if proxy.at("ssl").value is True:
            yield self.fact("tls", "proxy", "letsencrypt", proxy.at("ssl").line, self.name, "kamal-proxy asks for it")
        port, path = proxy.at("app_port"), proxy.at("healthcheck", "path")
        if port.text.isdigit():
            yield self.fact("port", "app_port", int(port.text), port.line, self.name)
        if path.text:
            yield self.fact(
                "healthcheck", "kamal", f"http:/{path.text.strip('/')}", path.line, self.name, "the path asked"
            )

    def secrets(self, env: Node, service: str) -> Iterator[Fact]:
        for name in env.at("secret"):
            key = name.text.partition(":")[0]
            if key:
                yield self.fact("env_required", key, "required", name.line, service)
                yield self.fact("secret", key, "env", name.line, service)
        for key, value in env.at("clear").items():
            if is_confidential(key) and value.text:
                yield self.fact("secret", key, "hardcoded", env.at("clear").line_of(key), service)

    def volumes(self, volumes: Node, service: str) -> Iterator[Fact]:
        for volume in volumes:
            source, _, target = volume.text.partition(":")
            if target and not source.startswith("/var/run"):
                yield self.fact("volume", source, target.partition(":")[0], volume.line, service)

    def accessory(self, name: str, node: Node, line: int) -> Iterator[Fact]:
        image = node.at("image")
        reference = images.reference(image.text)
        yield self.fact("service", name, images.role(image.text), line)
        if image.text:
            yield self.fact("image", reference.repository, image.text, image.line, name)
            if reference.unpinned:
                yield self.fact("image_unpinned", reference.repository, image.text, image.line, name)
        stored = images.stores(image.text)
        if stored:
            yield self.fact("datastore", name, stored[0], image.line, how=f"what the image {image.text} is")
        port = node.at("port").text.rpartition(":")[2]
        if port.isdigit():
            yield self.fact("port", "port", int(port), node.at("port").line, name)
        yield from self.secrets(node.at("env"), name)
        yield from self.volumes(node.at("volumes"), name)
        for folder in node.at("directories"):
            source, _, target = folder.text.partition(":")
            if target:
                yield self.fact("volume", source, target, folder.line, name)
