"""helmfile (helmfile.readthedocs.io): releases with their namespaces and values in one file."""

from collections.abc import Iterator

from releasekit.checklist.model import Act, Step
from releasekit.checklist.ways.kubernetes import Kubernetes

_ENVIRONMENT = "ENVIRONMENT"
_WHERE = "one of the environments of the helmfile"


class Helmfile(Kubernetes):
    """The pipeline's own line is typed where there is one; the file's environments are chosen with ``-e``."""

    way = "helmfile"

    def _words(self, verb: str) -> tuple[tuple[str, ...], tuple[tuple[str, str], ...]]:
        """The words of a command, and its blank where no environment is known to be that of production."""
        named = [fact.name for fact in self.c.of("environment") if fact.way == self.way]
        real = next((name for name in named if name in {"production", "prod", "live"}), "")
        given = self.option("-e", "--environment") or real or (_ENVIRONMENT if named else "")
        file = self._file()
        at = () if file in {"helmfile.yaml", "helmfile.yml"} else ("-f", self.of(file))
        fill = ((_ENVIRONMENT, _WHERE),) if given == _ENVIRONMENT else ()
        return ("helmfile", *at, *(("-e", given) if given else ()), verb), fill

    def _file(self) -> str:
        """The helmfile itself: its charts' files are deployed by it."""
        row = self.d.row
        found = [path for path in (*self.d.files, self.shown.rpartition(":")[0]) if row and row.claims(path)]
        return next(iter(found), "helmfile.yaml")

    def _step(self, act: Act, text: str, verb: str, expect: str) -> Step:
        words, fill = self._words(verb)
        made = self.step(act, text, *words, expect=expect, source=f"{self._file()}:1")
        return Step(act, text, made.command, expect, made.source, way=self.way, fill=fill)

    def _apply(self, act: Act, version: str) -> Iterator[Step]:
        if self.written():
            yield from self.written_or(act, f"Apply {version}.", expect="exit status 0")
            return
        yield self._step(act, f"Apply {version}.", "apply", "exit status 0")

    def halt(self) -> Iterator[Step]:
        yield from ()

    def deploy(self) -> Iterator[Step]:
        yield self._step(Act.DEPLOY, "See what would change.", "diff", "only what this release changes")
        yield from self._apply(Act.DEPLOY, self.new)

    def previous(self) -> Iterator[Step]:
        yield from self._apply(Act.BACK_DEPLOY, self.old)
        yield from self._rolled(Act.BACK_WAIT, self.old)
