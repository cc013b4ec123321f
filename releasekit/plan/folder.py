"""The files of a folder that a person names, for what is said without a run; knows neither parameters nor a plan."""

from pathlib import Path

from releasekit.errors import InputError
from releasekit.sources.folder import tree_of_folder
from releasekit.tree import Tree


def folder_tree(repository: Path, path: str = ".") -> Tree:
    """The files of a folder as they are, for `facts` and `init`. Raises InputError when there are none to read."""
    must_be_folder(repository, str(repository), "REPOSITORY")
    tree = folder_of(repository, path)
    if not tree.paths:
        raise InputError(f"there is nothing to analyse in {path!r}", str(repository), "name the folder with its files")
    return tree


def folder_of(repository: Path, path: str) -> Tree:
    """The files of a part of a folder as they are, with those of the root that belong to it; none for an empty part."""
    whole = tree_of_folder(repository)
    part = whole.under(path)
    if path == "." or not part.paths:
        return part
    from releasekit.facts.rooted import rooted

    return rooted(part, whole, path)


def must_be_folder(path: Path, written: str, key: str) -> None:
    """Raises InputError, which names ``key``, when a path that a person wrote is no folder with something in it."""
    if not path.exists():
        raise InputError(f"the repository {written!r} is not there", key, "clone it there, or mend the path")
    if not path.is_dir():
        raise InputError(f"the repository {written!r} is a file", key, "name the folder of the repository")
    if not any(path.iterdir()):
        raise InputError(f"the repository {written!r} is an empty folder", key, "clone the repository into it")
