"""Paths and readable blobs of one commit or folder: a value. The bytes come from a function that `sources` gives."""

import fnmatch
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from types import MappingProxyType

from releasekit.errors import ParseError


@dataclass(frozen=True, slots=True)
class Budgets:
    """How much of a repository is read: files listed, bytes a file, bytes in all (A22)."""

    files: int = 50_000
    file_bytes: int = 1 << 20
    total_bytes: int = 200 << 20


@dataclass(frozen=True, slots=True)
class Skipped:
    """A path that was not read, with the reason; the path is "" when it stands for a number of them."""

    path: str
    reason: str


def _extension(path: str) -> str:
    return path.rpartition("/")[2].rpartition(".")[2]


@dataclass(frozen=True)
class Tree:
    """The files of one commit or folder.

    ``sizes`` maps each path (POSIX, relative to the root) to its size in bytes; ``read`` returns the bytes of a path
    and raises SourceError when it cannot. ``origin`` says in words what this is a tree of; ``commit`` is the full hash
    when it is a commit's tree, else None. ``skipped`` names what was left out (symlinks, submodules, over budget).
    """

    origin: str
    sizes: Mapping[str, int] = field(repr=False)
    read: Callable[[str], bytes] = field(repr=False, compare=False)
    commit: str | None = None
    skipped: tuple[Skipped, ...] = ()
    budgets: Budgets = Budgets()
    # of a part of a repository: the whole of it, and the part's folder there
    above: "Tree | None" = field(default=None, repr=False, compare=False)
    part: str = ""
    # bytes that each path has cost, once however often it is read; "" is their sum
    _spent: dict[str, int] = field(default_factory=dict, repr=False, compare=False)
    _texts: dict[str, str] = field(default_factory=dict, repr=False, compare=False)

    @cached_property
    def paths(self) -> tuple[str, ...]:
        """All paths, sorted."""
        return tuple(sorted(self.sizes))

    @cached_property
    def _by_folder(self) -> Mapping[str, tuple[str, ...]]:
        folders: dict[str, list[str]] = {}
        for path in self.paths:
            folders.setdefault(path.rpartition("/")[0], []).append(path)
        return MappingProxyType({folder: tuple(paths) for folder, paths in folders.items()})

    @cached_property
    def _by_name(self) -> Mapping[str, tuple[str, ...]]:
        names: dict[str, list[str]] = {}
        for path in self.paths:
            names.setdefault(path.rpartition("/")[2], []).append(path)
        return MappingProxyType({name: tuple(paths) for name, paths in names.items()})

    @cached_property
    def _by_extension(self) -> Mapping[str, tuple[str, ...]]:
        """By what stands after the last dot of the name; the whole name where there is none."""
        extensions: dict[str, list[str]] = {}
        for path in self.paths:
            extensions.setdefault(_extension(path), []).append(path)
        return MappingProxyType({extension: tuple(paths) for extension, paths in extensions.items()})

    def __contains__(self, path: str) -> bool:
        return path in self.sizes or (
            self.above is not None and path.startswith(self.up) and self._out(path) in self.above
        )

    @cached_property
    def up(self) -> str:
        """How a path of the whole repository begins, seen from this part of it: ``../../``; "" for the whole."""
        return "../" * (self.part.count("/") + 1) if self.part else ""

    def _out(self, path: str) -> str:
        return path[len(self.up) :]

    def own(self, path: str) -> str:
        """A path that leads out of this part and back, without the detour: ``../../services/api/x`` is ``x``."""
        inside = f"{self.up}{self.part}"
        return path[len(inside) :].lstrip("/") if self.part and f"{path}/".startswith(f"{inside}/") else path

    def beside(self, part: str, root: "Tree", listed: Iterable[str]) -> "Tree":
        """This tree as the ``part`` of a ``root``, whose files ``listed`` are seen too; all others when asked for."""
        up = "../" * (part.count("/") + 1)
        sizes = {**self.sizes, **{f"{up}{path}": root.sizes[path] for path in listed}}
        return replace(self, sizes=sizes, above=root, part=part, _spent={}, _texts={})

    def named(self, *names: str) -> tuple[str, ...]:
        """Paths whose file name is one of ``names``, wherever they lie."""
        return tuple(sorted(path for name in names for path in self._by_name.get(name, ())))

    def holds(self, *endings: str) -> bool:
        """Whether a path has one of these file names, or, for those that begin with a dot, one of these extensions.

        A name without a dot counts as its own extension (`Procfile`), as it does for `ending`.
        """
        return any(
            ending[1:] in self._by_extension if ending.startswith(".") else ending in self._by_name
            for ending in endings
        )

    def within(self, folder: str) -> tuple[str, ...]:
        """Paths that lie directly in ``folder`` ("" is the root)."""
        return self._by_folder.get(folder, ())

    def matching(self, *patterns: str) -> Iterator[str]:
        """Paths that match one of the shell patterns; ``*`` crosses ``/`` as fnmatch does. Case counts."""
        for path in self.paths:
            if any(fnmatch.fnmatchcase(path, pattern) for pattern in patterns):
                yield path

    def ending(self, *endings: str) -> Iterator[str]:
        """Paths that end in one of ``endings``."""
        if not all("." in ending.rpartition("/")[2] for ending in endings):
            return (path for path in self.paths if path.endswith(endings))
        extensions = dict.fromkeys(map(_extension, endings))
        candidates = [path for extension in extensions for path in self._by_extension.get(extension, ())]
        return iter(sorted(path for path in candidates if path.endswith(endings)))

    def text(self, path: str) -> str:
        """The text of a file, decoded strictly as UTF-8 (a BOM is dropped), line ends as ``\\n``.

        Raises ParseError when it is too large, binary, not UTF-8 or past the tree's budget; SourceError when the
        bytes cannot be had. KeyError when the path is not in the tree.
        """
        if self.above is not None and path.startswith(self.up):
            return self.above.text(self._out(path))
        if path in self._texts:
            return self._texts[path]
        self._charge(path, self.sizes[path])
        raw = self.read(path)
        self._charge(path, len(raw))  # a file that grew since it was listed
        if b"\x00" in raw:
            raise ParseError("a binary file", path)
        try:
            text = raw.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            line = raw.count(b"\n", 0, error.start) + 1
            raise ParseError("not UTF-8 text", f"{path}:{line}", "save it as UTF-8") from None
        text = text.replace("\r\n", "\n")
        if len(raw) <= 1 << 16:
            self._texts[path] = text
        return text

    def _charge(self, path: str, size: int) -> None:
        if size > self.budgets.file_bytes:
            raise ParseError(f"{size} bytes, more than the {self.budgets.file_bytes} that are read of one file", path)
        spent = self._spent
        before = spent.get(path, 0)
        if size > before:
            if spent.get("", 0) + size - before > self.budgets.total_bytes:
                raise ParseError(f"the budget of {self.budgets.total_bytes} bytes for one repository is used up", path)
            spent[""] = spent.get("", 0) + size - before
            spent[path] = size

    def under(self, folder: str) -> "Tree":
        """The part of the tree below ``folder``, with paths relative to it (a service in a monorepo)."""
        prefix = "".join(f"{part}/" for part in folder.split("/") if part not in {"", "."})
        if not prefix:
            return self
        sizes = {path[len(prefix) :]: size for path, size in self.sizes.items() if path.startswith(prefix)}
        skipped = tuple(
            Skipped(item.path.removeprefix(prefix), item.reason)
            for item in self.skipped
            if item.path.startswith(prefix) or not item.path
        )
        origin = f"{prefix[:-1]} of {self.origin}"
        return Tree(origin, sizes, lambda path: self.read(prefix + path), self.commit, skipped, self.budgets)


def up_of(path: str) -> str:
    """How a path begins that leads out of a part of a repository (`Tree.part`), as ``../../``; else ""."""
    return "../" * path.count("../") if path.startswith("../") else ""


def of_texts(files: Mapping[str, str], origin: str = "texts") -> Tree:
    """A tree of texts held in memory, for tests and for texts that come from elsewhere."""
    blobs = {path: text.encode() for path, text in files.items()}
    return Tree(origin, {path: len(blob) for path, blob in blobs.items()}, blobs.__getitem__)
