"""Image names that a tool replaces by what it built before anything is applied: Skaffold, Kustomize in pipelines."""

import re
from collections.abc import Iterable, Iterator

from releasekit.facts.files import Files, remembered
from releasekit.facts.model import Fact, Finding
from releasekit.facts.projects import workflows
from releasekit.syntax.expression import Expression
from releasekit.syntax.yaml import Dialect

_SET = Expression(r"\bkustomize\s+edit\s+set\s+image\s+(?P<rest>(?:[^\n|;&\\]|\\.)*)")


@remembered
def names(files: Files) -> frozenset[str]:
    """The names, as manifests write them."""
    return frozenset((*_skaffold(files), *_set_by_ci(files)))


def replaced(said: Iterable[Fact | Finding], given: frozenset[str]) -> Iterator[Fact | Finding]:
    """The same without the complaint that a name has no tag, where a tool gives it one."""
    return (one for one in said if not (isinstance(one, Fact) and one.kind == "image_unpinned" and one.name in given))


def _skaffold(files: Files) -> Iterator[str]:
    for path in files.tree.ending(".yaml", ".yml"):
        if not path.rpartition("/")[2].startswith("skaffold"):
            continue
        for document in files.yaml(path, Dialect.YAML_1_1):
            for part in (document, *document.at("profiles")):
                for artifact in part.at("build", "artifacts"):
                    if artifact.at("image").text:
                        yield artifact.at("image").text


def _set_by_ci(files: Files) -> Iterator[str]:
    for path in workflows.paths(files):
        text = files.text(path)
        if "set image" in text:
            for match in _SET.finditer(text.replace("\\\n", " ")):
                for word in match["rest"].split():
                    yield re.split(r"[=:@]", word.strip("\"'"))[0]
