"""Amazon ECS task definitions: containers, images, ports, checks, secrets (AWS's task definition parameters)."""

from collections.abc import Iterator

from releasekit.facts import images
from releasekit.facts.files import Files
from releasekit.facts.health import asked, without_passwords
from releasekit.facts.model import Fact, Value
from releasekit.facts.places import aside
from releasekit.facts.settings.confidential import is_confidential, is_placeholder
from releasekit.facts.ways import BY_NAME
from releasekit.syntax.node import Node

_CONDITIONS = {"START": "service_started", "HEALTHY": "service_healthy"}
_CONDITIONS |= dict.fromkeys(("SUCCESS", "COMPLETE"), "service_completed_successfully")


def detect(files: Files) -> Iterator[Fact]:
    """The facts of each task definition that is not aside: a service for each of its containers."""
    for path in files.tree.ending(".json"):
        if aside(path) or not BY_NAME["ecs"].claims(path) or '"containerDefinitions"' not in files.text(path):
            continue
        root = files.json(path)
        family = root.at("family")
        if family.text:
            yield Fact("task_family", family.text, family.text, f"{path}:{family.line}")
        for container in root.at("containerDefinitions"):
            if container.at("name").text:
                yield from _Container(path, container).facts()


class _Container:
    """One container definition."""

    def __init__(self, path: str, node: Node) -> None:
        self.path, self.node, self.name = path, node, node.at("name").text

    def fact(self, kind: str, name: str, value: Value, node: Node, how: str = "") -> Fact:
        return Fact(kind, name, value, f"{self.path}:{node.line}", self.name, how=how)

    def facts(self) -> Iterator[Fact]:
        image = self.node.at("image")
        reference = images.reference(image.text) if image.text and "$" not in image.text else None
        role = images.role(reference.repository) if reference else "app"
        yield Fact("service", self.name, role, f"{self.path}:{self.node.at('name').line}")
        if reference:
            yield self.fact("image", reference.repository, image.text, image)
            if reference.unpinned:
                yield self.fact("image_unpinned", reference.repository, image.text, image)
        for mapping in self.node.at("portMappings"):
            port = mapping.at("containerPort")
            if port.text.isdigit():
                yield self.fact("port", "containerPort", int(port.text), port)
        yield from self._started()
        yield from self._settings()

    def _started(self) -> Iterator[Fact]:
        command = self.node.at("command")
        words = " ".join(part.text for part in command)
        if words:
            yield self.fact("start_command", "command", without_passwords(words), command, "its arguments in one line")
        check = self.node.at("healthCheck", "command")
        parts = [part.text for part in check]
        if parts[1:] and parts[0] in {"CMD", "CMD-SHELL"}:
            how = f"the check {' '.join(parts[1:])}"
            yield self.fact("healthcheck", "ecs", asked(" ".join(parts[1:])), check, without_passwords(how))
        grace = self.node.at("stopTimeout")
        if grace.text.isdigit():
            yield self.fact("stop_grace", "stopTimeout", int(grace.text), grace)
        for other in self.node.at("dependsOn"):
            if other.at("containerName").text:
                condition = _CONDITIONS.get(other.at("condition").text, "service_started")
                how = other.at("condition").text
                yield self.fact("depends_on", other.at("containerName").text, condition, other.at("containerName"), how)

    def _settings(self) -> Iterator[Fact]:
        for secret in self.node.at("secrets"):
            if secret.at("name").text:
                yield self.fact("secret", secret.at("name").text, "env", secret.at("name"), "from a store of AWS")
        for variable in self.node.at("environment"):
            key, value = variable.at("name"), variable.at("value")
            if is_confidential(key.text) and value.text and "$" not in value.text:
                if is_placeholder(value.text):
                    yield self.fact("env_required", key.text, "placeholder", key)
                else:
                    yield self.fact("secret", key.text, "hardcoded", key, "its value stands there")
