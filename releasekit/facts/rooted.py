"""What of a repository's root belongs to one part of it: pipelines, owners and update bots can only stand there."""

import re

from releasekit.errors import ParseError, SourceError
from releasekit.facts.projects.workflows import is_ci
from releasekit.tree import Tree

_OWN = re.compile(
    r"(?:\.github/|docs/|\.gitlab/)?CODEOWNERS|\.github/dependabot\.ya?ml|(?:\.github/)?renovate\.json5?|\.renovaterc(?:\.json)?"
)


def rooted(part: Tree, root: Tree, path: str) -> Tree:
    """The part with the files of the root that belong to it, whose paths begin with ``../``.

    A pipeline belongs to it when it names its folder; where none does, all of them.
    """
    folder = "/".join(piece for piece in path.split("/") if piece not in {"", "."})
    if not folder:
        return part
    pipelines = [one for one in root.paths if is_ci(one) and ("/" not in one or one.startswith("."))]
    naming = [one for one in pipelines if _names(root, one, folder)]
    others = [one for one in root.paths if _OWN.fullmatch(one)]
    return part.beside(folder, root, dict.fromkeys((*(naming or pipelines), *others)))


def _names(root: Tree, path: str, folder: str) -> bool:
    """Whether a pipeline says that it is of a folder: by its text, or by the folder's name in its own."""
    name = folder.rpartition("/")[2]
    if re.search(rf"(?:^|[^a-z0-9]){re.escape(name)}(?:[^a-z0-9]|$)", path.rpartition("/")[2], re.IGNORECASE):
        return True
    try:
        text = root.text(path)
    except (ParseError, SourceError):
        return False
    return re.search(rf"(?<![\w/-]){re.escape(folder)}(?![\w-])", text) is not None
