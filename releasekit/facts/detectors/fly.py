"""Fly.io applications (fly.toml): service, ports, checks, disks, release command (Fly's configuration reference)."""

from collections.abc import Iterator

from releasekit.facts import images
from releasekit.facts.files import Files
from releasekit.facts.health import without_passwords
from releasekit.facts.model import Fact, Value
from releasekit.facts.places import aside
from releasekit.facts.settings.confidential import is_confidential
from releasekit.facts.stages import is_earlier
from releasekit.facts.ways import BY_NAME
from releasekit.syntax.node import Node


def detect(files: Files) -> Iterator[Fact]:
    """The facts of each fly.toml that is not aside."""
    for path in files.tree.ending(".toml"):
        if not BY_NAME["fly"].claims(path) or aside(path) or is_earlier(path):
            continue
        root = files.toml(path)
        if root.at("app").text:
            yield from _Application(path, root).facts()


class _Application:
    """One fly.toml."""

    def __init__(self, path: str, root: Node) -> None:
        self.path, self.root, self.name = path, root, root.at("app").text

    def fact(self, kind: str, name: str, value: Value, line: int, how: str = "") -> Fact:
        return Fact(kind, name, value, f"{self.path}:{line}", self.name, how=how)

    def facts(self) -> Iterator[Fact]:
        yield Fact("service", self.name, "app", f"{self.path}:{self.root.line_of('app')}")
        yield from self.built()
        yield from self.deployed()
        yield from self.served()
        for group in self.root.at("processes").keys:
            line = self.root.at("processes").line_of(group)
            yield self.fact("process_group", group, group, line, "a group of machines")
        mounts = self.root.at("mounts")
        for mount in mounts if mounts.is_list else [mounts]:
            target = mount.at("destination")
            if target.text:
                yield self.fact("volume", mount.at("source").text, target.text, target.line)
        for key, value in self.root.at("env").items():
            if is_confidential(key) and value.text:
                yield self.fact("secret", key, "hardcoded", self.root.at("env").line_of(key))

    def built(self) -> Iterator[Fact]:
        image, dockerfile = self.root.at("build", "image"), self.root.at("build", "dockerfile").text
        if image.text:
            reference = images.reference(image.text)
            yield self.fact("image", reference.repository, image.text, image.line)
            if reference.unpinned:
                yield self.fact("image_unpinned", reference.repository, image.text, image.line)
            return
        folder = self.path.rpartition("/")[0]
        path = "/".join(part for part in (folder, dockerfile or "Dockerfile") if part)
        yield self.fact("build", path, folder or ".", self.root.line_of("app"), "what Fly builds it from")

    def deployed(self) -> Iterator[Fact]:
        release, strategy = self.root.at("deploy", "release_command"), self.root.at("deploy", "strategy")
        if release.text:
            command = without_passwords(release.text)
            yield self.fact("start_command", "release_command", command, release.line)
            yield self.fact("hook", "release_command", command, release.line)
        if strategy.text:
            yield self.fact("rollout_strategy", "strategy", strategy.text, strategy.line)

    def served(self) -> Iterator[Fact]:
        services = [self.root.at("http_service"), *self.root.at("services")]
        for service in services:
            port = service.at("internal_port")
            if port.text.isdigit():
                yield self.fact("port", "internal_port", int(port.text), port.line)
        named = dict(self.root.at("checks").items()).values()
        listed = (check for service in services for key in ("checks", "http_checks") for check in service.at(key))
        for path in (check.at("path") for check in (*listed, *named)):
            if path.text:
                value = "http:/" + path.text.strip("/")
                yield self.fact("healthcheck", "fly", value, path.line, "the path that is asked")
