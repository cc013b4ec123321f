"""helmfile (helmfile.readthedocs.io): releases with their namespaces and values in one file."""

from collections.abc import Iterator
from types import MappingProxyType

from releasekit.checklist.model import Act, Step
from releasekit.checklist.ways.kubernetes import Kubernetes


class Helmfile(Kubernetes):
    """The pipeline's own line is typed where there is one; the file's environments are chosen with ``-e``."""

    way = "helmfile"
    blanks = MappingProxyType({"ENVIRONMENT": "one of the environments of the helmfile"})

    def _words(self, verb: str) -> tuple[str, ...]:
        """The words of a command, with a blank where no environment is known to be that of production."""
        named = [fact.name for fact in self.c.of("environment") if fact.way == self.way]
        real = next((name for name in named if name in {"production", "prod", "live"}), "")
        given = self.option("-e", "--environment") or real or ("ENVIRONMENT" if named else "")
        file = self._file()
        at = () if file in {"helmfile.yaml", "helmfile.yml"} else ("-f", self.of(file))
        return ("helmfile", *at, *(("-e", given) if given else ()), verb)

    def _file(self) -> str:
        """The helmfile itself: its charts' files are deployed by it."""
        row = self.d.row
        found = [path for path in (*self.d.files, self.shown.rpartition(":")[0]) if row and row.claims(path)]
        return next(iter(found), "helmfile.yaml")

    def _step(self, act: Act, text: str, verb: str, expect: str) -> Step:
        return self.step(act, text, *self._words(verb), expect=expect, source=f"{self._file()}:1")

    def _apply(self, act: Act, version: str) -> Iterator[Step]:
        words, source = self._words("apply"), f"{self._file()}:1"
        yield from self.written_or(act, f"Apply {version}.", *words, expect="exit status 0", source=source)

    def halt(self) -> Iterator[Step]:
        yield from ()

    def deploy(self) -> Iterator[Step]:
        yield self._step(Act.DEPLOY, "See what would change.", "diff", "only what this release changes")
        yield from self._apply(Act.DEPLOY, self.new)

    def previous(self) -> Iterator[Step]:
        yield from self._apply(Act.BACK_DEPLOY, self.old)
        yield from self._rolled(Act.BACK_WAIT, self.old)
