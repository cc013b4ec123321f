"""Variables that Spring, Quarkus and Micronaut configuration files ask for: ``${NAME}`` and ``${NAME:default}``."""

import re
from collections.abc import Iterator

from releasekit.facts.code import kept
from releasekit.facts.files import Files
from releasekit.facts.settings import Read

_FILES = re.compile(r"(?:.*/)?(?:application|bootstrap|microprofile-config)(?:-([\w-]+))?\.(?:properties|ya?ml)")
_NOT_PRODUCTION = re.compile(r"dev\w*|tests?|local\w*|it|h2|hsqldb|e2e|ci|demo|debug|mock\w*|docker-?dev")
_REFERENCE = re.compile(r"\$\{([A-Z][A-Z0-9_]{1,80})(:[^}]*)?\}")


def reads(files: Files) -> Iterator[Read]:
    """Every reference of the files that production may load; one without a default is required."""
    for path in kept(files.tree.ending(".properties", ".yml", ".yaml")):
        match = _FILES.fullmatch(path)
        if not match or (match[1] and _NOT_PRODUCTION.fullmatch(match[1])):
            continue
        for number, line in files.lines(path):
            if not line.lstrip().startswith("#"):
                for found in _REFERENCE.finditer(line):
                    default = found[2][1:] if found[2] else None
                    yield Read(found[1], path, number, default is None, default)
