"""Render blueprints (render.yaml): services, databases, what they need of each other (Render's specification)."""

import posixpath
from collections.abc import Iterator

from releasekit.facts import images
from releasekit.facts.files import Files
from releasekit.facts.health import without_passwords
from releasekit.facts.model import Fact
from releasekit.facts.places import aside
from releasekit.facts.production.optional import is_optional
from releasekit.facts.settings.confidential import is_confidential, is_placeholder
from releasekit.facts.ways import BY_NAME, of_file
from releasekit.syntax.node import Node

_ROLES = {
    "web": "app", "pserv": "app", "worker": "app", "static": "app", "cron": "job", "redis": "datastore",
    "keyvalue": "datastore",
}  # fmt: skip
_COMMANDS = ("preDeployCommand", "initialDeployHook", "startCommand", "dockerCommand")


def detect(files: Files) -> Iterator[Fact]:
    """The facts of each blueprint that is not aside."""
    for path in files.tree.ending(".yaml", ".yml"):
        named = path.rpartition("/")[2] in {"render.yaml", "render.yml"}
        if aside(path) or not (named or of_file(path, files.text(path)) is BY_NAME["render"]):
            continue
        for root in files.yaml(path)[:1]:
            yield from _Blueprint(path, root).facts()


class _Blueprint:
    """One blueprint file."""

    def __init__(self, path: str, root: Node) -> None:
        self.path, self.folder = path, posixpath.dirname(path)
        parts = [root, *(environment for project in root.at("projects") for environment in project.at("environments"))]
        self.services = [node for part in parts for node in part.at("services") if node.at("name").text]
        self.databases = [node for part in parts for node in part.at("databases") if node.at("name").text]
        self.groups = {node.at("name").text: node for part in parts for node in part.at("envVarGroups")}

    def fact(
        self, kind: str, name: str, value: str | int, node: Node, service: str | None = None, how: str = ""
    ) -> Fact:
        return Fact(kind, name, value, f"{self.path}:{node.line}", service, how=how)

    def facts(self) -> Iterator[Fact]:
        for database in self.databases:
            name = database.at("name")
            yield self.fact("service", name.text, "datastore", name)
            yield self.fact("datastore", name.text, "postgres", name, how="Render's databases are PostgreSQL")
        for service in self.services:
            yield from self.service(service)

    def service(self, node: Node) -> Iterator[Fact]:
        name, kind = node.at("name"), node.at("type").text
        yield self.fact("service", name.text, _ROLES.get(kind, "app"), name)
        if kind in {"redis", "keyvalue"}:
            yield self.fact("datastore", name.text, "redis", name, how=f"a service of type {kind}")
            return
        yield from self.shape(name.text, node)
        yield from self.settings(name.text, node.at("envVars"))
        image = node.at("image", "url")
        if image.text:
            reference = images.reference(image.text)
            yield self.fact("image", reference.repository, image.text, image, name.text)
            if reference.unpinned:
                yield self.fact("image_unpinned", reference.repository, image.text, image, name.text)
        elif not node.at("repo") and (node.at("runtime") or node.at("env")).text not in {"docker", ""}:
            command = node.at("buildCommand")
            if command.text:
                how = "what Render's own runtime builds it with"
                yield self.fact(
                    "build_command", "buildCommand", without_passwords(command.text), command, name.text, how
                )
        elif not node.at("repo"):
            folder = posixpath.normpath(posixpath.join(self.folder, node.at("rootDir").text or "."))
            dockerfile = posixpath.normpath(posixpath.join(folder, node.at("dockerfilePath").text or "Dockerfile"))
            yield Fact(
                "build", dockerfile, folder, f"{self.path}:{name.line}", name.text, how="what Render builds it from"
            )

    def shape(self, name: str, node: Node) -> Iterator[Fact]:
        health, schedule = node.at("healthCheckPath"), node.at("schedule")
        if health.text:
            yield self.fact("healthcheck", "render", "http:/" + health.text.strip("/"), health, name, "healthCheckPath")
        if schedule.text:
            yield self.fact("cronjob", name, schedule.text, schedule, name)
        for key in _COMMANDS:
            if node.at(key).text:
                command = without_passwords(node.at(key).text)
                yield self.fact("start_command", key, command, node.at(key), name)
                if key == "preDeployCommand":
                    yield self.fact("hook", key, command, node.at(key), name)
        instances, scaling = node.at("numInstances"), node.at("scaling")
        if instances.text.isdigit():
            yield self.fact("replicas", name, int(instances.text), instances, name)
        if scaling.is_map:
            value = f"{scaling.at('minInstances').text}-{scaling.at('maxInstances').text}"
            yield self.fact("autoscaling", name, value, scaling, name, "the least and the most instances")
        disk = node.at("disk", "mountPath")
        if disk.text:
            yield self.fact("volume", node.at("disk", "name").text or "disk", disk.text, disk, name)
        for domain in (*node.at("domains"), node.at("domain")):
            if domain.text:
                yield self.fact("host", "domains", domain.text, domain, name)
        grace = node.at("maxShutdownDelaySeconds")
        if grace.text:
            yield self.fact("stop_grace", "maxShutdownDelaySeconds", f"{grace.text}s", grace, name)

    def settings(self, service: str, variables: Node) -> Iterator[Fact]:
        for variable in variables:
            group = variable.at("fromGroup")
            if group.text in self.groups:
                yield from self.settings(service, self.groups[group.text].at("envVars"))
            key = variable.at("key")
            if key.text:
                yield from self.setting(service, key, variable)

    def setting(self, service: str, key: Node, variable: Node) -> Iterator[Fact]:
        for source in ("fromDatabase", "fromService"):
            other = variable.at(source, "name")
            if other.text and other.text != service:
                yield self.fact("depends_on", other.text, source, other, service)
        value = variable.at("value")
        asked = variable.at("sync").value is False and not is_optional(key.text)
        if asked or (value and is_placeholder(value.text) and value.text):
            yield self.fact("env_required", key.text, "required", key, service)
        if key.text == "PORT" and value.text.isdigit():
            yield self.fact("port", "PORT", int(value.text), value, service)
        connection = variable.at("fromDatabase", "property").text in {"connectionString", "password"}
        if is_confidential(key.text) or connection:
            stands = bool(value.text) and not is_placeholder(value.text)
            yield self.fact("secret", key.text, "hardcoded" if stands else "env", key, service)
