"""Lines of dependency files, whatever the language: which packages a project asks for at run time, and where.

Knows file names and comment signs only; what a package means is the detectors' part.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from releasekit.facts.code import folder, kept
from releasekit.facts.files import Files, remembered
from releasekit.syntax.expression import Expression

# files that name the packages of a project, and nothing else
NAMES = (
    *("pyproject.toml", "Pipfile", "setup.py", "setup.cfg", "package.json", "Gemfile", "gems.rb", "go.mod", "pom.xml"),
    *("build.gradle", "build.gradle.kts", "libs.versions.toml", "composer.json", "Cargo.toml", "mix.exs"),
    *("Directory.Packages.props",),
)
_MORE = Expression(
    r"(?:.*/)?(?:requirements(?:[-_.](?!dev|test|lint|doc|ci)[\w-]+)?\.(?:txt|in)|requirements/(?!dev|test)[\w.-]+\.(?:txt|in)|[\w.-]+\.[cf]sproj)"
)
_DEVELOPMENT = Expression(
    r"^\[(?:tool\.poetry\.(?:group\.)?dev|dev-packages|dev-dependencies|dependency-groups"
    r"|project\.optional-dependencies|build-dependencies)|^\s*group\s.*:(?:development|test)"
)
_SECTION = Expression(r"^\[|^\s*end\b|^\s*group\s")
_COMMENT = Expression(r"^\s*(?:#|//|<!--)|//\s*indirect\s*$|<scope>test")


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a dependency file that may name a package, with the folder of its project."""

    text: str
    path: str
    number: int
    scope: str


@remembered
def lines(files: Files) -> tuple[Line, ...]:
    """The lines of all dependency files, without comments, indirect and development dependencies."""
    return tuple(_lines(files))


def _lines(files: Files) -> Iterator[Line]:
    compiled = {path[:-3] + ".txt" for path in files.tree.ending(".in")}
    paths = {*files.tree.named(*NAMES), *(path for path in files.tree.paths if _MORE.fullmatch(path))} - compiled
    for path in sorted(kept(paths)):
        scope = folder(path)
        if scope.rpartition("/")[2] in {"requirements", "gradle"}:
            scope = folder(scope)
        if path.endswith(("/package.json", "/composer.json")) or path in {"package.json", "composer.json"}:
            for table in ("dependencies", "require"):
                node = files.json(path).at(table)
                yield from (Line(f'"{name}"', path, number, scope) for name, number in node.keys.items())
            continue
        aside = False
        for number, text in files.lines(path):
            if _SECTION.match(text):
                aside = _DEVELOPMENT.match(text) is not None
            if not aside and not _COMMENT.search(text):
                yield Line(text, path, number, scope)
