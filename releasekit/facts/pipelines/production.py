"""Which jobs bring a release into production: ordered, named rules over all pipelines, each with its reason."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from releasekit.facts.files import Files
from releasekit.facts.pipelines import pipelines, program
from releasekit.facts.pipelines.model import Event, Job, Pipeline, When
from releasekit.facts.pipelines.program import Line
from releasekit.facts.pipelines.verbs import Part
from releasekit.facts.stages import is_earlier, is_production
from releasekit.facts.ways import BY_NAME, Family, of_action, of_command
from releasekit.tree import up_of

# jobs and pipelines that are no release, whatever else their names say
_ASIDE = re.compile(
    r"(?<![a-z])(?:destroy|clean-?up|tear-?down|undeploy|delete|prune|expire|(?:un)?lock|notify|notification|rollback|roll-back"
    r"|revert|e2e|lint|previews?|review-?apps?|docs?|documentation|storybook|demo|sandbox|load-?test)(?![a-z])",
    re.IGNORECASE,
)
_CHECKS = re.compile(r"(?<![a-z])(?:tests?|testing|unit|integration|checks?|verify|validate)(?![a-z])", re.IGNORECASE)
_DEVELOPS = re.compile(
    r"(?<![a-z])(?:dev|develop|development|tests?|testing|qa|ci|demo|sandbox|preview)(?![a-z])", re.IGNORECASE
)
_DEPLOYS = re.compile(r"(?<![a-z])(?:deploy\w*|releas\w+|rollout|ship|promote|publish|live|cd)(?![a-z])", re.IGNORECASE)
# a cluster of the pipeline's own: what is deployed there is tested
_THROWN_AWAY = re.compile(
    r"\bkind create\b|kind-action|setup-kind|minikube|\bk3d\b|setup-k3|\bct install\b|chart-testing"
)
_RULES = ("named", "environment", "name", "event", "main", "only")
_NO_RELEASE = frozenset((When.REQUEST, When.SCHEDULE, When.CALL))
_MAIN = frozenset(("main", "master", "trunk", "production", "prod", "release"))
_TELLING = frozenset((Part.DEPLOY, Part.MIGRATE, Part.PROVISION, Part.PUBLISH, Part.BUILD, Part.WAIT, Part.SMOKE))


@dataclass(frozen=True, slots=True)
class Candidate:
    """A job that deploys, with the rule that speaks for it and the reason in words."""

    pipeline: Pipeline
    job: Job
    rule: str
    reason: str

    @property
    def name(self) -> str:
        """``FILE#JOB``, as `application.pipeline` names it: the file seen from the repository's root."""
        path = self.pipeline.path
        return f"{path.removeprefix(up_of(path))}#{self.job.name}"

    @property
    def source(self) -> str:
        """``file:line``."""
        return f"{self.job.path}:{self.job.line}"


@dataclass(frozen=True, slots=True)
class Release:
    """What runs for a release: the jobs that deploy, and the lines of all jobs that belong to them, in order.

    ``rivals`` are jobs of other pipelines for which the same rule speaks. ``manual`` are jobs that a person starts or
    approves; ``quiet`` are jobs that run before and of which no line is kept: tests.
    """

    chosen: tuple[Candidate, ...]
    event: Event | None
    lines: tuple[Line, ...]
    manual: tuple[Job, ...]
    quiet: tuple[Job, ...]
    rivals: tuple[Candidate, ...]


def release(files: Files) -> Release | None:
    """The release's run; None when no pipeline deploys."""
    return files.once(_release)


def _release(files: Files) -> Release | None:
    found = [one for pipeline in pipelines(files) for job in pipeline.jobs if (one := _candidate(files, pipeline, job))]
    found = _named(files) or sorted(found, key=lambda one: _RULES.index(one.rule))
    if not found:
        return None
    same = [one for one in found if one.rule == found[0].rule]
    chosen = tuple(one for one in same if one.pipeline.path == same[0].pipeline.path)
    typed = {text for one in chosen for text in _typed(files, one)}
    others = [one for one in same if one.pipeline.path != same[0].pipeline.path]
    rivals = tuple(one for one in others if {*_typed(files, one)} != typed)
    pipeline = same[0].pipeline
    event = _event(pipeline.started(same[0].job))
    run = _run(files, pipeline, chosen, event)
    lines: list[Line] = []
    quiet: list[Job] = []
    deploying = {one.job.name for one in chosen}
    for job in run:
        said = program.of_job(files, job)
        names = dict.fromkeys(line.job for line in said)  # of a pipeline that is called, those of its jobs
        telling = {name for name in names if (name == job.name and name in deploying) or _tells(name, said)}
        kept = [line for line in said if line.job in telling]
        lines += kept
        if said and not kept:
            quiet.append(job)
    manual = tuple(job for job in run if job.manual)
    return Release(chosen, event, tuple(lines), manual, tuple(quiet), rivals)


def _tells(name: str, lines: Sequence[Line]) -> bool:
    """Whether a job's lines belong to the release: it makes what is deployed, and does not only check."""
    own = [line for line in lines if line.job == name]
    called = " ".join((name, *dict.fromkeys(line.path.rpartition("/")[2] for line in own if not line.called)))
    return any(line.part in _TELLING for line in own) and not (_CHECKS.search(called) or _ASIDE.search(called))


def _named(files: Files) -> list[Candidate]:
    """The job that the person names; [] when nobody does, or there is no such job."""
    every = ((one, job) for one in pipelines(files) for job in one.jobs) if files.job else ()
    found = (Candidate(one, job, "named", "application.pipeline names it") for one, job in every)
    return [one for one in found if one.name == files.job]


