"""How CI deploys: the way, the files that it takes, the namespace; and what its jobs that deploy do besides."""

import re
import shlex
from collections.abc import Iterator

from releasekit.facts.files import Files
from releasekit.facts.kubernetes.containers import hidden
from releasekit.facts.model import Fact, Finding, Severity
from releasekit.facts.pipelines.production import Release, missing, release
from releasekit.facts.pipelines.verbs import Part
from releasekit.facts.production.deploying import beside_deploys, of_ci
from releasekit.facts.production_files import PIPELINE
from releasekit.facts.stages import is_chosen

# an input that is written out: a name, a number, a path
_WRITTEN = re.compile(r"[\w./:@-]+")


def in_folder(command: str, folder: str) -> str:
    """A command as it is typed in the root of the repository."""
    return f"(cd {shlex.quote(folder)} && {command})" if folder and command else command


def detect(files: Files) -> Iterator[Fact | Finding]:
    """``deploys`` (name = way), ``production_file`` and ``namespace`` facts of the release's pipeline, its lines."""
    seen: set[str] = set()
    known = of_ci(files)
    for one in known:
        if not files.chosen:  # a person's choice of files overrules the way of CI
            how = f"the action {one.action}" if one.action else "a command of a pipeline that deploys"
            for key, value in one.inputs:
                if _WRITTEN.fullmatch(value):
                    yield Fact("action_input", key, value, one.source, how=f"given to {one.action}", way=one.way)
            yield Fact("deploys", one.way, in_folder(hidden(one.text), one.folder), one.source, how=how)
        for path in one.files:
            if path not in seen and (not files.chosen or is_chosen(files, path)):
                seen.add(path)
                reason = f"deployed by {one.source}"
                how = hidden(one.text)
                yield Fact("production_file", path, reason, one.source, how=how, way=one.way, rule=PIPELINE)
        if one.namespace:
            yield Fact("namespace", "namespace", one.namespace, one.source)
    for kind, line in beside_deploys(files) if not files.chosen else ():
        how = "a command of the pipeline that deploys"
        called = "migration_step" if kind == "migrate" else "build_step"
        yield Fact(called, "pipeline", in_folder(hidden(line.text), line.folder), line.source, how=how)
    if missing(files):
        sentence = f"application.pipeline names {files.job}, and there is no such job"
        do = "write FILE#JOB, the file seen from the repository's root, as `releasekit facts` prints it"
        yield Finding("no-such-pipeline", Severity.WARNING, sentence, (), do=do)
    run = release(files) if not files.chosen else None
    if run is not None:
        yield from () if known else _unknown(run)
        yield from _run(run)


def _run(run: Release) -> Iterator[Fact | Finding]:
    """``pipeline`` (FILE#JOB) with what starts it, and a ``pipeline_line`` for each line that it runs, in order."""
    for one in run.chosen:
        yield Fact("pipeline", one.name, one.reason, one.source, how=one.pipeline.system, rule=one.rule)
        if alone := one.job.alone:
            value = "cancels" if alone.cancels else "waits"
            how = "what a second run does while the first goes on"
            yield Fact("pipeline_alone", alone.group, value, f"{one.job.path}:{alone.line}", how=how)
    yield from _started(run)
    for job in run.manual:
        how = "a person starts or approves it"
        yield Fact("pipeline_manual", job.title or job.name, None, f"{job.path}:{job.line}", how=how)
    for job in run.quiet:
        how = "it runs before, and deploys nothing"
        yield Fact("pipeline_quiet", job.title or job.name, None, f"{job.path}:{job.line}", how=how)
    for line in run.lines:
        text = hidden(line.text) or f"uses: {line.uses}"
        place = f", in {line.folder}/" if line.folder else ""
        when = (
            f"; only when {line.condition}" if line.condition else "; only when a test says so" if line.tested else ""
        )
        how = f"job {line.job}{place}{when}"
        rule = "called" if line.called else "action" if line.uses else ""
        yield Fact("pipeline_line", line.part.value, text, line.source, how=how, rule=rule)
    yield from _rivals(run)


def _unknown(run: Release) -> Iterator[Fact]:
    """What the jobs that deploy type, where no row knows a command of theirs."""
    deploying = {one.job.name for one in run.chosen}
    for line in run.lines:
        if line.job in deploying and line.text and not line.called and line.part in {Part.DEPLOY, Part.OTHER}:
            how = "a command of a pipeline that deploys"
            yield Fact("deploys", "pipeline", in_folder(hidden(line.text), line.folder), line.source, how=how)


def _started(run: Release) -> Iterator[Fact]:
    """``pipeline_event`` with ``pipeline_input`` and ``pipeline_choice``: how it is started."""
    if run.event is None:
        return
    path, event = run.chosen[0].pipeline.path, run.event
    names = ", ".join(event.names)
    yield Fact("pipeline_event", event.when.value, names, f"{path}:{event.line}", how="what starts the pipeline")
    for given in event.inputs:
        rule = "required" if given.required and not given.default else ""
        place, how = f"{path}:{given.line}", "an input of the pipeline"
        yield Fact("pipeline_input", given.name, given.default, place, how=how, rule=rule)
        for choice in given.choices:
            yield Fact("pipeline_choice", given.name, choice, place, how=how)


def _rivals(run: Release) -> Iterator[Fact | Finding]:
    """``other_pipeline`` for each that could be meant as well, and what a person does about it."""
    first = run.chosen[0]
    for one in run.rivals:
        yield Fact("other_pipeline", one.name, one.reason, one.source, how=one.pipeline.system, rule=one.rule)
    if run.rivals:
        listed = ", ".join(one.name for one in (first, *run.rivals))
        sentence = f"{1 + len(run.rivals)} pipelines could release this application, and nothing says which: {listed}"
        places = (first.source, *(one.source for one in run.rivals))
        do = "name its job in application.pipeline"
        yield Finding("several-pipelines", Severity.WARNING, sentence, places, do=do)
