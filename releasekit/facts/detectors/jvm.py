"""Java and Kotlin projects: language, framework and version from Maven and Gradle files, read as text and never run."""

import re
from collections.abc import Iterator

from releasekit.facts.code import folder, has_below, kept, line_at, project
from releasekit.facts.files import Files
from releasekit.facts.model import Fact
from releasekit.facts.projects.versions import version
from releasekit.facts.xml import xml
from releasekit.syntax.element import Element
from releasekit.syntax.expression import Expression

# what a build file names when it uses the framework; Gradle's version catalogs write dots for dashes
FRAMEWORKS: tuple[tuple[str, Expression], ...] = (
    ("spring-boot", Expression(r"org\.springframework\.boot|spring[-_.]?boot", re.IGNORECASE)),
    ("quarkus", Expression(r"io\.quarkus|\bquarkus\b", re.IGNORECASE)),
    ("micronaut", Expression(r"io\.micronaut|\bmicronaut\b", re.IGNORECASE)),
    ("ktor", Expression(r"io\.ktor[:\"'.][^\n]*server|ktor[-_.]server|io\.ktor\.plugin", re.IGNORECASE)),
    ("dropwizard", Expression(r"io\.dropwizard(?!\.metrics)", re.IGNORECASE)),
    ("javalin", Expression(r"io\.javalin", re.IGNORECASE)),
    ("vert.x", Expression(r"io\.vertx[^\n]*vertx[-.]web|vertx[-.]web", re.IGNORECASE)),
    ("helidon", Expression(r"io\.helidon", re.IGNORECASE)),
    ("grails", Expression(r"org\.grails", re.IGNORECASE)),
    ("play", Expression(r"org\.playframework|com\.typesafe\.play", re.IGNORECASE)),
    ("spark", Expression(r"com\.sparkjava", re.IGNORECASE)),
    ("struts", Expression(r"org\.apache\.struts", re.IGNORECASE)),
)
_GRADLE = ("build.gradle", "build.gradle.kts")
_KOTLIN = Expression(
    r"kotlin\(\"jvm\"\)|org\.jetbrains\.kotlin\.jvm|kotlin-maven-plugin|libs\.plugins\.kotlin|'kotlin'"
)
_JAVA = Expression(r"\bjava(-library)?\b|\bapplication\b|\bwar\b", re.IGNORECASE)
_GRADLE_VERSION = Expression(r"^\s*version\s*=?\s*['\"]([^'\"]+)['\"]", re.MULTILINE)
_PROPERTY_VERSION = Expression(r"^(?:project|app)?[._]?version\s*=\s*(\S+)\s*$", re.MULTILINE | re.IGNORECASE)
_PROPERTY = Expression(r"\$\{([^}]+)\}")
_COMMENT = Expression(r"/\*.*?\*/|(?<!:)//[^\n]*", re.DOTALL)
_XML_COMMENT = Expression(r"<!--.*?-->", re.DOTALL)


def detect(files: Files) -> Iterator[Fact]:
    """Language, framework and version of each Maven module and Gradle project that has code."""
    poms = set(kept(files.tree.named("pom.xml")))
    for path in sorted(poms):
        yield from _maven(files, path)
    for path in kept(files.tree.named(*_GRADLE)):
        both = f"{folder(path)}/pom.xml".lstrip("/") in poms
        yield from _gradle(files, path, both)
    for path in kept(files.tree.named("gradle.properties")):
        text = files.text(path)
        match = _PROPERTY_VERSION.search(text)
        if match:
            yield from version(path, line_at(text, match.start(1)), match[1])


def _maven(files: Files, path: str) -> Iterator[Fact]:
    root = xml(files, path)
    if root.name != "project":
        return
    yield from _maven_version(root, path)
    if root.at("packaging").text == "pom" or (root.at("modules") and not _has_code(files, path)):
        return
    text = _blank(_XML_COMMENT, files.text(path))
    yield _language(files, path, text)
    yield from _frameworks(text, path)


def _maven_version(root: Element, path: str) -> Iterator[Fact]:
    node = root.at("version")
    match = _PROPERTY.fullmatch(node.text)
    if match:
        node = root.at("properties", match[1])
    yield from version(path, node.line, node.text)


def _gradle(files: Files, path: str, both: bool) -> Iterator[Fact]:
    text = _blank(_COMMENT, files.text(path))
    match = _GRADLE_VERSION.search(text)
    if match and match[1] != "1.0":  # what `gradle init` and its editors write
        yield from version(path, line_at(text, match.start(1)), match[1])
    if both or not _has_code(files, path):
        return
    yield _language(files, path, text)
    yield from _frameworks(text, path)


def _has_code(files: Files, path: str) -> bool:
    return has_below(files, f"{folder(path)}/src/".lstrip("/")) or has_below(files, f"{folder(path)}/app/".lstrip("/"))


def _language(files: Files, path: str, text: str) -> Fact:
    prefix = f"{folder(path)}/src/main/".lstrip("/")
    match = _KOTLIN.search(text)
    kotlin = (match is not None or has_below(files, f"{prefix}kotlin/")) and not has_below(files, f"{prefix}java/")
    value = "kotlin" if kotlin else "java"
    found = match if match and kotlin else _JAVA.search(text)
    line = line_at(text, found.start()) if found else 1
    shown = text.split("\n")[line - 1]
    return project("language", value, path, line, shown, "a build file with Java sources beside it")


def _frameworks(text: str, path: str) -> Iterator[Fact]:
    for value, pattern in FRAMEWORKS:
        match = pattern.search(text)
        if match:
            line = line_at(text, match.start())
            yield project("framework", value, path, line, text.split("\n")[line - 1], f"it names {match[0][:60]}")


def _blank(pattern: Expression, text: str) -> str:
    """The text with comments blanked, its lines as they were."""
    return pattern.sub(lambda match: re.sub(r"[^\n]", " ", match[0]), text)
