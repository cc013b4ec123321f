"""What a pipeline does when it runs, line by line: jobs in the order of what they need, calls followed in this tree."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import islice

from releasekit.facts.code import join
from releasekit.facts.files import Files
from releasekit.facts.pipelines import github, pipeline_of
from releasekit.facts.pipelines.model import Job, Step
from releasekit.facts.pipelines.places import filled
from releasekit.facts.pipelines.verbs import Part, most_telling, of_action, of_words
from releasekit.facts.projects import shells
from releasekit.facts.projects.following import DEPTH, Done, alone, texts
from releasekit.facts.projects.shells import Ran
from releasekit.facts.projects.shelltexts import Block
from releasekit.tree import up_of

_MOST = 500  # lines of one job
_LONGEST = 4000


@dataclass(frozen=True, slots=True)
class Line:
    """A line that a pipeline runs, as it stands in ``path``; ``uses`` instead of ``text`` for an action or an image.

    ``part`` is what it is for, ``job`` the job that runs it, ``folder`` where ("" for the root). ``called`` says that
    it stands in a file which the line before it runs; ``tested`` that it only runs when a test says so, ``condition``
    what has to be true for its step, as written. ``done`` are its commands.
    """

    path: str
    line: int
    text: str
    part: Part
    job: str
    folder: str = ""
    uses: str = ""
    given: tuple[tuple[str, str], ...] = ()
    called: bool = False
    tested: bool = False
    condition: str = ""
    done: tuple[Done, ...] = ()

    @property
    def source(self) -> str:
        """``file:line``."""
        return f"{self.path}:{self.line}"


def of_job(files: Files, job: Job) -> tuple[Line, ...]:
    """The lines of one job, in order; those of the pipeline that it calls, if it does."""
    return files.once(_of_job, job)


def _of_job(files: Files, job: Job) -> tuple[Line, ...]:
    return tuple(islice(_lines(files, job, {}, 0), _MOST))


def environment(files: Files, job: Job) -> str:
    """Where a job deploys to: as it says itself, else as what it calls says, with the inputs of the call put in.

    Words that are written together are told apart: ``ShopProduction`` becomes ``Shop-Production``.
    """
    said = filled(job.environment, job.settings)
    if job.call is not None and not said:
        target = pipeline_of(files, job.call.path)
        given = {**github.defaults(files, job.call.path), **job.call.given}
        named = [filled(one.environment, given) for one in target.jobs if one.environment] if target else []
        said = next(iter(named), "")
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", said)


def _lines(files: Files, job: Job, given: Mapping[str, str], depth: int) -> Iterator[Line]:
    values = {**job.settings, **given}
    if job.call is not None:
        target = pipeline_of(files, job.call.path)
        if target is None or depth >= DEPTH:
            yield Line(job.path, job.call.line, "", Part.OTHER, job.name, uses=job.call.path)
            return
        inputs = {name: filled(text, values) for name, text in job.call.given.items()}
        inputs = {**github.defaults(files, target.path), **inputs}
        for one in ordered(target.jobs):
            yield from _lines(files, one, inputs, depth + 1)
        return
    for step in job.steps:
        yield from _of_step(files, job.name, step, values, depth)


def _of_step(files: Files, job: str, step: Step, values: Mapping[str, str], depth: int) -> Iterator[Line]:
    if step.run:
        block = Block(filled(step.run, values), step.line, folder=step.folder)
        for line in _of_text(files, job, step.path, block):
            yield replace(line, condition=step.condition)
        return
    given = {name: filled(text, values) for name, text in step.given.items()}
    local = step.uses.startswith("./") and depth < DEPTH
    steps = github.composite(files, join(up_of(step.path), step.uses), step.folder) if local else None
    if steps is None:
        part, given_ = of_action(step.uses), tuple(given.items())
        yield Line(step.path, step.line, "", part, job, step.folder, step.uses, given=given_, condition=step.condition)
        return
    inputs = {**github.defaults(files, steps[0].path), **given} if steps else given
    for one in steps:
        yield from _of_step(files, job, one, inputs, depth + 1)


def _of_text(
    files: Files, job: str, path: str, block: Block, above: tuple[tuple[str, int], ...] = ()
) -> Iterator[Line]:
    """The lines of a text that do something, each with those of what it runs of this repository behind it.

    ``above`` are the texts that led here: what runs itself is not followed again.
    """
    rans = list(block.commands(files, path))
    for line in shells.read(block.filled or block.text, path, block.line).lines:
        those = [ran for ran in rans if line.number <= ran.typed.line <= line.end]
        done = tuple(alone(path, those))
        if not those or all(_prepares(ran) for ran in those):
            continue
        part = most_telling([of_words(one.words) for one in done]) if done else Part.SETUP
        tested = all(ran.command.conditional for ran in those)
        place = those[0].place
        text = line.text[:_LONGEST]
        yield Line(path, line.number, text, part, job, place, called=bool(above), tested=tested, done=done)
        here = (*above, (path, block.line))
        for ran in those if len(above) < DEPTH else ():
            for other, inner in texts(files, ran):
                if (other, inner.line) not in here:
                    yield from _of_text(files, job, other, inner, here)


def _prepares(ran: Ran) -> bool:
    """Whether a command only tells the shell how to behave."""
    return ran.command.program in {"set", "shopt", "trap"} or not (ran.command.words or ran.command.environment)


def ordered(jobs: Iterable[Job]) -> list[Job]:
    """Jobs, each behind those that it needs; else in the order of the file."""
    named = {job.name: job for job in jobs}
    done: dict[str, Job] = {}
    begun: set[str] = set()
    waiting = list(named.values())[::-1]
    while waiting:
        job = waiting[-1]
        first = [] if job.name in begun else [named[need] for need in job.needs if need in named and need not in begun]
        begun.add(job.name)  # those of a circle that are met again do not wait for each other
        if first:
            waiting += first[::-1]
        else:
            done.setdefault(waiting.pop().name, job)
    return list(done.values())
