"""Pipelines of CircleCI (circleci.com/docs, "Configuration reference"): jobs as the workflows start them."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from releasekit.facts.code import join
from releasekit.facts.files import Files
from releasekit.facts.pipelines.model import Event, Job, Pipeline, Step, When
from releasekit.facts.pipelines.places import filled
from releasekit.facts.projects.workflows import first_line
from releasekit.syntax.node import ABSENT, Node

_DEPTH = 5
_APPROVAL = "approval"


def read(files: Files, path: str) -> Pipeline | None:
    """The workflows of a file as one pipeline: a job's name is WORKFLOW/JOB; None when it has none."""
    root = next(iter(files.yaml(path)), None)
    if root is None or not root.at("jobs").is_map:
        return None
    jobs: list[Job] = []
    for name, workflow in root.at("workflows").items():
        if workflow.is_map:
            jobs += _workflow(path, name, workflow, root)
    if not root.at("workflows").is_map:
        jobs = [
            _job(path, name, node.line, (), _Given(root, node, {}), (Event(When.PUSH),))
            for name, node in root.at("jobs").items()
        ]
    return Pipeline(path, "CircleCI", "", (Event(When.PUSH),), tuple(jobs))


class _Given:
    """A job's definition and the parameters that it is given."""

    def __init__(self, root: Node, node: Node, given: Mapping[str, str]) -> None:
        self.root, self.node = root, node
        self.values = {**_defaults(node), **given}

    def filled(self, said: Node) -> dict[str, str]:
        """What is given on, with the parameters put in."""
        return {name: filled(text, self.values) for name, text in said.scalars.items()}


def _defaults(node: Node) -> dict[str, str]:
    listed = node.at("parameters").items()
    return {name: one.at("default").text for name, one in listed if one.at("default").text}


def _workflow(path: str, workflow: str, node: Node, root: Node) -> Iterator[Job]:
    scheduled = node.at("triggers").is_list
    for one in node.at("jobs"):
        key, said = next(iter(one.items()), (one.text, ABSENT))
        if not key:
            continue
        name = said.at("name").text or key
        needs = tuple(f"{workflow}/{need}" for need in said.at("requires").texts)
        events = (Event(When.SCHEDULE),) if scheduled else tuple(_events(said.at("filters")))
        if said.at("type").text == _APPROVAL:
            yield Job(path, f"{workflow}/{name}", one.line, title=name, needs=needs, manual=True, events=events)
            continue
        given = said.scalars
        definition = _Given(root, root.at("jobs", key), given)
        made = _job(path, f"{workflow}/{name}", one.line, needs, definition, events)
        # of an orb: what it does stands elsewhere
        yield made if root.at("jobs", key) else replace(made, steps=(Step(path, one.line, uses=key, given=given),))


def _events(filters: Node) -> Iterator[Event]:
    """A job runs for branches unless they are ignored, and for tags only when these are asked for."""
    tags, branches = filters.at("tags", "only"), filters.at("branches")
    if tags:
        yield Event(When.TAG, tags.texts)
    if not {"/.*/", "/^.*$/"}.intersection(branches.at("ignore").texts):
        yield Event(When.PUSH, branches.at("only").texts)


def _job(path: str, name: str, line: int, needs: tuple[str, ...], given: _Given, events: tuple[Event, ...]) -> Job:
    folder = join("", given.node.at("working_directory").text.replace("~/project", ""))
    folder = "" if folder.startswith("~") else folder
    steps = _steps(path, given.node.at("steps"), given, folder, 0)
    title = name.partition("/")[2] or name
    return Job(path, name, line, tuple(steps), title=title, needs=needs, events=events)


def _steps(path: str, listed: Node, given: _Given, folder: str, depth: int) -> Iterator[Step]:
    for node in listed:
        key, said = next(iter(node.items()), (node.text, ABSENT))
        if key == "run":
            text = said if said.text else said.at("command")
            place = said.at("working_directory").text.replace("~/project", "")
            where = join("", filled(place, given.values)) if place else folder
            title = said.at("name").text
            condition = said.at("when").text
            run = filled(text.text, given.values)
            if run:
                yield Step(path, first_line(text), run, title=title, folder=where, condition=condition)
        elif key in {"when", "unless"}:
            yield from _steps(path, said.at("steps"), given, folder, depth)
        elif given.root.at("commands", key).is_map and depth < _DEPTH:
            command = given.root.at("commands", key)
            values = given.filled(said)
            yield from _steps(path, command.at("steps"), _Given(given.root, command, values), folder, depth + 1)
        elif key:
            yield Step(path, node.line, uses=key, given=given.filled(said), folder=folder)
