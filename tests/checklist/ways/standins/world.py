"""What is there: which artefacts exist, what runs in which version, where the schema stands, what has been dumped."""

import json
import re
import subprocess
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from tests.checklist.ways.standins.grammar import RefusedError

OLD, NEW = "v1.0.0", "v1.1.0"
# their old code fails on a schema that it does not know; the others' finds nothing to do
# (Alembic: "Can't locate revision identified by …")
STRICT = frozenset(("alembic",))


@dataclass
class App:
    """A part of the application that serves: its version, and how many of it run."""

    version: str = ""
    count: int = 0
    usual: int = 1


@dataclass(frozen=True, slots=True)
class Dump:
    """A backup: the schema in it, and how many writes had been made when it was taken."""

    schema: str
    writes: int


@dataclass
class World:
    """One service's production. Versions are the tags of the two commits.

    ``repositories`` are the image repositories to which the pipeline has pushed both versions. ``migrates`` is the
    migration tool, "" when the release changes no schema; ``destructive`` says that the old code fails on the new one.
    """

    folder: Path
    repositories: tuple[str, ...] = ()
    migrates: str = ""
    destructive: bool = False
    schema: str = OLD
    writes: int = 0
    maintenance: bool = False
    apps: dict[str, App] = field(default_factory=dict)
    artefacts: dict[str, str] = field(default_factory=dict)
    releases: list[str] = field(default_factory=list)
    dumps: list[Dump] = field(default_factory=list)
    migrations: list[tuple[str, int]] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    state: dict[str, Any] = field(default_factory=dict)

    # the checkout

    @property
    def clone(self) -> Path:
        """The checkout of whoever types."""
        return self.folder / "clone"

    @cached_property
    def _trees(self) -> dict[str, str]:
        return {self.git("rev-parse", f"{tag}^{{tree}}"): tag for tag in (OLD, NEW)}

    @cached_property
    def versions(self) -> dict[str, str]:
        """The version of each commit that is one."""
        return {self.git("rev-parse", f"{tag}^{{commit}}"): tag for tag in (OLD, NEW)}

    def git(self, *words: str, at: Path | None = None) -> str:
        """What git prints in the checkout, or in another folder."""
        done = subprocess.run(["git", "-C", str(at or self.clone), *words], capture_output=True, text=True, check=False)
        if done.returncode:
            raise RefusedError(done.stderr)
        return done.stdout.strip()

    def version_of(self, revision: str = "HEAD", at: Path | None = None) -> str:
        """The version whose files a revision has; RefusedError when it is of none."""
        version = self._trees.get(self.git("rev-parse", f"{revision}^{{tree}}", at=at))
        if version is None:
            raise RefusedError(f"{revision} has the files of no version")
        return version

    def version_of_archive(self, path: Path) -> str:
        """The version whose files are in a ZIP archive."""
        for version in (NEW, OLD):
            with zipfile.ZipFile(path) as archive:
                names = [name for name in archive.namelist() if not name.endswith("/")]
                if names and all(archive.read(name) == self.file(version, name) for name in names):
                    return version
        raise RefusedError(f"{path.name} holds the files of no version")

    def file(self, version: str, path: str) -> bytes:
        """A file as a version has it; nothing when it has none."""
        done = subprocess.run(
            ["git", "-C", str(self.clone), "show", f"{version}:{path}"], capture_output=True, check=False
        )
        return done.stdout

    # artefacts

    def image(self, reference: str) -> str:
        """The version in an image; "" for one of other people. RefusedError when there is no such image."""
        if reference in self.artefacts:
            return self.artefacts[reference]
        repository, _, tag = reference.rpartition(":")
        own = [
            name for name in self.repositories if reference == name or reference.startswith((f"{name}:", f"{name}@"))
        ]
        if not own:
            return ""
        version = f"v{tag.removeprefix('v')}"
        if repository not in self.repositories or version not in {OLD, NEW}:
            raise RefusedError(f"manifest for {reference} not found: manifest unknown")
        return version

    # what runs

    def app(self, name: str) -> App:
        """A part of the application, made when it is first spoken of."""
        return self.apps.setdefault(name, App())

    def runs(self, name: str, version: str, count: int | None = None) -> None:
        """Let a part run a version; None leaves how many."""
        app = self.app(name)
        app.version = version
        if count is not None:
            app.count = count

    def put(self, version: str, names: Iterable[str] = (), *, start: bool = True) -> None:
        """A platform replaces what runs; ``start`` says that it starts what had been stopped."""
        self.releases.append(version)
        for name in names or tuple(self.apps) or ("app",):
            app = self.app(name)
            app.version = version
            if start and not app.count:
                app.count = app.usual

    def scale(self, name: str, count: int) -> None:
        """So many of a part; RefusedError when there is no such part."""
        if name not in self.apps:
            raise RefusedError(f"{name} not found")
        self.apps[name].count = count

    @property
    def up(self) -> bool:
        """Whether anything serves, and so may write."""
        return any(app.count for app in self.apps.values())

    @property
    def serving(self) -> str:
        """The version in which every part runs; "" when one is down or they differ."""
        versions = {app.version for app in self.apps.values()}
        whole = len(versions) == 1 and all(app.count for app in self.apps.values())
        return versions.pop() if whole and not self.maintenance else ""

    @property
    def previous(self) -> str:
        """The version of the release before the newest."""
        if len(self.releases) < 2:
            raise RefusedError("there is no release to return to")
        return self.releases[-2]

    # the database

    def migrate(self, version: str) -> str:
        """Migrations run, in the code of a version."""
        if not self.migrates:
            return ""
        if version == NEW and self.schema == OLD:
            self.schema = NEW
            self.migrations.append((version, self.writes))
        elif version == OLD and self.schema == NEW and self.migrates in STRICT:
            raise RefusedError("FAILED: Can't locate revision identified by 'b7e4a915'")
        elif version == OLD and self.schema == OLD:
            self.migrations.append((version, self.writes))
        return f"the schema is that of {self.schema}\n"

    def back_to(self, schema: str) -> None:
        """The schema is taken back by the migration tool."""
        self.schema = schema

    def dump(self) -> str:
        """A dump, as text that can be read back."""
        self.dumps.append(Dump(self.schema, self.writes))
        self.state["last dump"] = json.dumps({"schema": self.schema, "writes": self.writes})
        return str(self.state["last dump"])

    def restore(self, text: str) -> None:
        """Read a dump back."""
        if not re.fullmatch(r"\{.*\}\s*", text):
            raise RefusedError("pg_restore: error: input file does not appear to be a valid archive")
        self.schema = json.loads(text)["schema"]

    # watching

    def begin(self) -> None:
        """Forget how production came to be: from now on everything counts."""
        self.migrations.clear()
        self.broken.clear()
        self.dumps.clear()
        self.refused.clear()

    def look(self, command: str) -> None:
        """After each command: what serves may have written, and has to work on the schema that stands."""
        self.writes += self.up
        if not self.migrates:
            return
        for name, app in self.apps.items():
            bad = (app.version == NEW and self.schema == OLD) or (
                app.version == OLD and self.schema == NEW and self.destructive
            )
            if app.count and bad:
                self.broken.append(f"{name} of {app.version} serves on the schema of {self.schema} after: {command}")
