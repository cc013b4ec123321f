"""A commit's files out of git's object store: the listing, and one process for contents. Knows no revisions."""

import os
import select
import subprocess
import threading
import weakref
from collections.abc import Mapping, Sequence
from time import monotonic

from releasekit.errors import SourceError
from releasekit.tree import Budgets, Skipped

LINK = "a symbolic link, not followed"
SUBMODULE = "a submodule, not fetched"
POINTER = "a Git LFS pointer, not fetched"
_NAMED = 100
_SECONDS = 30.0


class Blobs:
    """Contents by object id through one ``git cat-file --batch``, started at the first question, from any thread.

    The process ends with the last reference to this object.
    """

    def __init__(self, command: Sequence[str], environment: Mapping[str, str], limit: int) -> None:
        self._command, self._environment, self._limit = list(command), dict(environment), limit
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._ahead = b""

    def read(self, oid: str) -> bytes:
        """The bytes of a blob. Raises SourceError when git has it not, does not answer, or it is over the limit."""
        with self._lock:
            try:
                return self._read(oid)
            except (OSError, ValueError) as error:
                self._stop()
                raise SourceError(f"git stopped answering: {error}", do="run `git fsck` in the repository") from None
            except SourceError:
                self._stop()  # what it still had to say must not be taken for the next answer
                raise

    def _read(self, oid: str) -> bytes:
        process = self._process or self._start()
        if process.stdin is None:
            raise SourceError("git stopped answering")
        until = monotonic() + _SECONDS
        process.stdin.write(f"{oid}\n".encode("ascii"))
        process.stdin.flush()
        while b"\n" not in self._ahead:
            self._more(process, until)
        header, _, self._ahead = self._ahead.partition(b"\n")
        words = header.split(b" ")
        if len(words) != 3 or words[1] != b"blob" or not words[2].isdigit():
            raise SourceError(f"git has no content of object {oid[:12]}", do="fetch it: git fetch --refetch")
        size = int(words[2])
        if size > self._limit:
            raise SourceError(f"object {oid[:12]} has {size} bytes, more than the {self._limit} that are read")
        parts, length = [self._ahead], len(self._ahead)
        while length <= size:
            self._ahead = b""
            self._more(process, until)
            parts.append(self._ahead)
            length += len(self._ahead)
        whole = b"".join(parts)
        self._ahead = whole[size + 1 :]
        return whole[:size]

    def _more(self, process: subprocess.Popen[bytes], until: float) -> None:
        if process.stdout is None:
            raise SourceError("git stopped answering")
        ready = select.select([process.stdout], [], [], max(0.0, until - monotonic()))[0]
        if not ready:
            raise SourceError(f"git did not answer within {_SECONDS:.0f} seconds", do="try again on a local disk")
        more = os.read(process.stdout.fileno(), 1 << 16)
        if not more:
            raise SourceError("git has not all contents", do="fetch what a partial clone left out: git fetch --refetch")
        self._ahead += more

    def _start(self) -> subprocess.Popen[bytes]:
        self._process = subprocess.Popen(
            self._command,
            env=self._environment,
            cwd="/",
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        self._end = weakref.finalize(self, _end, self._process)
        return self._process

    def _stop(self) -> None:
        if self._process is not None:
            self._process, self._ahead = None, b""
            self._end()


def _end(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            try:
                pipe.close()
            except BrokenPipeError:
                continue  # the process was gone before the last question reached it
    process.wait()


def listing(raw: bytes, budgets: Budgets, blobs: Blobs) -> tuple[dict[str, tuple[str, int]], tuple[Skipped, ...]]:
    """What ``git ls-tree -r -z [-l]`` printed: path → (object id, size in bytes), and what was left out.

    Without ``-l`` all sizes are 0.
    Within the budget of files, those that lie less deep come first.
    """
    files: dict[str, tuple[str, int]] = {}
    skipped: list[Skipped] = []
    for entry in raw.split(b"\x00"):
        if not entry:
            continue
        head, _, name = entry.partition(b"\t")
        mode, _, oid, *size = head.split()
        path, reason = readable(name)
        if mode == b"120000":
            reason = LINK
        elif mode == b"160000":
            reason = SUBMODULE
        if reason:
            skipped.append(Skipped(path, reason))
        else:
            files[path] = (oid.decode("ascii"), int(size[0]) if size and size[0].isdigit() else 0)
    kept, over = within(files, budgets)
    files = {path: files[path] for path in kept}
    skipped += over
    if any(b"filter=lfs" in blobs.read(files[path][0]) for path in _attributes(files, budgets)):
        for path in [path for path, (_, size) in files.items() if is_pointer_size(size)]:
            if is_pointer(blobs.read(files[path][0])):
                skipped.append(Skipped(path, POINTER))
                del files[path]
    return files, few(skipped)


def _attributes(files: Mapping[str, tuple[str, int]], budgets: Budgets) -> list[str]:
    return [
        path
        for path, (_, size) in files.items()
        if path.rpartition("/")[2] == ".gitattributes" and size <= budgets.file_bytes
    ]


def readable(name: bytes) -> tuple[str, str]:
    """A file's name as text, and why it cannot be used ("" when it can)."""
    try:
        return name.decode("utf-8"), ""
    except UnicodeDecodeError:
        return name.decode("utf-8", "backslashreplace"), "its name is not UTF-8"


def within(paths: Mapping[str, object], budgets: Budgets) -> tuple[list[str], list[Skipped]]:
    """The paths that the budget of files allows, sorted, and the sentence about the others."""
    over = len(paths) - budgets.files
    if over <= 0:
        return sorted(paths), []
    shallow_first = sorted(paths, key=lambda path: (path.count("/"), path))
    reason = f"{over} files, over the budget of {budgets.files}; those that lie deepest were left out"
    return sorted(shallow_first[: budgets.files]), [Skipped("", reason)]


def few(skipped: Sequence[Skipped]) -> tuple[Skipped, ...]:
    """The first hundred of each reason by name, the others as a number."""
    by_reason: dict[str, list[Skipped]] = {}
    for item in skipped:
        by_reason.setdefault(item.reason, []).append(item)
    kept: list[Skipped] = []
    for reason, items in by_reason.items():
        kept += items[:_NAMED]
        if len(items) > _NAMED:
            kept.append(Skipped("", f"{len(items) - _NAMED} more: {reason}"))
    return tuple(kept)


def is_pointer_size(size: int) -> bool:
    """Whether a file is of the size of a Git LFS pointer (git-lfs/docs/spec.md: three lines, below 1024 bytes)."""
    return 100 <= size <= 1023


def is_pointer(raw: bytes) -> bool:
    """Whether a file's content is a Git LFS pointer."""
    return raw.startswith((b"version https://git-lfs.github.com/spec/", b"version https://hawser.github.com/spec/"))
