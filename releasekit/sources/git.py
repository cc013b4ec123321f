"""Asks git about a repository that may be hostile: only reads, runs nothing the repository names, asks no network."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from releasekit.errors import SourceError
from releasekit.sources.objects import Blobs, listing
from releasekit.tree import Budgets, Tree

if TYPE_CHECKING:
    from releasekit.facts.change import Commit, Touched

# Nothing that a repository's own configuration names is started: monitors, hooks, pagers, signature checkers, filters
# (see `uncommitted`), transports. Ownership by somebody else is no obstacle then.
SAFE = (
    "--no-pager",
    "--no-optional-locks",
    "--literal-pathspecs",
    *("-c", "core.fsmonitor=false"),
    *("-c", "core.hooksPath=/dev/null"),
    *("-c", "core.excludesFile=/dev/null"),
    *("-c", "core.attributesFile=/dev/null"),
    *("-c", "log.showSignature=false"),
    *("-c", "gpg.program=/dev/null"),
    *("-c", "gpg.ssh.program=/dev/null"),
    *("-c", "protocol.allow=never"),
    *("-c", "safe.directory=*"),
)
_ENVIRONMENT = {
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_ATTR_NOSYSTEM": "1",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_GRAFT_FILE": os.devnull,
    "GIT_NO_LAZY_FETCH": "1",
    # stronger than protocol.allow, which a repository's protocol.ext.allow overrules
    "GIT_ALLOW_PROTOCOL": "none",
    "LC_ALL": "C",
}
_SECONDS = 60.0
_FORMAT = "%H%n%P%n%an%n%ae%n%cI%n%s%n%(trailers:key=Reviewed-by,key=Approved-by,valueonly,unfold)"
_HASH = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
_FORBIDDEN = re.compile(r"[\x00-\x20\x7f:?*\[\\]|\.\.")


@dataclass(frozen=True, slots=True)
class Git:
    """A repository: ``root`` is the top of its work tree, or the repository itself when it is bare."""

    root: Path

    def resolve(self, ref: str) -> str | None:
        """The full hash of the commit that a revision names; None when there is none, or it is no single revision."""
        if not ref or ref.startswith("-") or _FORBIDDEN.search(ref):
            return None
        found = self._ask("rev-parse", "--verify", "--quiet", "--end-of-options", ref + "^{commit}", missing=(1, 128))
        sha = found.decode("ascii", "replace").strip()
        return sha if _HASH.fullmatch(sha) else None

    def tags_at(self, sha: str) -> tuple[str, ...]:
        """The tags, annotated or not, that point at a commit; those of versions first, the newest first."""
        names = self._lines("for-each-ref", f"--points-at={_hash(sha)}", "--format=%(refname:strip=2)", "refs/tags")
        from releasekit.sources.tags import parse  # who only lists files asks for no history

        versions = sorted(filter(None, map(parse, names)), reverse=True)
        first = tuple(version.name for version in versions)
        return first + tuple(name for name in sorted(names) if name not in first)

    def newest_version_tag_before(self, sha: str, service: str = "", path: str = ".") -> str | None:
        """The tag of the highest version among the ancestors of a commit, its own tags left out; None without one.

        In a monorepo the tags of ``service``, or of its folder ``path``, come before those of the whole repository.
        """
        from releasekit.sources.tags import newest

        own = set(self.tags_at(sha))
        reached = self._lines("for-each-ref", f"--merged={_hash(sha)}", "--format=%(refname:strip=2)", "refs/tags")
        return newest((name for name in reached if name not in own), service, path)

    def is_shallow(self) -> bool:
        """Whether history was cut off when this repository was cloned."""
        return self._ask("rev-parse", "--is-shallow-repository").strip() == b"true"

    def is_cut(self, running: str, candidate: str) -> bool:
        """Whether history between two commits of a shallow clone is cut off: a commit between them has no parent."""
        return bool(self._ask("rev-list", "--max-parents=0", "--max-count=1", f"{_hash(running)}..{_hash(candidate)}"))

    def uncommitted(self, path: str = ".") -> tuple[str, ...]:
        """The paths, relative to ``path``, whose files differ from the commit checked out, untracked ones included."""
        if self._ask("rev-parse", "--is-inside-work-tree").strip() != b"true":
            return ()
        command = (
            "status",
            "--porcelain=v1",
            "-z",
            "--no-renames",
            "--ignore-submodules=all",
            "--untracked-files=normal",
        )
        entries = self._ask(*command, "--", path, extra=self._without_filters()).split(b"\x00")
        return tuple(_below(_text(entry[3:]), path) for entry in entries if entry)

    def commits(self, running: str, candidate: str, path: str = ".") -> "tuple[Commit, ...]":
        """The commits that the candidate has and the running version has not, the newest first.

        ``reviewers`` are the Reviewed-by and Approved-by trailers; ``at`` is when it was committed (ISO 8601). With a
        ``path``, only commits that touch it.
        """
        span = f"{_hash(running)}..{_hash(candidate)}"
        command = ("log", "-z", "--no-show-signature", "--no-mailmap", "--no-color", f"--format={_FORMAT}", span)
        raw = self._ask(*command, "--", *_scope(path))
        return tuple(_commit(record) for record in raw.decode("utf-8", "replace").split("\x00") if record)

    def changed_files(self, before: str, after: str, path: str = ".") -> "tuple[Touched, ...]":
        """The files below ``path`` that differ between two commits, paths relative to it."""
        command = (
            "diff-tree",
            "-r",
            "-z",
            "--name-status",
            "--no-ext-diff",
            "--no-textconv",
            "--ignore-submodules=all",
        )
        span = (_hash(before), _hash(after), "--", *_scope(path))
        try:
            raw = self._ask(*command, "-M", "-l1000", *span)
        except SourceError:  # a partial clone has not the contents that finding renames needs
            raw = self._ask(*command, "--no-renames", *span)
        return tuple(_touched(raw, path))

    def blob(self, sha: str, path: str, limit: int = 1 << 20) -> bytes:
        """The bytes of a file of a commit. Raises SourceError when it is not there or larger than ``limit``."""
        name = f"{_hash(sha)}:{_inside(path)}"
        size = self._ask("cat-file", "-s", name, missing=(128,)).strip()
        if not size.isdigit():
            raise SourceError(f"{path} is not in the commit {sha[:12]}", do="check the path")
        if int(size) > limit:
            raise SourceError(f"{path} has {int(size)} bytes, more than the {limit} that are read")
        return self._ask("cat-file", "blob", name)

    def tree(self, sha: str, path: str = ".", budgets: Budgets | None = None) -> Tree:
        """The files of a commit below ``path``, read from git's objects, whatever is checked out.

        Raises SourceError when the commit has no such folder.
        """
        budgets = budgets or Budgets()
        folder = _inside(path)
        top = f"{_hash(sha)}:{folder}"
        if not self._ask("cat-file", "-t", top, missing=(128,)).startswith(b"tree"):
            raise SourceError(f"the commit {sha[:12]} has no folder {path}", do="check the path, or fetch the commit")
        command = ("ls-tree", "-r", "-z", "--full-tree")
        try:
            raw = self._ask(*command, "-l", top)
        except SourceError:  # a partial clone does not know the sizes of what it has not fetched
            raw = self._ask(*command, top)
        blobs = Blobs(self._command("cat-file", "--batch"), _environment(), budgets.file_bytes)
        files, skipped = listing(raw, budgets, blobs)
        origin = f"{folder} of commit {sha[:12]}" if folder else f"commit {sha[:12]}"
        sizes = {name: size for name, (_, size) in files.items()}
        return Tree(origin, sizes, lambda name: blobs.read(files[name][0]), sha, skipped, budgets)

    def files(self, path: str = ".") -> list[bytes]:
        """The files below ``path`` that git tracks or would add (.gitignore honoured), relative to it, as bytes."""
        command = ("ls-files", "-z", "--cached", "--others", "--exclude-standard")
        return sorted(set(self._ask(*command, within=path).split(b"\x00")) - {b""})

    def _without_filters(self) -> dict[str, str]:
        # `status` compares through the clean filters that the repository's configuration names
        raw = self._ask("config", "-z", "--name-only", "--get-regexp", r"^filter\.", missing=(1,))
        names = sorted({os.fsdecode(name) for name in raw.split(b"\x00") if name})
        found = {"GIT_CONFIG_COUNT": str(len(names))}
        for number, name in enumerate(names):
            found[f"GIT_CONFIG_KEY_{number}"] = name
            found[f"GIT_CONFIG_VALUE_{number}"] = "false" if name.endswith(".required") else ""
        return found

    def _lines(self, *arguments: str) -> list[str]:
        return [_text(line) for line in self._ask(*arguments).split(b"\n") if line]

    def _command(self, *arguments: str, within: str = ".") -> list[str]:
        return [_program(), *SAFE, "-C", str(self.root / within), *arguments]

    def _ask(
        self, *arguments: str, missing: tuple[int, ...] = (), within: str = ".", extra: Mapping[str, str] | None = None
    ) -> bytes:
        """What git prints; nothing when it ends with a status that means *not there*."""
        done = _run(self._command(*arguments, within=within), extra or {})
        if done.returncode and done.returncode not in missing:
            raise SourceError(
                f"git {arguments[0]} failed: {_reason(done.stderr)}", do="run `git fsck` in the repository"
            )
        return b"" if done.returncode else done.stdout


def find(folder: Path) -> Git | None:
    """The repository that a folder lies in, or None.

    Raises SourceError when git is not installed, when there is no such folder, or when git cannot read what is there.
    """
    if not folder.is_dir():
        raise SourceError(f"there is no folder {folder.name!r}", do="check the path")
    folder = folder.absolute()  # git is started elsewhere
    asked = ("rev-parse", "--is-bare-repository", "--is-inside-work-tree", "--show-toplevel")
    done = _run([_program(), *SAFE, "-C", str(folder), *asked], {})
    bare, _, rest = os.fsdecode(done.stdout).partition("\n")
    inside, _, top = rest.partition("\n")
    if bare == "true" and inside != "true":
        return Git(folder)
    if done.returncode:
        if b"not a git repository" in done.stderr or b"must be run in a work tree" in done.stderr:
            return None
        raise SourceError(f"git cannot read the repository: {_reason(done.stderr)}", do="run `git status` in it")
    root = Path(top.removesuffix("\n"))
    # core.worktree may point anywhere; a work tree that does not hold the folder is not what was asked about
    return Git(root) if folder.resolve().is_relative_to(root.resolve()) else None


def installed() -> str:
    """The version of git here, as ``2.47.1``; "" where there is none that answers."""
    try:
        said = _text(_run([_program(), "--version"], {}).stdout)
    except SourceError:
        return ""
    return said.removeprefix("git version ").strip()


def _program() -> str:
    program = shutil.which("git")
    if program is None:
        raise SourceError("git is not installed", do="install git, so that commits, tags and .gitignore are read")
    return str(Path(program).absolute())


def _environment() -> dict[str, str]:
    return {"PATH": os.environ.get("PATH", os.defpath), **_ENVIRONMENT}


def _run(command: list[str], extra: Mapping[str, str]) -> subprocess.CompletedProcess[bytes]:
    try:
        return subprocess.run(
            command,
            env=_environment() | dict(extra),
            cwd="/",
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise SourceError(f"git did not answer within {_SECONDS:.0f} seconds", do="try again on a local disk") from None
    except (OSError, ValueError) as error:
        raise SourceError(f"git cannot be started: {error}", do="check the path and the installation of git") from None


def _reason(stderr: bytes) -> str:
    line = next((line for line in _text(stderr).splitlines() if line.startswith(("fatal:", "error:"))), "")
    return line.partition(":")[2].strip() or "it said nothing"


def _text(raw: bytes) -> str:
    return raw.decode("utf-8", "backslashreplace")


def _hash(sha: str) -> str:
    if not _HASH.fullmatch(sha):
        raise SourceError(f"{sha[:80]!r} is not a full commit hash", do="resolve the revision first")
    return sha


def _inside(path: str) -> str:
    return "/".join(part for part in path.split("/") if part not in {"", "."})


def _scope(path: str) -> tuple[str, ...]:
    return (folder,) if (folder := _inside(path)) else ()


def _below(name: str, path: str) -> str:
    folder = _inside(path)
    return name.removeprefix(folder + "/") if folder else name


def _commit(record: str) -> "Commit":
    from releasekit.facts.change import Commit

    sha, parents, author, email, at, subject, *trailers = record.split("\n")
    reviewers = tuple(dict.fromkeys(line.strip() for line in trailers if line.strip()))
    at = at.replace("+00:00", "Z")  # as newer versions of git write it
    return Commit(sha, author, email, at, subject, reviewers, merge=" " in parents)


def _touched(raw: bytes, path: str) -> "Iterator[Touched]":
    from releasekit.facts.change import Touched

    fields = iter(_text(field) for field in raw.split(b"\x00"))
    for status in fields:
        if not status:
            continue
        old = next(fields) if status[0] in "RC" else ""
        yield Touched(_below(next(fields), path), status[0], _below(old, path))
