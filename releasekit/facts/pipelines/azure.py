"""Azure Pipelines (learn.microsoft.com, "YAML schema reference for Azure Pipelines"), local templates included."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from releasekit.facts.code import folder, join
from releasekit.facts.files import Files
from releasekit.facts.pipelines.model import Event, Job, Pipeline, Step, When
from releasekit.facts.pipelines.places import filled
from releasekit.facts.projects.workflows import first_line
from releasekit.syntax.node import ABSENT, Node

_SCRIPTS = ("script", "bash", "pwsh", "powershell")
_DEPTH = 6


@dataclass(slots=True)
class _Reading:
    """What is known while a file and its templates are read."""

    files: Files
    unread: list[tuple[str, str]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a part stands: the file, the parameters of the template, how deep templates are nested."""

    path: str
    parameters: Mapping[str, str]
    depth: int = 0


def read(files: Files, path: str) -> Pipeline | None:
    """The pipeline of a file; None when it has neither stages, jobs nor steps."""
    root = next(iter(files.yaml(path)), None)
    if root is None or not any(root.at(key).is_list for key in ("stages", "jobs", "steps")):
        return None
    reading = _Reading(files)
    here = _Place(path, _defaults(root))
    if root.at("extends"):
        reading.unread.append((f"{path}:{root.line_of('extends')}", root.at("extends", "template").text))
    jobs = tuple(_stages(reading, root, here))
    return Pipeline(path, "Azure Pipelines", root.at("name").text, tuple(_events(root)), jobs, tuple(reading.unread))


def _defaults(root: Node) -> dict[str, str]:
    listed = root.at("parameters")
    named = {one.at("name").text: one.at("default").text for one in listed}
    return named | listed.scalars


def _events(root: Node) -> Iterator[Event]:
    trigger = root.at("trigger")
    if trigger.text == "none":
        yield Event(When.MANUAL)
        return
    tags = trigger.at("tags", "include").texts
    if tags:
        yield Event(When.TAG, tags)
    if trigger.at("branches") or trigger.is_list or not tags:
        yield Event(When.PUSH, (trigger.at("branches", "include") or trigger).texts)
    yield Event(When.MANUAL)


def _stages(reading: _Reading, root: Node, here: _Place) -> Iterator[Job]:
    stages = [*_expanded(reading, root.at("stages"), here, "stages")]
    if not stages:
        yield from _jobs(reading, root, here, "", (), "")
        return
    before: tuple[str, ...] = ()
    ends: dict[str, tuple[str, ...]] = {}
    for node, place in stages:
        name = filled(node.at("stage").text, place.parameters)
        depends = node.at("dependsOn")
        needs = tuple(job for stage in depends.texts for job in ends.get(stage, ())) if depends else before
        made = [*_jobs(reading, node, place, name, needs, node.at("condition").text)]
        ends[name] = before = tuple(job.name for job in made)
        yield from made


def _jobs(
    reading: _Reading, node: Node, here: _Place, stage: str, needs: tuple[str, ...], condition: str
) -> Iterator[Job]:
    if node.at("steps").is_list:
        plain = tuple(_steps(reading, node.at("steps"), here))
        yield Job(here.path, stage or "job", node.line, plain, title=stage, needs=needs, condition=condition)
        return
    for job, place in _expanded(reading, node.at("jobs"), here, "jobs"):
        said = job.at("deployment") or job.at("job")
        name = ".".join(filter(None, (stage, filled(said.text, place.parameters))))
        own = tuple(".".join(filter(None, (stage, one))) for one in job.at("dependsOn").texts)
        environment = job.at("environment")
        steps: list[Step] = [*_steps(reading, job.at("steps"), place)]
        for strategy in ("runOnce", "rolling", "canary"):
            for part in ("preDeploy", "deploy", "routeTraffic", "postRouteTraffic"):
                steps += _steps(reading, job.at("strategy", strategy, part, "steps"), place)
            steps += _steps(reading, job.at("strategy", strategy, "on", "success", "steps"), place)
        yield Job(
            place.path,
            name,
            said.line or job.line,
            tuple(steps),
            title=filled(job.at("displayName").text, place.parameters),
            needs=(*needs, *own),
            environment=filled(environment.text or environment.at("name").text, place.parameters),
            condition=job.at("condition").text or condition,
        )


def _expanded(reading: _Reading, listed: Node, here: _Place, key: str) -> Iterator[tuple[Node, _Place]]:
    """The elements of a list, those of a local template in its place; what stands behind ``${{ if }}`` as well."""
    for node in listed:
        template = node.at("template")
        inserted = next((child for name, child in node.items() if name.startswith("${{")), ABSENT)
        if inserted.is_list:
            yield from _expanded(reading, inserted, here, key)
        elif template:
            yield from _templated(reading, node, here, key)
        else:
            yield node, here


def _templated(reading: _Reading, node: Node, here: _Place, key: str) -> Iterator[tuple[Node, _Place]]:
    name = filled(node.at("template").text, here.parameters)
    path = join("", name) if name.startswith("/") else join(folder(here.path), name)
    root = next(iter(reading.files.yaml(path)), None) if path in reading.files.tree else None
    if root is None or here.depth >= _DEPTH:
        reading.unread.append((f"{here.path}:{node.line}", f"template {name}"))
        return
    given = {name: filled(text, here.parameters) for name, text in node.at("parameters").scalars.items()}
    yield from _expanded(reading, root.at(key), _Place(path, _defaults(root) | given, here.depth + 1), key)


def _steps(reading: _Reading, listed: Node, here: _Place) -> Iterator[Step]:
    for node, place in _expanded(reading, listed, here, "steps"):
        for one in _step(node, place):
            text = filled(one.run, place.parameters)
            given = {name: filled(value, place.parameters) for name, value in one.given.items()}
            yield replace(one, run=text, given=given)


def _step(node: Node, here: _Place) -> Iterator[Step]:
    title, condition = node.at("displayName").text, node.at("condition").text
    place = _folder(node)
    for key in _SCRIPTS:
        text = node.at(key)
        if text.text:
            yield Step(here.path, first_line(text), text.text, title=title, folder=place, condition=condition)
    task = node.at("task")
    if not task.text:
        return
    inputs = node.at("inputs")
    inline = inputs.at("inlineScript") or inputs.at("script")
    place, given = _folder(inputs), inputs.scalars
    if inline.text:
        yield Step(here.path, first_line(inline), inline.text, title=title, folder=place, condition=condition)
    else:
        yield Step(here.path, task.line, uses=task.text, title=title, given=given, folder=place, condition=condition)


def _folder(node: Node) -> str:
    """The folder that a step or a task runs in, without the variable that stands for the checkout."""
    return join("", re.sub(r"^\$\([\w.]+\)/?", "", node.at("workingDirectory").text))
