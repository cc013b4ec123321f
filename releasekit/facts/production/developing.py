"""Signs that a Compose file is for developers, each with its place. Says nothing of files without such a sign."""

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass

from releasekit.facts import images
from releasekit.facts.code import has_below
from releasekit.facts.files import Files
from releasekit.facts.production import stacks
from releasekit.syntax.expression import Expression
from releasekit.syntax.node import Node

_SOURCES = (
    *(".py", ".js", ".ts", ".tsx", ".jsx", ".mjs", ".rb", ".go", ".rs", ".php", ".java", ".kt", ".cs", ".ex", ".exs"),
    *(".ml", ".scala", ".clj", ".vue", ".svelte", ".elm"),
)
# commands that wait for somebody to change the source
_RELOADS = Expression(
    r"--reload\b(?!-)|--watch\b|--debug\b|\bnodemon\b|\bwatchmedo\b|\bmanage\.py\s+runserver|\btsx\s+watch\b|\bts-node-dev\b"
    r"|\b(?:npm|pnpm|yarn|bun)\s+(?:run\s+)?(?:dev|develop|watch|start:dev)\b|\b(?:next|nuxt|astro|vite|remix)\s+dev\b"
    r"|\bflask\s+(?:[-\w]+\s+)*run\b.*--debug|\bcargo\s+watch\b|\bgo\s+run\b|\bair\b(?:\s+-c|\s*$)|\bbin/dev\b"
    r"|\bdotnet\s+watch\b|\bmix\s+phx\.server\b|\bfastapi\s+dev\b|\bartisan\s+serve\b|\bsleep\s+infinity\b|\btail\s+-f\s+/dev/null"
)
_ENVIRONMENTS = Expression(
    r"(?:NODE|RAILS|RACK|APP|FLASK|MIX|DJANGO|GO|ASPNETCORE|DOTNET|SYMFONY|HANAMI)_ENV(?:IRONMENT)?|ENVIRONMENT|ENV|FLASK_DEBUG|DEBUG"
)
_DEVELOPMENT = Expression(r"dev(?:elop(?:ment)?)?|local|debug", re.IGNORECASE)
# what stands in for a service of others, or catches what would reach people
_STAND_INS = Expression(
    r"mailhog|mailpit|mailcatcher|maildev|inbucket|smtp4dev|greenmail|localstack|elasticmq[\w-]*|wiremock|mock-?server|mockoon"
    r"|stripe-mock|azurite|fake-[\w-]+|[\w-]+-fake|[\w-]+-mock|mock-[\w-]+|dynamodb-local|[\w-]+-emulator|gcloud-pubsub-emulator"
    r"|moto(?:server)?|storybook|selenium|browserless-dev",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Sign:
    """Why a file is for developers, as a clause, and where it says so."""

    reason: str
    source: str


def signs(files: Files, path: str) -> Iterator[Sign]:
    """The signs in one file, in its order; that of its own words first."""
    if stacks.for_development(files, path):
        yield Sign("it says that it is for development", f"{path}:1")
    root = stacks.root_of(files, path)
    for name, service in root.at("services").items() if root else ():
        yield from _of_service(files, path, name, service)


def _of_service(files: Files, path: str, name: str, service: Node) -> Iterator[Sign]:
    for volume in service.at("volumes"):
        source = volume.text.partition(":")[0] if volume.text else volume.at("source").text
        if source.startswith((".", "${PWD}", "$PWD")) and _is_source(files, path, source):
            yield Sign(f"it mounts the source into {name}", f"{path}:{volume.line}")
            break
    for key in ("command", "entrypoint"):
        node = service.at(key)
        words = node.text or " ".join(part.text for part in node)
        if _RELOADS.search(words):
            yield Sign(f"it starts {name} for development", f"{path}:{node.line}")
    target = service.at("build", "target")
    if _DEVELOPMENT.fullmatch(target.text):
        yield Sign(f"it builds {name} for development", f"{path}:{target.line}")
    if service.at("develop"):
        yield Sign(f"it watches the source of {name}", f"{path}:{service.line_of('develop')}")
    yield from _environment(path, name, service.at("environment"))
    image = service.at("image")
    if image.text and _STAND_INS.fullmatch(images.reference(image.text).repository.rpartition("/")[2]):
        yield Sign(f"it starts {image.text}, which stands in for a real service", f"{path}:{image.line}")


def _environment(path: str, name: str, variables: Node) -> Iterator[Sign]:
    pairs = [(key, child.text, child.line) for key, child in variables.items()]
    pairs += [(*part.text.partition("=")[::2], part.line) for part in variables if "=" in part.text]
    for key, value, line in pairs:
        on = value.lower() in {"development", "dev", "local"} or (key == "FLASK_DEBUG" and value in {"1", "true"})
        if on and _ENVIRONMENTS.fullmatch(key):
            yield Sign(f"it starts {name} with {key}={value}", f"{path}:{line}")
            return


def _is_source(files: Files, path: str, source: str) -> bool:
    """Whether a folder of the host, relative to the file, holds source code of this repository."""
    plain = re.sub(r"^\$\{?PWD\}?", ".", source)
    place = posixpath.normpath(posixpath.join(posixpath.dirname(path), plain))
    place = "" if place == "." else place
    if place.startswith("..") or (place and not has_below(files, place + "/")):
        return False
    prefix = f"{place}/" if place else ""
    return any(inside.startswith(prefix) for inside in files.tree.ending(*_SOURCES))
