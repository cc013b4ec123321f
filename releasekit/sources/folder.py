"""The files of a folder as a Tree: by git's own list where there is a repository, else all; follows no link."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from releasekit.errors import SourceError
from releasekit.sources.git import Git, find
from releasekit.sources.objects import LINK, POINTER, SUBMODULE, few, is_pointer, is_pointer_size, readable, within
from releasekit.tree import Budgets, Skipped, Tree

_DEPTH = 100
_ENTRIES = 1_000_000
# what installers and version control keep; without a repository nothing else says that it is not the service's
_NOT_SOURCES = frozenset({".git", ".hg", ".svn", "node_modules", "__pycache__", ".venv", "venv", ".tox"})


def tree_of_folder(root: Path, budgets: Budgets | None = None) -> Tree:
    """The files below a folder as they lie on disk now, what .gitignore names left out when it is in a repository.

    Symbolic links, pipes, devices, submodules and Git LFS pointers are skipped and named. Raises SourceError when the
    folder is not there or may not be read.
    """
    budgets = budgets or Budgets()
    if not root.is_dir():
        raise SourceError(f"there is no folder {root.name!r}", do="check the path")
    root = root.resolve()
    git, skipped = _repository(root)
    # a folder that its repository ignores as a whole was given on purpose
    listed = Git(root).files() if git else []
    names = listed or _walk(root, skipped)
    sizes: dict[str, int] = {}
    folders: dict[str, str] = {"": ""}
    for name in names:
        path, reason = readable(name)
        size, reason = (0, reason) if reason else _look(root, path, folders, listed=bool(listed))
        if reason:
            skipped.append(Skipped(path.rstrip("/"), reason))
        elif size >= 0:
            sizes[path] = size
    kept, over = within(sizes, budgets)
    sizes = {path: sizes[path] for path in kept}
    skipped += over
    skipped += _pointers(root, sizes)
    limit = budgets.file_bytes
    return Tree(f"the folder {root.name}", sizes, lambda path: _read(root, path, limit), None, few(skipped), budgets)


def _repository(root: Path) -> tuple[Git | None, list[Skipped]]:
    try:
        git = find(root)
    except SourceError as error:
        return None, [Skipped("", f"{error.problems[0].what}, so nothing says which files are ignored")]
    # a bare repository has no files of its own in its folder
    return (git if git and (git.root / ".git").exists() else None), []


def _walk(root: Path, skipped: list[Skipped]) -> Iterator[bytes]:
    """Every entry that is no folder, sorted within its folder; folders that hold no sources are named and left."""
    waiting, seen = [""], 0
    while waiting:
        folder = waiting.pop()
        try:
            with os.scandir(root / folder) as entries:
                found = sorted(entries, key=lambda entry: entry.name)
        except OSError as error:
            skipped.append(Skipped(folder, f"may not be read: {error.strerror}"))
            continue
        seen += len(found)
        if seen > _ENTRIES:
            skipped.append(Skipped(folder, f"more than {_ENTRIES} entries; nothing from here on was listed"))
            return
        for entry in found:
            path = f"{folder}/{entry.name}" if folder else entry.name
            if not entry.is_dir(follow_symlinks=False):
                yield os.fsencode(path)
            elif entry.name in _NOT_SOURCES:
                if entry.name != ".git":
                    skipped.append(Skipped(_shown(path), "a folder of installed or generated files"))
            elif path.count("/") >= _DEPTH:
                skipped.append(Skipped(_shown(path), f"nested deeper than {_DEPTH} folders"))
            else:
                waiting.append(path)


def _shown(path: str) -> str:
    return readable(os.fsencode(path))[0]


def _look(root: Path, path: str, folders: dict[str, str], *, listed: bool) -> tuple[int, str]:
    """A file's size, or why it is skipped; -1 without a reason when it is tracked and deleted."""
    if path.endswith("/"):
        return 0, "a repository of its own"
    if reason := _folder(root, path.rpartition("/")[0], folders):
        return 0, reason
    try:
        status = os.lstat(root / path)
    except FileNotFoundError:
        return -1, ""
    except OSError as error:
        return 0, f"may not be read: {error.strerror}"
    mode = status.st_mode
    if stat.S_ISREG(mode):
        return status.st_size, ""
    if stat.S_ISLNK(mode):
        return 0, LINK
    if stat.S_ISDIR(mode):
        return 0, SUBMODULE if listed else "a folder"
    return 0, "a pipe" if stat.S_ISFIFO(mode) else "no regular file"


def _folder(root: Path, folder: str, folders: dict[str, str]) -> str:
    """Why what lies in a folder is skipped: a part of its path is a link. Remembered for each folder."""
    if folder not in folders:
        reason = _folder(root, folder.rpartition("/")[0], folders)
        folders[folder] = reason or (f"below {LINK}" if (root / folder).is_symlink() else "")
    return folders[folder]


def _pointers(root: Path, sizes: dict[str, int]) -> list[Skipped]:
    """Takes Git LFS pointers out of ``sizes``; looks only when a .gitattributes asks for them."""
    attributes = [path for path in sizes if PurePosixPath(path).name == ".gitattributes"]
    if not any(b"filter=lfs" in _glance(root, path, 1 << 20) for path in attributes):
        return []
    small = [path for path, size in sizes.items() if is_pointer_size(size)]
    found = [path for path in small if is_pointer(_glance(root, path, 1024))]
    for path in found:
        del sizes[path]
    return [Skipped(path, POINTER) for path in found]


def _glance(root: Path, path: str, limit: int) -> bytes:
    try:
        return _read(root, path, limit)
    except SourceError:  # it is said again, with its reason, where the file is read
        return b""


def _read(root: Path, path: str, limit: int) -> bytes:
    """The first ``limit`` + 1 bytes of a regular file, each part of its path opened without following a link."""
    *folders, name = path.split("/")
    handle = -1
    try:
        handle = os.open(root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        for folder in folders:
            inner = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=handle)
            os.close(handle)
            handle = inner
        flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
        with os.fdopen(os.open(name, flags, dir_fd=handle), "rb") as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                raise SourceError("no regular file", path)
            return file.read(limit + 1)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise SourceError(f"cannot be read: {reason}", path) from None
    finally:
        if handle >= 0:
            os.close(handle)
