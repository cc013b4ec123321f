"""Railway's file (railway.json, railway.toml): what it starts from a folder, its check, its schedule, its commands."""

from collections.abc import Iterator

from releasekit.facts.code import folder
from releasekit.facts.files import Files
from releasekit.facts.health import without_passwords
from releasekit.facts.model import Fact
from releasekit.facts.places import aside
from releasekit.syntax.node import Node


def detect(files: Files) -> Iterator[Fact]:
    """The facts of each such file that is not aside."""
    for path in files.tree.named("railway.json", "railway.toml"):
        if not aside(path):
            yield from _railway(path, files.toml(path) if path.endswith(".toml") else files.json(path))


def _railway(path: str, root: Node) -> Iterator[Fact]:
    scope = folder(path)
    deploy = root.at("deploy")
    if not deploy.is_map and not root.at("build").is_map:
        return
    name = scope.rpartition("/")[2] or "web"
    schedule = deploy.at("cronSchedule")
    role = "job" if schedule.text else "app"
    yield Fact("process", name, role, f"{path}:1", how="what Railway starts from this folder", scope=scope)
    health, count = deploy.at("healthcheckPath"), deploy.at("numReplicas")
    if health.text:
        value = "http:/" + health.text.strip("/")
        yield Fact("healthcheck", "railway", value, f"{path}:{health.line}", scope=scope, how="healthcheckPath")
    if count.text.isdigit():
        yield Fact("replicas", name, int(count.text), f"{path}:{count.line}", scope=scope)
    if schedule.text:
        yield Fact("cronjob", name, schedule.text, f"{path}:{schedule.line}", scope=scope)
    for key in ("preDeployCommand", "startCommand"):
        said = deploy.at(key)
        words = said.text or " && ".join(part.text for part in said)
        if words:
            source = f"{path}:{said.line}"
            yield Fact("start_command", key, without_passwords(words), source, scope=scope, how="its command")
            if key == "preDeployCommand":
                yield Fact("hook", key, without_passwords(words), source, scope=scope, how="its command")
