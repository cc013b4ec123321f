"""helmfile: its environments, and the namespaces of its releases. Charts and values are read by Helm's detector."""

from collections.abc import Iterator

from releasekit.facts.files import Files
from releasekit.facts.model import Fact
from releasekit.facts.places import aside
from releasekit.facts.ways import BY_NAME
from releasekit.syntax.expression import Expression

_SECTION = Expression(r"^(?P<key>\w+):")
_NAME = Expression(r"^  (?P<name>[\w-]+):")
_SPACE = Expression(r"^\s+(?:-\s+)?namespace:\s*[\"']?(?P<name>[a-z0-9][a-z0-9-]*)[\"']?\s*$")


def detect(files: Files) -> Iterator[Fact]:
    """``environment`` facts, and the namespace that all releases are in; read by lines, since templates are no YAML."""
    for path in files.tree.ending(".yaml", ".yml", ".gotmpl"):
        if not BY_NAME["helmfile"].claims(path) or aside(path):
            continue
        section = ""
        spaces: dict[str, str] = {}
        for number, line in files.lines(path):
            if match := _SECTION.match(line):
                section = match["key"]
            elif section == "environments" and (match := _NAME.match(line)):
                yield Fact("environment", match["name"], match["name"], f"{path}:{number}")
            elif section == "releases" and (match := _SPACE.match(line)):
                spaces.setdefault(match["name"], f"{path}:{number}")
        if len(spaces) == 1:
            name, place = next(iter(spaces.items()))
            yield Fact("namespace", "namespace", name, place)
