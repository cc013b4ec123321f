"""Heroku's app.json and heroku.yml: processes, add-ons, what must be set. Procfiles are elsewhere.

Whether these processes are the deployment is decided where all facts come together.
"""

import re
from collections.abc import Iterator

from releasekit.facts import images
from releasekit.facts.code import folder, join
from releasekit.facts.files import Files
from releasekit.facts.health import without_passwords
from releasekit.facts.model import Fact
from releasekit.facts.places import aside
from releasekit.facts.settings.confidential import is_confidential, is_placeholder
from releasekit.syntax.node import Node

_MARKS = ("buildpacks", "formation", "addons", "stack", "scripts", "success_url", "env")
_FOREIGN = ("expo", "displayName", "componentFramework", "pages", "usingComponents")
# what an add-on's name begins or ends with, where images are not called like that: a vendor's own name for a store
_ADD_ONS = {
    "rediscloud": "redis", "redistogo": "redis", "openredis": "redis", "stackhero-redis": "redis", "jawsdb": "mysql",
    "cleardb": "mysql", "jawsdb-maria": "mariadb", "memcachier": "memcached", "memcachedcloud": "memcached",
    "cloudamqp": "rabbitmq", "bonsai": "elasticsearch", "searchbox": "elasticsearch",
    "foundelasticsearch": "elasticsearch",
    "mongolab": "mongodb", "ormongo": "mongodb", "heroku-postgresql": "postgres", "heroku-redis": "redis",
    "heroku-kafka": "kafka", "heroku-data-for-redis": "redis",
}  # fmt: skip


def detect(files: Files) -> Iterator[Fact]:
    """The facts of each of these files that is not aside."""
    for path in files.tree.named("app.json"):
        root = files.json(path) if not aside(path) and '"' in files.text(path) else None
        if root is not None and is_heroku(root):
            yield from _manifest(path, root)
    for path in files.tree.named("heroku.yml", "heroku.yaml"):
        for root in () if aside(path) else files.yaml(path)[:1]:
            yield from _container(path, root)


def is_heroku(root: Node) -> bool:
    """Whether an app.json is Heroku's: others have the same name."""
    return any(root.at(key) for key in _MARKS) and not any(root.at(key) for key in _FOREIGN)


def _manifest(path: str, root: Node) -> Iterator[Fact]:
    scope = folder(path)
    formation = root.at("formation")
    for name, node in formation.items():
        line = formation.line_of(name)
        yield Fact("process", name, "app", f"{path}:{line}", how="a process of the formation", scope=scope)
        quantity = node.at("quantity")
        if quantity.text.isdigit():
            source = f"{path}:{quantity.line}"
            yield Fact("replicas", name, int(quantity.text), source, scope=scope, how=f"the formation's {name}")
    yield from _added(path, scope, root.at("addons"))
    for key, node in root.at("env").items():
        line = root.at("env").line_of(key)
        value = node.at("value") if node.is_map else node
        given = bool(value.text) and not is_placeholder(value.text)
        needed = node.is_map and node.at("required").value is not False
        if needed and not given and not node.at("generator"):
            yield Fact("env_required", key, "required", f"{path}:{line}", how="asked for, without a value")
        if is_confidential(key):
            yield Fact("secret", key, "hardcoded" if given else "env", f"{path}:{line}")
    release = root.at("scripts", "postdeploy")
    command = release.text or release.at("command").text
    if command:
        at = release.at("command") if release.is_map else release
        yield Fact("start_command", "postdeploy", without_passwords(command), f"{path}:{at.line}", scope=scope)


def _added(path: str, scope: str, added: Node) -> Iterator[Fact]:
    for node in added:
        plan = node.at("plan") if node.is_map else node
        name = plan.text.partition(":")[0]
        technology = _technology(name)
        if technology:
            # the platform runs it: it is nothing that a release starts
            yield Fact("process", name, "add-on", f"{path}:{plan.line}", how="an add-on", scope=scope)
            yield Fact("datastore", name, technology, f"{path}:{plan.line}", how="an add-on")


def _technology(name: str) -> str:
    known = _ADD_ONS.get(name)
    for part in () if known else (name, *re.split(r"[-_]", name)):
        found = images.stores(part) if part else None
        if found:
            return found[0]
    return known or ""


def _container(path: str, root: Node) -> Iterator[Fact]:
    """heroku.yml: images by process, commands, the release phase."""
    scope = folder(path)
    yield from _added(path, scope, root.at("setup", "addons"))
    built = root.at("build", "docker")
    run = root.at("run")
    for name in dict.fromkeys((*built.keys, *run.keys)):
        line = built.line_of(name) if name in built.keys else run.line_of(name)
        role = "job" if name == "release" else "app"
        yield Fact("process", name, role, f"{path}:{line}", how="a process of heroku.yml", scope=scope)
        if built.at(name).text:
            file = join(scope, built.at(name).text)
            yield Fact("build", file, folder(file) or ".", f"{path}:{line}", name, how="the image of this process")
    for name, node in run.items():
        command = node.text or " ".join(part.text for part in node.at("command")) or node.at("command").text
        if command:
            source = f"{path}:{run.line_of(name)}"
            yield Fact(
                "start_command", f"run {name}", without_passwords(command), source, scope=scope, how="its command"
            )
    release = root.at("release", "command")
    words = release.text or " && ".join(part.text for part in release)
    if words:
        yield Fact(
            "process", "release", "job", f"{path}:{root.line_of('release')}", how="the release phase", scope=scope
        )
        source = f"{path}:{release.line}"
        yield Fact("start_command", "run release", without_passwords(words), source, scope=scope, how="its command")
        yield Fact(
            "hook", "release phase", without_passwords(words), source, how="the platform runs it in each release"
        )
