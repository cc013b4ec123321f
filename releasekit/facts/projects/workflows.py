"""Continuous integration files as a list of steps: what each runs or uses, and under which names. Runs nothing."""

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from releasekit.facts.files import Files
from releasekit.facts.projects import shells
from releasekit.syntax.node import Node
from releasekit.tree import up_of

_CI = re.compile(
    r"\.(?:github|gitea|forgejo)/workflows/[^/]+\.ya?ml|(?:.*/)?\.gitlab-ci[^/]*\.ya?ml|\.gitlab/(?:ci/)?[^/]+\.ya?ml"
    r"|(?:.*/)?Jenkinsfile[^/]*|(?:.*/)?[^/]+\.jenkinsfile|\.circleci/[^/]+\.ya?ml|(?:.*/)?azure-pipelines[^/]*\.ya?ml"
    r"|\.?azure-pipelines/.+\.ya?ml|\.pipelines/[^/]+\.ya?ml|bitbucket-pipelines\.yml|\.travis\.ya?ml|\.drone\.ya?ml"
    r"|\.woodpecker\.ya?ml|\.woodpecker/[^/]+\.ya?ml|(?:.*/)?cloudbuild[^/]*\.(?:ya?ml|json)|(?:.*/)?\.?cloudbuild/[^/]+\.(?:ya?ml|json)|(?:ci|ci-?cd|azure-[\w-]+|(?:[\w-]+-)?pipelines?)\.ya?ml|(?:.*/)?buildspec[^/]*\.ya?ml"
    r"|\.buildkite/[^/]+\.ya?ml|\.?appveyor\.yml|\.semaphore/[^/]+\.ya?ml|\.cirrus\.yml|codefresh\.ya?ml"
    r"|\.tekton/[^/]+\.ya?ml|\.teamcity/[^/]+\.kts|wercker\.yml|\.build\.yml|screwdriver\.yaml|\.harness/[^/]+\.ya?ml"
)
_CLOUD_BUILD = re.compile(r"(?:^|/)\.?cloudbuild[^/]*(?:/[^/]+)?$")
_RUNS = frozenset(
    ("run", "script", "command", "commands", "bash", "before_script", "after_script", "inlineScript", "sh", "pwsh")
)
_USES = frozenset(("uses", "image", "task", "pipe", "template", "orb", "name_of_plugin"))
_NAMES = frozenset(("name", "stage", "environment", "displayName", "deployment"))
_SHELL = re.compile(r"\b(?:sh|bat)\s*\(?\s*(?:script:\s*)?('''|\"\"\"|'|\")(.*?)\1", re.DOTALL)
_DEPLOYS = re.compile(
    r"(?<![a-z])(deploy\w*|release\w*|prod|production|cd|publish|rollout|promote|staging)(?![a-z])", re.IGNORECASE
)
_TESTS = re.compile(
    r"(?<![a-z])(tests?|testing|e2e|lint\w*|check\w*|ci|unit|integration|preview)(?![a-z])", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that a pipeline does. ``run`` is shell text, of which ``line`` is the first line; or ``uses`` names an
    action, image or template, which is ``given`` inputs. ``context`` are the names around it, outermost first;
    ``folder`` where it runs.
    """

    path: str
    line: int
    run: str
    uses: str
    context: tuple[str, ...]
    folder: str = ""
    given: tuple[tuple[str, str], ...] = ()

    @property
    def lines(self) -> Iterator[tuple[int, str]]:
        """(line in the file, one command line); continued lines are joined, comments and blanks left out."""
        return shells.lines(self.run, self.path, self.line)

    @property
    def deploys(self) -> bool:
        """Whether its names say that it brings a version into an environment."""
        nearest = " ".join(self.context[1:])
        if _DEPLOYS.search(nearest):
            return not re.search(r"(?<![a-z])tests?(?![a-z])", nearest, re.IGNORECASE)
        return bool(_DEPLOYS.search(self.context[0])) and not _TESTS.search(nearest)


def paths(files: Files) -> Iterator[str]:
    """The files that configure a continuous integration service."""
    return (path for path in files.tree.paths if is_ci(path))


def steps(files: Files, path: str) -> tuple[Step, ...]:
    """All steps of one file, in its order."""
    if path.endswith((".yml", ".yaml")):
        found: list[Step] = []
        for document in files.yaml(path):
            title = document.at("name").text
            _walk(document, path, (f"{path.rpartition('/')[2]} {title}".strip(),), "", found)
        return tuple(found)
    text = files.text(path)
    return tuple(
        Step(path, text.count("\n", 0, match.start(2)) + 1, match[2], "", (path, _stage(text, match.start())))
        for match in _SHELL.finditer(text)
    )


@lru_cache(maxsize=1 << 16)
def is_ci(path: str) -> bool:
    """Whether a path is one where a continuous integration service looks for its configuration."""
    return _CI.fullmatch(path.removeprefix(up_of(path))) is not None


def _stage(text: str, offset: int) -> str:
    names = re.findall(r"\bstage\s*\(?\s*['\"]([^'\"]+)", text[:offset])
    return names[-1] if names else ""


def _walk(node: Node, path: str, context: tuple[str, ...], where: str, found: list[Step]) -> None:
    if node.is_list:
        for element in node:
            _walk(element, path, context, where, found)
        return
    where = node.at("working-directory").text or node.at("defaults", "run", "working-directory").text or where
    names = tuple(child.text or child.at("name").text for key, child in node.items() if key in _NAMES)
    inner = (*context, *(name for name in names if name))
    if node.at("args").is_list and node.at("name").text and _CLOUD_BUILD.search(path):
        # the name is that of an image
        called = tuple(text for text in (node.at("id").text,) if text)
        found.append(cloud_build(node, path, (*context, *called), where))
    for key, child in node.items():
        if key in _RUNS and (child.is_list or child.text):
            for part in child if child.is_list else (child,):
                if part.text:
                    found.append(Step(path, first_line(part), part.text, "", inner, where))
                else:
                    _walk(part, path, (*inner, key), where, found)
        elif key in _USES and child.text:
            given = tuple((name, value.text) for name, value in node.at("with").items() if value.text)
            found.append(Step(path, child.line, "", child.text, inner, where, given))
        elif not child.is_scalar:
            _walk(child, path, (*inner, key), where, found)


def cloud_build(node: Node, path: str, context: tuple[str, ...], where: str) -> Step:
    """A step of Cloud Build runs an image with arguments; the entry point is often a shell with one text."""
    where = node.at("dir").text or where
    parts = list(node.at("args"))
    if len(parts) > 1 and re.fullmatch(r"-\w*c", parts[0].text):
        return Step(path, first_line(parts[1]), parts[1].text, "", context, where)
    entry = node.at("entrypoint").text or node.at("name").text.rpartition("/")[2].partition(":")[0]
    words = " ".join(map(_quoted, (entry, *(part.text for part in parts))))
    return Step(path, parts[0].line if parts else node.line, words, "", context, where)


def _quoted(word: str) -> str:
    """An argument as a shell takes it; variables stay variables, which Cloud Build puts in as well."""
    return word if re.fullmatch(r"[\w@%+=:,./${}~^-]+", word) else shlex.quote(word)


def first_line(node: Node) -> int:
    """The file's line of the first line of a scalar: block scalars begin on the line after their indicator."""
    block = (not node.plain and node.text.endswith("\n")) or "\n" in node.text
    return node.line + 1 if block else node.line