def missing(files: Files) -> bool:
    """Whether the person names a job that is not there."""
    return bool(files.job) and not _named(files)


def _typed(files: Files, one: Candidate) -> Iterator[str]:
    """What a job types or uses to deploy."""
    for line in program.of_job(files, one.job):
        if line.part is Part.DEPLOY:
            yield line.text or line.uses


def _candidate(files: Files, pipeline: Pipeline, job: Job) -> Candidate | None:
    """The job with the strongest rule that speaks for it; None when it is no release to production."""
    names = " ".join((pipeline.path.rpartition("/")[2], pipeline.title, job.name, job.title))
    whens = {event.when for event in pipeline.started(job)}
    if (whens and whens <= _NO_RELEASE) or job.ends or not _may_run(job.condition):
        return None
    where = program.environment(files, job)
    if _ASIDE.search(names) or _of_another(where, f"{job.name} {job.title}", names):
        return None
    lines = program.of_job(files, job)
    texts = " ".join(line.text or line.uses for line in lines)
    if _THROWN_AWAY.search(texts) or not _deploys(lines, where, names, f"{job.name} {job.title}"):
        return None
    if not is_production(f"{where} {names}") and is_earlier(texts.replace(" ", "/")) and not is_production(texts):
        return None
    rule, reason = next((rule, reason) for rule, reason, holds in _rules(pipeline, job, where, names) if holds)
    return Candidate(pipeline, job, rule, reason)


def _rules(pipeline: Pipeline, job: Job, where: str, names: str) -> Iterator[tuple[str, str, bool]]:
    """(rule, reason, whether it speaks for a job), the strongest first."""
    events = pipeline.started(job)
    whens = {event.when for event in events}
    main = any(event.when is When.PUSH and _MAIN.intersection(event.names) for event in events)
    yield "environment", f"its environment is {where}", is_production(where)
    yield "name", "its name says production", is_production(names)
    yield "event", "a release starts it", bool(whens & {When.TAG, When.RELEASE})
    yield "main", "it runs on the main branch, or when somebody starts it", main or When.MANUAL in whens
    yield "only", "it deploys", True


def _of_another(where: str, name: str, names: str) -> bool:
    """Whether a job is of an environment before production, by what it says, else by what it is called."""
    if where and (is_production(where) or is_earlier(where) or _DEVELOPS.search(where)):
        return not is_production(where)
    if is_production(name):
        return False
    return is_earlier(name.replace(" ", "/")) or (is_earlier(names.replace(" ", "/")) and not is_production(names))


def _deploys(lines: Sequence[Line], where: str, names: str, name: str) -> bool:
    """Whether a job brings a version into an environment: by its commands, and by what it or its pipeline is called."""
    called = bool(where) or is_production(names) or _DEPLOYS.search(names) is not None
    if not called and (_CHECKS.search(names) or _DEVELOPS.search(name)):
        return False
    if _CHECKS.search(name) and not is_production(f"{where} {name}"):
        return False
    ways = {way for line in lines for way in _ways(line)}
    if any(called or BY_NAME[way].family is not Family.CONTAINERS for way in ways):
        return True
    does = any(line.part not in {Part.SETUP, Part.TEST, Part.AFTER} for line in lines)
    return does and is_production(f"{where} {names}") and (bool(where) or _DEPLOYS.search(names) is not None)


def _ways(line: Line) -> Iterator[str]:
    """The ways by which the commands of a line, or what it uses, deploy."""
    found = [of_action(line.uses)] if line.uses else []
    found += [of_command(one.words) for one in line.done]
    return (way.name for way in found if way)


def _may_run(condition: str) -> bool:
    """Whether a condition can hold in a release, as far as its words tell."""
    if re.search(r"(?<!!)\bfailure\(\)|(?<!!)\bcancelled\(\)", condition):
        return False
    return not re.search(r"event_name\s*==\s*'(?:pull_request|schedule)|Build\.Reason\W+PullRequest", condition)


def _event(events: Sequence[Event]) -> Event | None:
    """What starts a release: a tag, a release, a person, a push, in this order."""
    order = (When.TAG, When.RELEASE, When.MANUAL, When.PUSH, When.OTHER)
    found = [event for event in events if event.when in order]
    return min(found, key=lambda event: order.index(event.when), default=None)


def _run(files: Files, pipeline: Pipeline, chosen: Sequence[Candidate], event: Event | None) -> list[Job]:
    """The jobs that run with those that deploy: what they need, and what waits for them."""
    deploying = {one.job.name for one in chosen}
    needs = {job.name: job.needs for job in pipeline.jobs}
    waiting: dict[str, list[str]] = {}
    for job in pipeline.jobs:
        for need in job.needs:
            waiting.setdefault(need, []).append(job.name)
    wanted = _reached(deploying, needs) | _reached(deploying, waiting)
    named = (job for job in pipeline.jobs if job.name in wanted)
    return program.ordered(job for job in named if job.name in deploying or _belongs(files, pipeline, job, event))


def _reached(names: Iterable[str], edges: Mapping[str, Iterable[str]]) -> set[str]:
    """The names, and all that the edges lead to from them."""
    reached: set[str] = set()
    following = list(names)
    while following:
        name = following.pop()
        if name not in reached:
            reached.add(name)
            following += edges.get(name, ())
    return reached


def _belongs(files: Files, pipeline: Pipeline, job: Job, event: Event | None) -> bool:
    """Whether a job beside those that deploy is a part of the same release, and of no other environment."""
    name = f"{job.name} {job.title}"
    if job.ends or not _may_run(job.condition) or _of_another(program.environment(files, job), name, name):
        return False
    whens = {one.when for one in pipeline.started(job)}
    return event is None or not whens or event.when in whens or job.events is None
