"""Versions outside package files: a VERSION file, a constant of the code, what an environment file deploys."""

import re
from collections.abc import Iterator

from releasekit.facts.code import folder, kept, line_at
from releasekit.facts.files import Files
from releasekit.facts.model import Fact
from releasekit.facts.projects.versions import version
from releasekit.syntax.expression import Expression

# variables that name the version of the application itself, not of something that it uses
_OWN = Expression(
    r"^\s*(?:export\s+)?((?:APP(?:LICATION)?_|IMAGE_|RELEASE_|PROJECT_|SERVICE_|DEPLOY_)?(?:VERSION|TAG|RELEASE)|APP_VER)"
    r"\s*=\s*[\"']?(v?\d[\w.+-]*)[\"']?\s*(?:#.*)?$"
)

# a constant in a file of its own, in languages whose package files hold no version
_CONSTANT = Expression(
    r"^[ \t]*(?:(?:export|public|static|final|const|var|let|internal|string|String)[ \t]+){0,6}"
    r"(?:VERSION|[Vv]ersion|AppVersion)"
    r"(?:[ \t]*:?[ \t]*string)?[ \t]*=[ \t]*[\"'](v?\d+\.\d+[\w.+-]*)[\"']",
    re.MULTILINE,
)
_SOURCES = ("version.go", "version.ts", "version.js", "version.php", "Version.php", "Version.java", "Version.kt")


def detect(files: Files) -> Iterator[Fact]:
    """Version numbers that stand alone in a file, and those of committed environment files."""
    for path in kept(files.tree.named("VERSION", "version.txt", "VERSION.txt", ".version")):
        if re.search(r"(?:^|/)\.[\w-]+/", path):  # what a generator leaves behind
            continue
        lines = files.text(path).strip().split("\n")
        if len(lines) == 1:
            yield from version(path, 1, lines[0])
    for path in kept(files.tree.named(*_SOURCES)):
        text = files.text(path)
        match = _CONSTANT.search(text)
        if match:
            yield from version(path, line_at(text, match.start(1)), match[1])
    for path in kept(files.tree.named(".env", ".env.production", ".env.prod")):
        for number, line in files.lines(path):
            match = _OWN.match(line)
            if match:
                for fact in version(path, number, match[2]):
                    yield Fact(fact.kind, fact.name, fact.value, fact.source, scope=folder(path))
                break
