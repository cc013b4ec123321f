"""What towncrier's news fragments add to the changelog's verdict: entries that were written and not built in yet."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import replace

from releasekit.errors import ReleasekitError
from releasekit.probes.evidence import Verdict
from releasekit.probes.request import Judgement, Request
from releasekit.sources import git
from releasekit.sources.folder import tree_of_folder
from releasekit.tree import Tree

FOLDER = "newsfragments"
NAMED = 4
# towncrier's own types; a project's are added (https://towncrier.readthedocs.io, "News fragments")
TYPES = frozenset({"feature", "bugfix", "doc", "removal", "misc"})
_CONFIGURED = ("towncrier.toml", "pyproject.toml")
_FRAGMENT = re.compile(r"[^.].*?\.(?P<type>[a-z_]+)(?:\.\d+)?(?:\.(?:md|rst|txt))?")


def added(request: Request, changelog: Judgement) -> Judgement:
    """The judgement of the changelog with the fragments that wait beside it; no fragment, no change.

    What waits is not in the notes yet: a pass becomes a warning, and what was no pass says what would help.
    """
    try:
        waiting = _waiting(request)
    except (ReleasekitError, OSError):  # what cannot be read was said by the changelog's own judgement
        return changelog
    if not waiting:
        return changelog
    shown = ", ".join(waiting[:NAMED]) + (f" and {len(waiting) - NAMED} more" if len(waiting) > NAMED else "")
    removing = sum(".removal" in name for name in waiting)
    sentence = f"{changelog.sentence}; {len(waiting)} news fragments are not built in: {shown}"
    sentence += f" ({removing} of them remove something)" if removing else ""
    verdict = Verdict.WARN if changelog.verdict is Verdict.PASS else changelog.verdict
    return replace(changelog, verdict=verdict, sentence=sentence, next=f"towncrier build --version {request.version}")


def _waiting(request: Request) -> list[str]:
    tree = _tree(request)
    configured = _configured(tree)
    folder = str(configured.get("directory") or FOLDER).strip("./")
    own, tables = configured.get("type"), configured.get("fragment")
    listed = own if isinstance(own, list) else ()
    named = {str(one.get("directory") or one.get("name")) for one in listed if isinstance(one, Mapping)}
    types = TYPES | named | (set(tables) if isinstance(tables, Mapping) else set())
    names = [path.rpartition("/")[2] for path in tree.within(folder)]
    return [name for name in names if (match := _FRAGMENT.fullmatch(name)) and match["type"] in types]


def _tree(request: Request) -> Tree:
    repository = git.find(request.repository)
    path = request.parameters.application.path
    if repository is None or not request.candidate:
        return tree_of_folder(request.repository).under(path)
    return repository.tree(request.candidate, path)


def _configured(tree: Tree) -> Mapping[str, object]:
    for name in _CONFIGURED:
        if name in tree:
            try:
                found = tomllib.loads(tree.text(name)).get("tool", {}).get("towncrier")
            except (tomllib.TOMLDecodeError, AttributeError):
                continue
            if isinstance(found, Mapping):
                return found
    return {}
