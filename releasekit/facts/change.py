"""What differs between the running version and the candidate, as data. Reading git objects is `sources`' part."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Commit:
    """A commit between the running version and the candidate; ``reviewers`` come from Reviewed-by trailers."""

    sha: str
    author: str
    email: str
    at: str
    subject: str
    reviewers: tuple[str, ...] = ()
    merge: bool = False


@dataclass(frozen=True, slots=True)
class Touched:
    """A file that differs; ``status`` is git's letter: A, M, D, R, T."""

    path: str
    status: str
    old_path: str = ""


@dataclass(frozen=True, slots=True)
class Migration:
    """A new or changed migration; ``effect`` is additive, destructive, irreversible, locking or unknown.

    ``statement`` and ``source`` are the statement and the line that decide; ``removes`` is what it takes away
    (``table.column``), ``read_by`` where the running version still reads that (``path:line``, in its own files).
    """

    revision: str
    path: str
    effect: str
    statement: str = ""
    source: str = ""
    reversible: bool | None = None
    tool: str = ""
    removes: str = ""
    read_by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class KeyChange:
    """A configuration key, flag, image or dependency that was added, removed or changed."""

    kind: str
    name: str
    before: str | None
    after: str | None
    source: str


@dataclass(frozen=True, slots=True)
class Change:
    """Running version to candidate. ``unknown`` says why it cannot be known ("" when it is), ``mend`` what would help.

    ``first`` is True when there is no earlier version: then there is nothing to return to.
    """

    running: str | None = None
    candidate: str | None = None
    unknown: str = ""
    mend: str = ""
    first: bool = False
    commits: tuple[Commit, ...] = ()
    files: tuple[Touched, ...] = ()
    migrations: tuple[Migration, ...] = ()
    keys: tuple[KeyChange, ...] = ()
