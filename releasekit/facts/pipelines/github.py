"""Workflows and composite actions of GitHub Actions (docs.github.com, "Workflow syntax", "Metadata syntax").

Gitea and Forgejo read the same files.
"""

from collections.abc import Iterator
from dataclasses import replace

from releasekit.facts.code import join
from releasekit.facts.files import Files
from releasekit.facts.pipelines.model import Alone, Call, Event, Input, Job, Pipeline, Step, When
from releasekit.facts.projects.workflows import first_line
from releasekit.syntax.node import Node

_EVENTS = {
    "release": When.RELEASE,
    "workflow_dispatch": When.MANUAL,
    "repository_dispatch": When.OTHER,
    "schedule": When.SCHEDULE,
    "pull_request": When.REQUEST,
    "pull_request_target": When.REQUEST,
    "merge_group": When.REQUEST,
    "workflow_call": When.CALL,
}


def read(files: Files, path: str) -> Pipeline | None:
    """The workflow of a file; None when it is none."""
    root = next(iter(files.yaml(path)), None)
    if root is None or not root.at("jobs").is_map:
        return None
    folder = _folder(root, "")
    listed = root.at("jobs")
    jobs = [_job(path, name, listed.line_of(name), job, folder) for name, job in listed.items() if job.is_map]
    made = tuple(replace(job, alone=job.alone or _alone(root)) for job in jobs)
    return Pipeline(path, "GitHub Actions", root.at("name").text, tuple(_events(root.at("on"))), made)


def composite(files: Files, place: str, folder: str) -> tuple[Step, ...] | None:
    """The steps of the action in a folder, run in another; None when it is not there, or is no composite."""
    for path in (f"{place}/action.yml", f"{place}/action.yaml"):
        root = next(iter(files.yaml(path)), None) if path in files.tree else None
        if root is not None and root.at("runs", "steps").is_list:
            return tuple(step for node in root.at("runs", "steps") for step in _steps(path, node, folder))
    return None


def defaults(files: Files, path: str) -> dict[str, str]:
    """The defaults of the inputs of an action or of a workflow that can be called, by name."""
    root = next(iter(files.yaml(path)), None)
    if root is None:
        return {}
    listed = root.at("inputs") or root.at("on", "workflow_call", "inputs")
    return {name: node.at("default").text for name, node in listed.items() if node.at("default").text}


def _events(node: Node) -> Iterator[Event]:
    if node.text:
        yield from _event(node.text, node, node.line)
    for element in node:
        yield from _event(element.text, element, element.line)
    for name, child in node.items():
        yield from _event(name, child, node.line_of(name))


def _event(name: str, node: Node, line: int) -> Iterator[Event]:
    if name == "push":
        tags, branches = node.at("tags").texts, node.at("branches").texts
        if tags or node.at("tags-ignore"):
            yield Event(When.TAG, tags, line=line)
        if branches or not tags:
            yield Event(When.PUSH, branches, line=line)
        return
    listed = node.at("inputs")
    inputs = tuple(_input(key, given, listed.line_of(key)) for key, given in listed.items())
    yield Event(_EVENTS.get(name, When.OTHER), node.at("branches").texts, inputs, line)


def _input(name: str, node: Node, line: int) -> Input:
    required = node.at("required").value is True
    return Input(name, required, node.at("default").text, node.at("options").texts, line)


def _alone(node: Node) -> Alone | None:
    said = node.at("concurrency")
    group = said.text or said.at("group").text
    return Alone(group, node.line_of("concurrency"), said.at("cancel-in-progress").value is True) if group else None


def _folder(node: Node, above: str) -> str:
    return join("", node.at("defaults", "run", "working-directory").text) or above


def _job(path: str, name: str, line: int, node: Node, above: str) -> Job:
    folder = _folder(node, above)
    environment = node.at("environment")
    uses = node.at("uses")
    call = None
    if uses.text.startswith("./"):
        call = Call(join("", uses.text), node.at("with").scalars, uses.line)
    steps = [step for one in node.at("steps") for step in _steps(path, one, folder)]
    if uses.text and call is None:
        steps = [Step(path, uses.line, uses=uses.text, given=node.at("with").scalars)]
    return Job(
        path,
        name,
        line,
        tuple(steps),
        title=node.at("name").text,
        needs=node.at("needs").texts,
        environment=environment.text or environment.at("name").text,
        condition=node.at("if").text,
        call=call,
        settings=_single(node.at("strategy", "matrix")),
        alone=_alone(node),
    )


def _single(matrix: Node) -> dict[str, str]:
    """What a matrix gives that has one value only."""
    listed = {name: [one.text for one in values] for name, values in matrix.items() if values.is_list}
    return {f"matrix.{name}": values[0] for name, values in listed.items() if len(values) == 1 and values[0]}


def _steps(path: str, node: Node, above: str) -> Iterator[Step]:
    title, condition = node.at("name").text, node.at("if").text
    run, uses = node.at("run"), node.at("uses")
    folder = node.at("working-directory").text
    place = join("", folder) if folder else above
    if run.text:
        yield Step(path, first_line(run), run.text, title=title, folder=place, condition=condition)
    elif uses.text:
        given = node.at("with").scalars
        yield Step(path, uses.line, uses=uses.text, title=title, given=given, folder=above, condition=condition)
        script = node.at("with", "script")
        if script.text and "ssh" in uses.text.partition("@")[0]:  # what it types on a host
            yield Step(path, first_line(script), script.text, title=title, condition=condition)
