"""Pipelines of GitLab (docs.gitlab.com, "CI/CD YAML syntax reference")."""

import fnmatch
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

from releasekit.facts.code import join
from releasekit.facts.files import Files
from releasekit.facts.pipelines.model import Alone, Event, Job, Pipeline, Step, When
from releasekit.facts.projects.workflows import first_line
from releasekit.syntax.node import ABSENT, Node

_KEYWORDS = frozenset(
    "default include stages variables workflow image services before_script after_script cache pages spec".split()
)
_STAGES = (".pre", "build", "test", "deploy", ".post")
_DEPTH, _MOST = 8, 200
_EARLIER = ("",)  # what a job needs that says nothing: all jobs of the stages before

_ONLY = {
    "tags": When.TAG,
    "merge_requests": When.REQUEST,
    "schedules": When.SCHEDULE,
    "web": When.MANUAL,
    "triggers": When.OTHER,
    "branches": When.PUSH,
}

Jobs = dict[str, tuple[str, int, Node]]  # the file, the line of the name, the job


def read(files: Files, path: str) -> Pipeline | None:
    """The pipeline of a file with the local files that it includes; None when it has no jobs."""
    found: Jobs = {}
    unread: list[tuple[str, str]] = []
    top: dict[str, Node] = {}
    _load(files, path, found, top, unread, ())
    stages = list(top.get("stages", ABSENT).texts or _STAGES)
    jobs = []
    for name, (place, line, node) in found.items():
        whole = _extended(node, found, 0)
        if not name.startswith(".") and (whole.get("script") or whole.get("trigger")):
            jobs.append(_job(place, name, line, whole, top))
    jobs.sort(key=lambda one: stages.index(one[0]) if one[0] in stages else len(stages))
    if not jobs:
        return None
    return Pipeline(path, "GitLab CI", "", _WORKFLOW, tuple(_ordered(jobs, stages)), tuple(unread))


_WORKFLOW = (Event(When.PUSH), Event(When.TAG), Event(When.REQUEST), Event(When.MANUAL))


def _load(
    files: Files, path: str, found: Jobs, top: dict[str, Node], unread: list[tuple[str, str]], above: tuple[str, ...]
) -> None:
    for document in files.yaml(path):
        included = document.at("include")
        for one in included if included.is_list else (included,):
            local = one.at("local").text or (one.text if not one.text.startswith("http") else "")
            place = f"{path}:{one.line}"
            paths = _matching(files, join("", local)) if local else ()
            if one and not paths:
                what = one.text or next((f"{key}: {child.text}" for key, child in one.items() if child.text), "a file")
                unread.append((place, what))
            for other in paths:
                if other not in above and len(above) < _DEPTH and len(found) < _MOST:
                    _load(files, other, found, top, unread, (*above, path))
        for name, node in document.items():
            if name in _KEYWORDS:
                top[name] = node
            elif node.is_map:
                found[name] = (path, document.line_of(name), node)


def _matching(files: Files, local: str) -> tuple[str, ...]:
    if local in files.tree:
        return (local,)
    return tuple(path for path in files.tree.paths if "*" in local and fnmatch.fnmatchcase(path, local))


def _extended(node: Node, found: Jobs, depth: int) -> dict[str, Node]:
    """A job's keys, with those of the jobs that it extends under its own."""
    whole: dict[str, Node] = {}
    for name in node.at("extends").texts if depth < _DEPTH else ():
        if name in found:
            whole.update(_extended(found[name][2], found, depth + 1))
    own = dict(node.items())
    return {**whole, **own}


def _job(path: str, name: str, line: int, whole: Mapping[str, Node], top: Mapping[str, Node]) -> tuple[str, Job]:
    environment = whole.get("environment", ABSENT)
    default = top.get("default", ABSENT)
    steps: list[Step] = []
    for key in ("before_script", "script"):
        said = whole.get(key) or default.at(key) or top.get(key) or ABSENT
        steps += [Step(path, first_line(one), one.text) for one in _scripts(said)]
    needs = whole.get("needs", ABSENT)
    listed = tuple(one.text or one.at("job").text for one in needs)
    rules = tuple(_rules(whole))
    manual = whole.get("when", ABSENT).text == "manual" or any(rule.get("when") == "manual" for rule in rules)
    stage = whole.get("stage", ABSENT).text or "test"
    job = Job(
        path,
        name,
        line,
        tuple(steps),
        title=name,
        needs=listed if needs else _EARLIER,
        environment=environment.text or environment.at("name").text,
        manual=manual,
        events=_events(rules, whole),
        ends=environment.at("action").text == "stop",
        alone=Alone(group.text, group.line) if (group := whole.get("resource_group", ABSENT)).text else None,
    )
    return stage, job


def _scripts(node: Node) -> Iterator[Node]:
    if node.text:
        yield node
    for element in node:
        yield from _scripts(element)


def _ordered(staged: list[tuple[str, Job]], stages: list[str]) -> Iterator[Job]:
    """The jobs, each without ``needs`` of its own needing all jobs of the stages before."""
    place = {stage: number for number, stage in enumerate(stages)}
    of_stage: dict[int, list[str]] = {}
    for stage, job in staged:
        of_stage.setdefault(place.get(stage, len(stages)), []).append(job.name)
    before: dict[int, tuple[str, ...]] = {}
    earlier: list[str] = []
    for here in sorted(of_stage):
        before[here] = tuple(earlier)
        earlier += of_stage[here]
    for stage, job in staged:
        yield replace(job, needs=before[place.get(stage, len(stages))]) if job.needs == _EARLIER else job


def _rules(whole: Mapping[str, Node]) -> Iterator[dict[str, str]]:
    for rule in whole.get("rules", ABSENT):
        yield {key: child.text for key, child in rule.items() if child.text}


def _events(rules: tuple[dict[str, str], ...], whole: Mapping[str, Node]) -> tuple[Event, ...] | None:
    """What starts a job by its rules, or by ``only``; None when nothing is said."""
    found: list[Event] = []
    for rule in rules:
        if rule.get("when") != "never":
            found += _of_condition(rule.get("if", ""))
    only = whole.get("only", ABSENT)
    for name in (only.at("refs") if only.is_map else only).texts:
        found.append(Event(_ONLY[name]) if name in _ONLY else Event(When.PUSH, (name,)))
    return tuple(found) if found else None


def _of_condition(condition: str) -> list[Event]:
    if not condition:
        return [Event(When.PUSH), Event(When.TAG)]
    if "merge_request" in condition and "!=" not in condition:
        return [Event(When.REQUEST)]
    if "schedule" in condition and "!=" not in condition:
        return [Event(When.SCHEDULE)]
    if "CI_COMMIT_TAG" in condition and not re.search(r"CI_COMMIT_TAG\s*==\s*null|!\s*\$CI_COMMIT_TAG", condition):
        return [Event(When.TAG)]
    if '"web"' in condition or "'web'" in condition:
        return [Event(When.MANUAL)]
    branch = re.search(r"CI_COMMIT_(?:BRANCH|REF_NAME)\s*==\s*(?:[\"']([^\"']+)[\"']|\$(CI_DEFAULT_BRANCH))", condition)
    if branch:
        return [Event(When.PUSH, (branch[1] or "main",))]
    return [Event(When.PUSH), Event(When.TAG)]
