"""Which modules kernels need: learned from what kernels imported, kept as names from one time to the next."""

import importlib
import json
import os
import sys
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from importlib.abc import MetaPathFinder
from pathlib import Path

# They bind to the kernel that runs, or to its environment, when they are imported: before there is one is too early.
_BOUND = ("anywidget", "comm", "ipywidgets", "matplotlib", "tqdm")
_MOST = 20_000


def cache_file(debugger: bool) -> Path:
    """Where the names are kept: one file for each interpreter and kind of kernel, so that they do not mix."""
    named = f"{sys.implementation.cache_tag}-{sys.prefix.strip('/').replace('/', '-')[-80:]}"
    caches = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(caches) / "releasekit" / f"{'modules' if debugger else 'plain-modules'}-{named}.json"


@dataclass(frozen=True, slots=True)
class Learned:
    """Names of modules in the order in which kernels imported them.

    ``alone``: those that start threads, and those that import one of these.
    """

    names: tuple[str, ...] = ()
    alone: tuple[str, ...] = ()

    @property
    def ahead(self) -> tuple[str, ...]:
        """What can be imported before a fork."""
        alone = frozenset(self.alone)
        return tuple(name for name in self.names if name not in alone)


def known(file: Path) -> Learned:
    """What ``file`` says; nothing when it cannot be read."""
    try:
        data = json.loads(file.read_text(encoding="utf-8"))
        names, alone = data["names"], data["alone"]
    except (OSError, ValueError, KeyError, TypeError):
        return Learned()
    if not all(isinstance(listed, list) and set(map(type, listed)) <= {str} for listed in (names, alone)):
        return Learned()
    return Learned(tuple(names[:_MOST]), tuple(alone[:_MOST]))


def keep(file: Path, learned: Learned) -> bool:
    """Write the names. They only save time: a disk that cannot be written is nothing to complain of, but False."""
    part = file.with_name(f".{file.name}.{os.getpid()}.part")
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        part.write_text(json.dumps(asdict(learned)), encoding="utf-8")
        part.replace(file)
    except OSError:
        return False
    return True


def imported(before: Iterable[str]) -> list[str]:
    """The modules that were imported since, in their order, as far as they may be imported ahead of a kernel.

    They are those that a fresh interpreter finds by itself: not what a notebook found on a path that it added.
    """
    had, roots = set(before), tuple(f"{path.rstrip('/')}/" for path in sys.path if path)
    return [name for name in sys.modules.copy() if name not in had and _is_ours(name, roots)]


class RefusedError(BaseException):
    """A module that starts threads was to be imported. No Exception: code that can do without it must not go on so."""


class _Refusing(MetaPathFinder):
    """Refuses modules, so that it shows which others need them."""

    def __init__(self, names: Iterable[str]) -> None:
        self._names = set(names)
        self.refused = 0

    def find_spec(self, fullname: str, *_: object) -> None:
        if fullname in self._names:
            self.refused += 1
            raise RefusedError(fullname)

    def add(self, name: str) -> None:
        """``name`` was refused; so is its package, when that is what could not be imported."""
        parts = name.split(".")
        packages = (".".join(parts[:length]) for length in range(1, len(parts)))
        self._names.add(next((package for package in packages if package not in sys.modules), name))


def import_ahead(learned: Learned, started: Callable[[], bool]) -> tuple[str, ...]:
    """Import what can be before a fork. What is returned turns out to be alone; then this process is of no use.

    ``started``: whether threads are there. They cannot be undone: one process finds one module that starts them. All
    that need that one are found together, by the next.
    """
    alone: list[str] = []
    refusing = _Refusing(learned.alone)
    sys.meta_path.insert(0, refusing)
    try:
        for name in learned.ahead:
            before = refusing.refused
            preload(name)
            if started():
                return (*alone, name)
            if refusing.refused > before:
                alone.append(name)
                refusing.add(name)
    finally:
        sys.meta_path.remove(refusing)
    return tuple(alone)


def preload(name: str) -> str:
    """Import the module; "" or, for one that cannot be, why."""
    if name in sys.modules:
        return ""
    try:
        importlib.import_module(name)
    except (Exception, SystemExit, RefusedError) as error:  # noqa: BLE001 - whatever a module does; the kernel will import it itself
        return f"{name}: {error}"
    return ""


def _is_ours(name: str, roots: tuple[str, ...]) -> bool:
    if name.partition(".")[0] in _BOUND or name == "__main__":
        return False
    spec = getattr(sys.modules.get(name), "__spec__", None)
    if spec is None or spec.name != name:
        return False
    place = name.replace(".", "/")
    return spec.origin in ("built-in", "frozen") or any(str(spec.origin).startswith(root + place) for root in roots)
