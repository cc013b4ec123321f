"""Pipelines of Woodpecker and of Drone (woodpecker-ci.org/docs/usage/workflow-syntax, docs.drone.io)."""

from releasekit.facts.files import Files
from releasekit.facts.pipelines.model import Event, Job, Pipeline, Step, When
from releasekit.facts.projects.workflows import first_line
from releasekit.syntax.node import Node

_EVENTS = {
    "push": When.PUSH,
    "tag": When.TAG,
    "release": When.RELEASE,
    "promote": When.MANUAL,
    "deployment": When.MANUAL,
    "manual": When.MANUAL,
    "custom": When.MANUAL,
    "cron": When.SCHEDULE,
    "pull_request": When.REQUEST,
}


def read(files: Files, path: str) -> Pipeline | None:
    """The pipeline of a file, each step a job after the one before; None when it has none."""
    jobs: list[Job] = []
    for number, root in enumerate(files.yaml(path), 1):
        listed = root.at("steps") or root.at("pipeline")
        named = [(name, node) for name, node in listed.items()] + [(one.at("name").text, one) for one in listed]
        whole = _when(root.at("when")) or _when(root.at("trigger"))
        document = root.at("name").text or (f"pipeline {number}" if number > 1 else "pipeline")
        before: tuple[str, ...] = ()
        for name, node in named:
            said = node.at("commands")
            steps = [Step(path, first_line(one), one.text) for one in said if one.text]
            if not steps and node.at("image").text:
                steps = [Step(path, node.line, uses=node.at("image").text, given=node.at("settings").scalars)]
            asked = tuple(f"{document}/{one.text}" for one in node.at("depends_on"))
            events = _when(node.at("when")) or whole
            called = f"{document}/{name}"
            jobs.append(Job(path, called, node.line, tuple(steps), title=name, needs=asked or before, events=events))
            before = (called,)
    system = "Woodpecker CI" if "woodpecker" in path else "Drone"
    return Pipeline(path, system, "", (Event(When.PUSH),), tuple(jobs)) if jobs else None


def _when(node: Node) -> tuple[Event, ...] | None:
    found: list[Event] = []
    for one in node if node.is_list else (node,):
        said, names = one.at("event"), one.at("branch").texts
        for text in said.texts:
            when = _EVENTS.get(text, When.OTHER)
            found.append(Event(when, names if when is When.PUSH else ()))
        if names and not said:
            found.append(Event(When.PUSH, names))
    return tuple(found) or None
