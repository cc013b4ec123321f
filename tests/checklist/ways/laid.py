"""The fixture repositories of the ways of deploying, laid out as git repositories, each with the plan of its release.

A folder of `repositories/` is named after its way; what follows a `+` tells two of the same way apart. `base/` holds
the files of v1.0.0, which production runs, `release/` those that v1.1.0 changes.
"""

import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from releasekit.checklist.model import Checklist, Step
from releasekit.facts.ways import WAYS
from releasekit.parameters.reading import read
from releasekit.plan.compose import compose
from releasekit.plan.model import Plan
from tests.sources.repositories import git

REPOSITORIES = Path(__file__).parent / "repositories"
FIXTURES = tuple(sorted(folder.name for folder in REPOSITORIES.iterdir() if folder.is_dir()))
# of each way at least one, so that a row without a repository fails and is not left out
NAMES = (*FIXTURES, *(way.name for way in WAYS if way.name not in FIXTURES))
# in these the release is what lands on the branch that a controller follows: the branch is still at v1.0.0
FOLLOWED = frozenset(("argocd", "flux"))

MARKS = {"v1.0.0": 1, "v1.1.0": 2}
PARAMETERS = """\
application:
  name: {name}
  repository: ./clone
  version: "1.1.0"
  candidate: v1.1.0
  running: v1.0.0
configuration:
  environment: production
  level: A
"""


def way_of(fixture: str) -> str:
    """The way that a fixture's folder is named after."""
    return fixture.partition("+")[0]


@dataclass(frozen=True)
class Laid:
    """One fixture: its bare ``origin``, and the ``clone`` of whoever deploys, in which production's version is out."""

    fixture: str
    folder: Path

    @property
    def way(self) -> str:
        return way_of(self.fixture)

    @property
    def clone(self) -> Path:
        return self.folder / "clone"

    @property
    def origin(self) -> Path:
        return self.folder / "origin.git"

    @cached_property
    def plan(self) -> Plan:
        return compose(read(self.folder / "release.yaml").parameters, self.folder)

    @property
    def checklist(self) -> Checklist:
        return self.plan.checklist

    @property
    def steps(self) -> tuple[Step, ...]:
        return self.plan.checklist.steps


def lay_out(fixture: str, folder: Path, source: Path | None = None) -> Laid:
    """The fixture in ``folder``: two commits with their tags on main, pushed, and the running version checked out.

    ``source`` is a folder with ``base`` and ``release`` other than the fixture's own.
    """
    laid = Laid(fixture, folder)
    folder.mkdir(parents=True, exist_ok=True)
    git(folder, "init", "--quiet", "--bare", "--initial-branch=main", str(laid.origin))
    stream = b"".join(_stream(source or REPOSITORIES / fixture, fixture, laid.way in FOLLOWED))
    subprocess.run(["git", "-C", str(laid.origin), "fast-import", "--quiet"], input=stream, check=True)
    git(folder, "clone", "--quiet", str(laid.origin), str(laid.clone))
    if laid.way not in FOLLOWED:
        git(laid.clone, "switch", "--quiet", "--detach", "v1.0.0")
    (folder / "release.yaml").write_text(PARAMETERS.format(name=laid.way))
    return laid


def _stream(source: Path, fixture: str, followed: bool) -> Iterator[bytes]:
    """Both commits and their tags, as `git fast-import` reads them."""
    for half, tag in (("base", "v1.0.0"), ("release", "v1.1.0")):
        branch = "refs/heads/next" if followed and half == "release" else "refs/heads/main"
        message = f"{tag} of {fixture}".encode()
        yield f"commit {branch}\nmark :{MARKS[tag]}\n".encode()
        yield f"committer Test Person <test@example.org> 1793527200 +0000\ndata {len(message)}\n".encode() + message
        yield b"\n" if half == "base" else b"\nfrom :1\n"
        for path in sorted(one for one in (source / half).rglob("*") if one.is_file()):
            data = path.read_bytes()
            mode = "100755" if path.stat().st_mode & 0o100 else "100644"
            name = path.relative_to(source / half).as_posix()
            quoted = name.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
            yield f'M {mode} inline "{quoted}"\ndata {len(data)}\n'.encode() + data + b"\n"
        yield f"reset refs/tags/{tag}\nfrom :{MARKS[tag]}\n\n".encode()
