"""What a person does where a pipeline releases: start it, approve it, watch it; and the lines that it runs.

Knows what facts say of the pipeline, and how its service is told to run it.
"""

import fnmatch
import re
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from releasekit.checklist.model import Act, Step
from releasekit.checklist.release import Release
from releasekit.checklist.words import listed
from releasekit.facts.model import Analysis, Fact
from releasekit.facts.production_files import PIPELINE

# what a line of the pipeline is for, as a sentence of which the pipeline is the subject
_PARTS: Mapping[str, str] = MappingProxyType({
    "build": "It builds",
    "publish": "It publishes what is deployed",
    "provision": "It prepares what the release runs on",
    "migrate": "It migrates",
    "deploy": "It deploys",
    "wait": "It waits until the new version runs",
    "smoke": "It asks whether the new version works",
    "after": "It tells others, or keeps a record",
    "test": "It tests",
    "setup": "It prepares itself",
    "other": "It runs",
})  # fmt: skip
_VERSION = re.compile(r"(?:version|tag|release|ref|image[-_]?tag)", re.IGNORECASE)
_COMMIT = re.compile(r"(?:sha|commit|revision)", re.IGNORECASE)
_ENVIRONMENT = re.compile(r"(?:env(?:ironment)?|stage|target)", re.IGNORECASE)
_GITHUB, _GITLAB = "GitHub Actions", "GitLab CI"
# how a run is followed to its end (cli.github.com/manual/gh_run_watch, docs.gitlab.com/cli/ci/status)
_LAST = "gh run list --workflow {} --limit 1 --json databaseId --jq '.[].databaseId'"
_OF_TAG = "gh run list --workflow {} --branch {} --limit 1 --json databaseId --jq '.[].databaseId'"
_WATCH = MappingProxyType({_GITHUB: f'gh run watch --exit-status "$({_LAST})"', _GITLAB: "glab ci status --live"})


@dataclass(frozen=True, slots=True)
class Run:
    """The pipeline that releases, as facts say it: the jobs that deploy first.

    ``lines`` are ``pipeline_line`` facts in their order, ``several`` says that another could be meant.
    """

    jobs: tuple[Fact, ...]
    lines: tuple[Fact, ...]
    event: Fact | None = None
    inputs: tuple[Fact, ...] = ()
    choices: tuple[Fact, ...] = ()
    manual: tuple[Fact, ...] = ()
    alone: tuple[Fact, ...] = ()
    several: bool = False

    @property
    def file(self) -> str:
        """The pipeline's file."""
        return self.jobs[0].name.partition("#")[0]

    @property
    def system(self) -> str:
        """The service that runs it."""
        return self.jobs[0].how

    def of(self, *parts: str) -> tuple[Fact, ...]:
        """The lines that do one of these."""
        return tuple(line for line in self.lines if line.name in parts)


def run_of(analysis: Analysis) -> Run | None:
    """The pipeline that releases, where the analysis found one and elected the way by it."""
    jobs = analysis.of("pipeline")
    elected = next(iter(analysis.of("way")), None)
    if not jobs or elected is None or elected.rule != PIPELINE:
        return None
    return Run(
        jobs,
        analysis.of("pipeline_line"),
        next(iter(analysis.of("pipeline_event")), None),
        analysis.of("pipeline_input"),
        analysis.of("pipeline_choice"),
        analysis.of("pipeline_manual"),
        analysis.of("pipeline_alone"),
        any(finding.rule == "several-pipelines" for finding in analysis.findings),
    )


def started(run: Run, release: Release) -> Iterator[Step]:
    """What a person does: start the pipeline, start or approve jobs that wait for it, watch."""
    place = run.jobs[0].source
    jobs = listed(job.name for job in run.jobs)
    if run.several:
        text = f"Start the pipeline of this application. Several could be it, among them {jobs}; nothing says which"
        yield Step(Act.START, f"{text}: name its job in application.pipeline.", source=place, warns=True)
        return
    yield _start(run, release, jobs, place)
    for job in run.manual:
        command = shlex.join(("glab", "ci", "trigger", job.name)) if run.system == _GITLAB else ""
        text = f"Start or approve {job.name} when the pipeline waits for it."
        yield Step(Act.START, text, command, "the job is running" if command else "", job.source)
    command = _WATCH.get(run.system, "").format(shlex.quote(run.file.rpartition("/")[2]))
    text = "Watch it until it has ended. What follows is what it runs, line by line; nothing of it is typed."
    yield Step(Act.START, text, command, "every job has ended with success" if command else "", place)


