"""Builds of Cloud Build (cloud.google.com/build/docs/build-config-file-schema): steps in their order, as one job."""

from collections.abc import Iterator

from releasekit.facts.code import join
from releasekit.facts.files import Files
from releasekit.facts.pipelines.model import Event, Job, Pipeline, Step, When
from releasekit.facts.projects.workflows import cloud_build, first_line
from releasekit.syntax.node import ABSENT, Node


def read(files: Files, path: str) -> Pipeline | None:
    """The build of a file; None when it has no steps."""
    root = files.json(path) if path.endswith(".json") else next(iter(files.yaml(path)), ABSENT)
    if not root.at("steps").is_list:
        return None
    steps = [step for node in root.at("steps") for step in _cloud_build(path, node)]
    job = Job(path, "build", root.at("steps").line, tuple(steps))
    return Pipeline(path, "Cloud Build", "", (Event(When.OTHER),), (job,))


def _cloud_build(path: str, node: Node) -> Iterator[Step]:
    found = cloud_build(node, path, (), "")
    script, title, folder = node.at("script"), node.at("id").text, join("", node.at("dir").text)
    if script.text:
        yield Step(path, first_line(script), script.text, title=title, folder=folder)
    elif found.run:
        yield Step(path, found.line, found.run, title=title, folder=folder)
    elif node.at("name").text:
        yield Step(path, node.line, uses=node.at("name").text, title=title)
