"""Elixir projects: language, web framework and version from mix.exs, read as text and never run."""

import re
from collections.abc import Iterator

from releasekit.facts.code import folder, kept, line_at, line_with
from releasekit.facts.files import Files
from releasekit.facts.model import Fact
from releasekit.facts.projects.versions import version
from releasekit.syntax.expression import Expression

_VERSION = Expression(r"^\s*version:\s*\"([^\"]+)\"|^\s*@version\s+\"([^\"]+)\"", re.MULTILINE)
_DEPENDENCY = Expression(r"\{:(\w+),")
FRAMEWORKS = {"phoenix": "phoenix", "nerves": "nerves", "sugar": "sugar"}


def detect(files: Files) -> Iterator[Fact]:
    """Language, framework and version of each mix project; the parts of an umbrella count as projects of their own."""
    for path in kept(files.tree.named("mix.exs")):
        text = files.text(path)
        scope = folder(path)
        match = _VERSION.search(text)
        if match:
            yield from version(path, line_at(text, match.start(match.lastindex or 1)), match[match.lastindex or 1])
        if "apps_path:" in text:
            continue
        line = line_with(text, "elixir:", line_with(text, "Mix.Project"))
        how = "" if "elixir" in text.split("\n")[line - 1] else "a mix.exs file"
        yield Fact("language", "elixir", "elixir", f"{path}:{line}", how=how, scope=scope)
        for found in _DEPENDENCY.finditer(text):
            value = FRAMEWORKS.get(found[1])
            if value:
                yield Fact("framework", value, value, f"{path}:{line_at(text, found.start())}", scope=scope)
