"""What a Compose file starts, told from its content alone: something of this repository, of others, only stores.

Chooses nothing: which files are production is decided elsewhere.
"""

import re
from collections.abc import Iterator
from enum import IntEnum

from releasekit.facts import images
from releasekit.facts.files import Files, remembered
from releasekit.facts.places import aside, is_dockerfile
from releasekit.facts.projects import workflows
from releasekit.facts.xml import xml
from releasekit.syntax.expression import Expression
from releasekit.syntax.node import Node

_SERVICES = Expression(r"^services:[ \t]*(?:#.*)?$", re.MULTILINE)
_KEYS = Expression(r"[\s{,](?:image|build|extends):\s")
# what people write above a file that is not meant for production
_FOR_DEVELOPMENT = Expression(
    r"(?:intended|meant|designed|only|used|is|purely)[^.\n]{0,40}\bfor\b[^.\n]{0,40}\b(?:develop(?:ment|ing|ers?)|testing|demo)\b"
    r"|\b(?:development|testing|local)\b[^.\n]{0,30}\b(?:only|purposes?)\b"
    r"|\b(?:not?|never|don'?t|do not)\b[^.\n]{0,60}\b(?:for|in|as|to)\b[^.\n]{0,20}\bproduction\b",
    re.IGNORECASE,
)
_HEADER = 60
# images: of docker/metadata-action, tags: of docker/build-push-action and of Bake; a list, a block or a text
_IMAGES = Expression(
    r"^[ \t]*(?:images|tags)[ \t]*[:=](?P<images>[^\n]{0,400}(?:\n[ \t]+-?[ \t]*[\w.-]+/[^\n]{0,400}){0,20})",
    re.MULTILINE,
)
_REFERENCE = Expression(r"(?:[\w-]+(?:\.[\w-]+)*/)+[\w.-]+")
_MODULE = Expression(r"^module\s+(\S+)", re.MULTILINE)
_GRADLE = Expression(r"rootProject\.name\s*=\s*[\"']([^\"']+)")


class Starts(IntEnum):
    """How much of the application a file starts."""

    STORES = 0  # data stores, tools, monitoring
    OTHERS = 1  # an application whose image may be of this repository or not
    OWN = 2  # something that this repository builds


def looks_like(files: Files, path: str) -> bool:
    """Whether a YAML file of any name holds Compose services, as far as its text shows."""
    text = files.text(path)
    return bool(_SERVICES.search(text) and _KEYS.search(text)) and "apiVersion:" not in text


def root_of(files: Files, path: str) -> Node | None:
    """The mapping of a Compose file; None when it is none."""
    documents = files.yaml(path)
    return documents[0] if documents and documents[0].is_map else None


def starts(files: Files, path: str, own: frozenset[str]) -> Starts:
    """What the services of a file are; ``own`` are the names of what this repository makes (`own_names`)."""
    root = root_of(files, path)
    found = Starts.STORES
    for name, service in root.at("services").items() if root else ():
        found = max(found, _service(name, service, own))
    return found


def _service(name: str, service: Node, own: frozenset[str]) -> Starts:
    image = service.at("image").text
    if service.at("build"):
        known = images.known(image) if image else images.known(name)
        return Starts.STORES if known[1] in {"datastore", "broker", "monitoring", "tool"} else Starts.OWN
    if not image:
        return Starts.STORES if images.known(name)[1] or not service.at("extends") else Starts.OTHERS
    if is_own(image, own):
        return Starts.OWN
    return Starts.STORES if images.role(image) not in {"app", "job"} else Starts.OTHERS


def is_own(image: str, own: frozenset[str]) -> bool:
    """Whether an image is called like something that this repository makes."""
    return plain(images.reference(image).repository.rpartition("/")[2]) in own


def monitors(files: Files, path: str) -> bool:
    """Whether all that a file starts watches others."""
    root = root_of(files, path)
    services = [service.at("image").text for _, service in root.at("services").items()] if root else []
    return bool(services) and all(image and images.role(image) == "monitoring" for image in services)


def builds_above(files: Files, path: str) -> bool:
    """Whether all that a file builds lies outside of the file's own folder."""
    root = root_of(files, path)
    builds = [service.at("build") for _, service in root.at("services").items()] if root else []
    contexts = [build.text or build.at("context").text for build in builds if build]
    return bool(contexts) and all(context.startswith("..") for context in contexts)


