"""How CI deploys: the way, the files that it takes, the namespace; and what its jobs that deploy do besides."""

import re
import shlex
from collections.abc import Iterator

from releasekit.facts.files import Files
from releasekit.facts.kubernetes.containers import hidden
from releasekit.facts.model import Fact
from releasekit.facts.production.deploying import beside_deploys, of_ci
from releasekit.facts.production.stages import is_chosen
from releasekit.facts.production_files import PIPELINE

# an input that is written out: a name, a number, a path
_WRITTEN = re.compile(r"[\w./:@-]+")


def in_folder(command: str, folder: str) -> str:
    """A command as it is typed in the root of the repository."""
    return f"(cd {shlex.quote(folder)} && {command})" if folder and command else command


def detect(files: Files) -> Iterator[Fact]:
    """``deploys`` (name = way), ``production_file`` and ``namespace`` facts of pipelines, those of production first."""
    seen: set[str] = set()
    for one in of_ci(files):
        if not files.chosen:  # a person's choice of files overrules the way of CI
            how = f"the action {one.action}" if one.action else "a command of a pipeline that deploys"
            rule = "production" if one.production else ""
            for key, value in one.inputs:
                if _WRITTEN.fullmatch(value):
                    yield Fact("action_input", key, value, one.source, how=f"given to {one.action}", way=one.way)
            yield Fact("deploys", one.way, in_folder(hidden(one.text), one.folder), one.source, how=how, rule=rule)
        for path in one.files:
            if path not in seen and (not files.chosen or is_chosen(files, path)):
                seen.add(path)
                reason = f"deployed by {one.source}"
                how = hidden(one.text)
                yield Fact("production_file", path, reason, one.source, how=how, way=one.way, rule=PIPELINE)
        if one.namespace:
            yield Fact("namespace", "namespace", one.namespace, one.source)
    for kind, beside in beside_deploys(files) if not files.chosen else ():
        how = "a command of the pipeline that deploys"
        called = "migration_step" if kind == "migrate" else "build_step"
        yield Fact(called, "pipeline", in_folder(hidden(beside.text), beside.folder), beside.source, how=how)
