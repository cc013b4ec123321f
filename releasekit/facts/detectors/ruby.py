"""Ruby projects: language, web framework and version from Gemfile and gemspec, read as text and never run."""

import re
from collections.abc import Iterator

from releasekit.facts.code import folder, kept, line_at
from releasekit.facts.files import Files
from releasekit.facts.model import Fact
from releasekit.facts.projects.versions import version
from releasekit.syntax.expression import Expression

FRAMEWORKS = {
    "rails": "rails",
    "railties": "rails",
    "sinatra": "sinatra",
    "hanami": "hanami",
    "grape": "grape",
    "roda": "roda",
    "padrino": "padrino",
    "cuba": "cuba",
}
_GEM = Expression(r"^\s*gem[\s(]+['\"]([\w-]+)['\"]", re.MULTILINE)
_RUBY = Expression(r"^\s*ruby\b|^\s*source\b.*ruby|^\s*gem\b", re.MULTILINE)
_VERSION_FILE = Expression(r"lib/([\w-]+/){0,2}version\.rb|config/(initializers/)?version\.rb")
_VERSION = Expression(r"^\s*[\w:]*VERSION\s*=\s*(?:Gem::Version\.new\()?['\"]([^'\"]+)['\"]", re.MULTILINE)
# a method of the version file that gives it as a text
_RETURNED = Expression(r"^\s*['\"](v?\d+\.\d+[\w.-]*)['\"](?:\.freeze)?\s*$", re.MULTILINE)


def detect(files: Files) -> Iterator[Fact]:
    """Language and framework of each folder with a Gemfile, and the ``VERSION`` that its code names."""
    scopes = []
    for path in kept(files.tree.named("Gemfile", "gems.rb")):
        text = files.text(path)
        scope = folder(path)
        gems = {match[1]: line_at(text, match.start(1)) for match in _GEM.finditer(text)}
        if not gems and not _RUBY.search(text):
            continue
        scopes.append(scope)
        match = _RUBY.search(text)
        line = line_at(text, match.start()) if match else 1
        shown = text.split("\n")[line - 1]
        yield Fact(
            "language", "ruby", "ruby", f"{path}:{line}", how="" if "ruby" in shown else "a Gemfile", scope=scope
        )
        for gem, value in FRAMEWORKS.items():
            if gem in gems and not (gem == "railties" and "rails" in gems):
                how = "" if value in gem else f"the gem {gem}"
                yield Fact("framework", value, value, f"{path}:{gems[gem]}", how=how, scope=scope)
    for path in kept(files.tree.named("version.rb")):
        owner = next((scope for scope in scopes if _belongs(path, scope)), None)
        if owner is not None:
            text = files.text(path)
            match = _VERSION.search(text) or _RETURNED.search(text)
            if match:
                for fact in version(path, line_at(text, match.start(1)), match[1]):
                    yield Fact(fact.kind, fact.name, fact.value, fact.source, scope=owner)


def _belongs(path: str, scope: str) -> bool:
    prefix = f"{scope}/".lstrip("/")
    return path.startswith(prefix) and _VERSION_FILE.fullmatch(path[len(prefix) :]) is not None