def _start(run: Run, release: Release, jobs: str, place: str) -> Step:
    event = run.event
    when, names = (event.name, str(event.value or "")) if event else ("other", "")
    source = event.source if event else place
    tag = release.candidate_tag
    globs = [name.strip() for name in names.split(",") if name.strip()]
    if when == "tag":
        fits = tag if tag and (not globs or any(_fits(tag, glob) for glob in globs)) else ""
        fill = () if fits else (("TAG", f"the tag of this release{f', like {listed(globs)}' if globs else ''}"),)
        text = f"Push the tag: it starts {jobs}."
        return Step(Act.START, text, shlex.join(("git", "push", "origin", fits or "TAG")), "new tag", source, fill=fill)
    if when == "release" and run.system == _GITHUB:
        fill = () if tag else (("TAG", "the tag of this release"),)
        words = ("gh", "release", "create", tag or "TAG", "--verify-tag", "--generate-notes")
        text = f"Publish the release: it starts {jobs}."
        return Step(Act.START, text, shlex.join(words), "the release's address", source, fill=fill)
    if when == "manual" and run.system == _GITHUB:
        return _dispatch(run, release, jobs, source, release.candidate_tag, release.candidate_sha)
    if when == "push":
        branch = listed(globs) if globs else "the branch that it is for"
        return Step(Act.START, f"Bring {release.new} to {branch}: the push starts {jobs}.", source=source)
    if when == "manual":
        return Step(Act.START, f"Start {jobs} in {run.system}, on {tag or release.new}.", source=source)
    text = f"Start {jobs} in {run.system or 'its service'}: which event does that by itself stands in no file."
    return Step(Act.START, text, source=source)


def _dispatch(run: Run, release: Release, jobs: str, source: str, tag: str, sha: str) -> Step:
    """Start a workflow by hand, with the inputs that it asks for: those that name the version or the environment."""
    words = ["gh", "workflow", "run", run.file.rpartition("/")[2], *(("--ref", tag) if tag else ())]
    fill: list[tuple[str, str]] = []
    for given in run.inputs:
        choices = [str(choice.value) for choice in run.choices if choice.name == given.name]
        value = _value(given.name, choices, release.environment, tag, sha)
        if not value and given.rule == "required":
            value = re.sub(r"\W+", "_", given.name).upper()
            among = f": one of {listed(choices)}" if choices else ""
            fill.append((value, f"the input {given.name} of the pipeline ({given.source}){among}"))
        words += ["-f", f"{given.name}={value}"] if value else []
    text = f"Start {jobs}."
    return Step(Act.START, text, shlex.join(words), "Created workflow_dispatch event", source, fill=tuple(fill))


def _value(name: str, choices: list[str], environment: str, tag: str, sha: str) -> str:
    """What an input is given, where its name says that it is the version, the commit or the environment."""
    if _ENVIRONMENT.fullmatch(name):
        near = [choice for choice in choices if choice.lower().startswith(environment.lower()[:4])]
        return near[0] if len(near) == 1 else ("" if choices else environment)
    if choices:
        return ""
    if _COMMIT.search(name):
        return sha
    return tag if _VERSION.search(name) else ""


def again(run: Run, release: Release) -> Iterator[Step]:
    """The same pipeline for the version before: started anew, or its last run for that version run again.

    A run is run again with the files of its own commit, as long as the service keeps it (cli.github.com/manual,
    gh run rerun).
    """
    tag, when, file = release.running_tag, run.event.name if run.event else "", run.file.rpartition("/")[2]
    source = run.event.source if run.event else run.jobs[0].source
    if run.several or not tag:
        return
    text = f"The pipeline can also bring {tag} back, with all that it runs:"
    if run.system == _GITHUB and when == "manual":
        step = _dispatch(run, release, "", source, tag, release.running_sha)
        yield replace(step, act=Act.BACK_DEPLOY, text=text)
    elif run.system == _GITHUB and when in {"tag", "release"}:
        found = _OF_TAG.format(shlex.quote(file), shlex.quote(tag))
        yield Step(Act.BACK_DEPLOY, text, f'gh run rerun "$({found})"', "Requested rerun", source)
    elif run.system == _GITLAB and when == "tag":
        yield Step(
            Act.BACK_DEPLOY, text, shlex.join(("glab", "ci", "run", "--branch", tag)), "Created pipeline", source
        )


def _fits(tag: str, glob: str) -> bool:
    """Whether a tag is one of those that a pipeline is started by: a glob, or a regular expression between slashes."""
    if glob.startswith("/") and glob.endswith("/") and len(glob) > 1:
        try:
            return re.fullmatch(glob[1:-1], tag) is not None
        except re.error:
            return False
    return fnmatch.fnmatchcase(tag, glob)


def lines(run: Run) -> Iterator[Step]:
    """The lines that the pipeline runs, in order: nobody types them."""
    for line in run.lines if not run.several else ():
        text = str(line.value)
        if line.rule == "action" and line.name == "setup":
            continue
        said = _PARTS[line.name]
        called = line.rule == "called"
        inside = " by way of that" if called else ""
        yield Step(Act.RUN, f"{said}{inside} ({line.how}).", source=line.source, runs=text, called=called)
