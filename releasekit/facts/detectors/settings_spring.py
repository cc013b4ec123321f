"""Properties of Spring, Quarkus and Micronaut that production must give or that are confidential, by their own names.

What they take from variables is told with the variables.
"""

import re
from collections.abc import Iterator

from releasekit.facts.code import line_at, own, owner
from releasekit.facts.files import Files
from releasekit.facts.model import Fact
from releasekit.facts.settings import environment
from releasekit.facts.settings.confidential import is_confidential
from releasekit.facts.settings.model import placeholder
from releasekit.facts.settings.spring import Property, properties
from releasekit.syntax.expression import Expression

_VALUE = Expression(r"@Value\(\s*\"\$\{([a-z][\w-]*(?:\.[\w-]+)+)\}\"")
# given by the runtime, the framework or the build
_GIVEN = Expression(
    r"(?:java|user|os|file|path|line|local|server|management|logging|git|build|info|project)\..*|spring\.(?:application|profiles)\..*"
)


def detect(files: Files) -> Iterator[Fact]:
    """``secret`` and ``env_required`` facts; a property that a deployment file sets as a variable is told there."""
    known = list(properties(files))
    if not known:
        return
    stated = {_plain(entry.name) for entry in environment.stated(files)}
    done: set[str] = set()
    for one in known:
        name = _plain(one.name)
        said = one.value and "${" not in one.value and "@" not in one.value[:1]
        if (
            said
            and name not in stated
            and f"secret {name}" not in done
            and _is_secret(one.name)
            and not _plain_value(one)
        ):
            done.add(f"secret {name}")
            yield _fact(files, "secret", one, "property")
        if said and one.production and _lacks(one.value) and name not in stated and name not in done:
            done.add(name)
            yield _fact(files, "env_required", one, "required", "its value is only a placeholder")
    given = {_plain(one.name) for one in known if one.production} | stated
    yield from _demanded(files, given, done)


def _demanded(files: Files, given: set[str], done: set[str]) -> Iterator[Fact]:
    """``@Value("${name}")`` without a default, of a property that no file for production holds."""
    for path in own(files, ".java", ".kt"):
        text = files.text(path)
        if "@Value" not in text:
            continue
        for match in _VALUE.finditer(text):
            name = _plain(match[1])
            if _GIVEN.fullmatch(match[1]) or name in given:
                continue
            place = Property(match[1], "", path, line_at(text, match.start(1)), True)
            if name not in done:
                done.add(name)
                yield _fact(files, "env_required", place, "required", "the program does not start without it")
            if _is_secret(match[1]) and f"secret {name}" not in done:
                done.add(f"secret {name}")
                yield _fact(files, "secret", place, "property")


def _is_secret(name: str) -> bool:
    return is_confidential(name.rpartition(".")[2])


def _plain_value(one: Property) -> bool:
    return one.value.lower() in {"true", "false"} or one.value.isdigit()


def _lacks(value: str) -> bool:
    """Whether a value is a placeholder; ``none`` is a value for many properties."""
    return placeholder(value) and value.lower() not in {"none", "null"} and bool(re.search(r"[a-zA-Z]{4}", value))


def _plain(name: str) -> str:
    """A property or its variable without separators, as far as Spring's relaxed binding tells them apart."""
    return re.sub(r"[^A-Z0-9]", "", name.upper())


def _fact(files: Files, kind: str, one: Property, value: str, how: str = "") -> Fact:
    told = how or "a property that is confidential by its name"
    return Fact(kind, one.name, value, f"{one.path}:{one.line}", how=told, scope=owner(files, one.path))
