"""The pipelines of a repository, whichever service runs them: who reads which file. Runs nothing."""

import re
from collections.abc import Callable
from dataclasses import replace

from releasekit.facts.code import at, join
from releasekit.facts.files import Files
from releasekit.facts.pipelines import (
    azure,
    bitbucket,
    buildkite,
    circleci,
    github,
    gitlab,
    google,
    jenkins,
    woodpecker,
)
from releasekit.facts.pipelines.model import Event, Job, Pipeline, Step, When
from releasekit.facts.projects import workflows
from releasekit.tree import up_of

Reader = Callable[[Files, str], Pipeline | None]

_READERS: tuple[tuple[re.Pattern[str], Reader], ...] = tuple(
    (re.compile(pattern), reader)
    for pattern, reader in (
        (r"\.(?:github|gitea|forgejo)/workflows/[^/]+\.ya?ml", github.read),
        (r"(?:.*/)?\.gitlab-ci\.ya?ml", gitlab.read),
        (r"(?:.*/)?\.?cloudbuild[^/]*\.(?:ya?ml|json)|(?:.*/)?\.?cloudbuild/[^/]+\.(?:ya?ml|json)", google.read),
        (r"\.circleci/config\.ya?ml", circleci.read),
        (r"bitbucket-pipelines\.yml", bitbucket.read),
        (r"\.buildkite/[^/]+\.ya?ml", buildkite.read),
        (r"\.(?:woodpecker|drone)\.ya?ml|\.woodpecker/[^/]+\.ya?ml", woodpecker.read),
        (r"(?:.*/)?Jenkinsfile[^/]*|(?:.*/)?[^/]+\.jenkinsfile", jenkins.read),
        # last: files of Azure Pipelines have any name
        (r"(?:.*/)?[^/]*azure-pipelines[^/]*\.ya?ml|\.?azure-pipelines/.+\.ya?ml|\.pipelines/.+\.ya?ml", azure.read),
        (r"[^/]*\.ya?ml", azure.read),
    )
)


def pipelines(files: Files) -> tuple[Pipeline, ...]:
    """All pipelines, by their path. Files of services without a reader are one job a step's names."""
    return files.once(_all)


def _all(files: Files) -> tuple[Pipeline, ...]:
    found = (pipeline_of(files, path) for path in workflows.paths(files))
    return tuple(pipeline for pipeline in found if pipeline is not None)


def pipeline_of(files: Files, path: str) -> Pipeline | None:
    """The pipeline of one file, read once; None when it is none."""
    return files.once(_read, path)


def _read(files: Files, path: str) -> Pipeline | None:
    up = up_of(path)
    reader = next((reader for pattern, reader in _READERS if pattern.fullmatch(path.removeprefix(up))), None)
    found = (reader(files, path) if reader else None) or _unknown(files, path)
    return _outside(files, found, up) if found and up else found


def _outside(files: Files, pipeline: Pipeline, up: str) -> Pipeline:
    """A pipeline of the repository's root, with its folders seen from the part that is analysed."""
    jobs = []
    for job in pipeline.jobs:
        steps = tuple(replace(step, folder=at(files.tree, up, step.folder)) for step in job.steps)
        call = replace(job.call, path=join(up, job.call.path)) if job.call else None
        jobs.append(replace(job, steps=steps, call=call))
    return replace(pipeline, jobs=tuple(jobs))


def _unknown(files: Files, path: str) -> Pipeline | None:
    """A file of another service: what it runs, under the names around it, in the order of the file."""
    jobs: dict[str, list[Step]] = {}
    for one in workflows.steps(files, path) if workflows.is_ci(path) else ():
        name = one.context[-1] if one.context[1:] else "steps"
        step = Step(one.path, one.line, one.run, one.uses, given=dict(one.given), folder=one.folder)
        jobs.setdefault(name, []).append(step)
    made = tuple(Job(path, name, steps[0].line, tuple(steps), title=name) for name, steps in jobs.items())
    return Pipeline(path, "", "", (Event(When.OTHER),), made) if made else None