def builds_for_developers(files: Files, path: str) -> bool:
    """Whether all that a file builds comes from folders of development tools: vendored ones, dev containers."""
    root = root_of(files, path)
    builds = [service.at("build") for _, service in root.at("services").items()] if root else []
    contexts = [(build.text or build.at("context").text).removeprefix("./") for build in builds if build]
    return bool(contexts) and all(aside(f"{context}/Dockerfile") for context in contexts)


def taken_from(files: Files, path: str) -> Iterator[str]:
    """Files beside this one that it takes services from, as written."""
    root = root_of(files, path)
    for _, service in root.at("services").items() if root else ():
        if service.at("extends", "file").text:
            yield service.at("extends", "file").text


def for_development(files: Files, path: str) -> bool:
    """Whether the comments at the head of a file say that it is not meant for production."""
    comments = []
    for number, line in files.lines(path):
        if number > _HEADER or (line and not line.lstrip().startswith("#") and _SERVICES.match(line)):
            break
        if line.lstrip().startswith("#"):
            comments.append(line.lstrip("# \t").replace("*", ""))
    return bool(_FOR_DEVELOPMENT.search(" ".join(comments)))


@remembered
def own_names(files: Files) -> frozenset[str]:
    """What this repository's projects and image folders are called, written plainly."""
    return frozenset(plain(name) for _, name in projects(files))


def projects(files: Files) -> tuple[tuple[str, str], ...]:
    """(folder, name) of each project and image folder; names that many share say nothing."""
    found = (*_declared(files), *(("", name) for name in _pushed(files)))
    return tuple(dict.fromkeys(one for one in found if plain(one[1]) not in _COMMON))


def _pushed(files: Files) -> Iterator[str]:
    """What CI and Bake call the images that they push."""
    bakes = [path for path in files.tree.named("docker-bake.hcl", "docker-bake.json") if not aside(path)]
    for path in (*workflows.paths(files), *bakes):
        text = files.text(path)
        for match in _IMAGES.finditer(text) if "ocker" in text or "ghcr" in text else ():
            for reference in _REFERENCE.findall(match["images"]):
                yield images.reference(reference).repository.rpartition("/")[2]


_COMMON = frozenset(
    {"", "app", "web", "server", "api", "root", "main", "docker", "src", "build", "backend", "frontend"}
)


_PROJECTS = frozenset(
    "package.json composer.json pom.xml settings.gradle settings.gradle.kts go.mod pyproject.toml Cargo.toml".split()
)


def _declared(files: Files) -> Iterator[tuple[str, str]]:
    for path in files.tree.paths:
        folder, _, name = path.rpartition("/")
        made = "ontainerfile" in name or "ockerfile" in name  # most paths are neither: the rest costs more
        if (not made and name not in _PROJECTS) or folder.count("/") > 2 or aside(path):
            continue
        if made and is_dockerfile(path):
            yield folder, folder.rpartition("/")[2]
        for found in _named(files, path, name):
            yield folder, found


def _named(files: Files, path: str, name: str) -> Iterator[str]:
    """What a project file calls its project."""
    if name in {"package.json", "composer.json"}:
        owner, _, last = files.json(path).at("name").text.rpartition("/")
        yield owner.lstrip("@") if plain(last) in _COMMON and "/" not in path else last
    elif name == "pom.xml":
        yield xml(files, path).at("artifactId").text
    elif name in {"settings.gradle", "settings.gradle.kts"}:
        yield from _GRADLE.findall(files.text(path))
    elif name == "go.mod":
        for module in _MODULE.findall(files.text(path)):
            named = re.sub(r"/v\d+$", "", module)
            # a host alone: example.app
            yield named.rpartition("/")[2] if "/" in named else named.partition(".")[0]
    elif name == "pyproject.toml":
        root = files.toml(path)
        yield root.at("project", "name").text or root.at("tool", "poetry", "name").text
    elif name == "Cargo.toml":
        yield files.toml(path).at("package", "name").text


def plain(name: str) -> str:
    """A name without case, dashes, dots and underscores."""
    return re.sub(r"[-_. ]", "", name.lower())
