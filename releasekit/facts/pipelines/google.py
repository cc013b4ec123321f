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
    settings = {
        f"_{name}" if not name.startswith("_") else name: one.text for name, one in root.at("substitutions").items()
    }
    job = Job(path, "build", root.at("steps").line, tuple(steps), settings={k: v for k, v in settings.items() if v})
    return Pipeline(path, "Cloud Build", "", (Event(When.OTHER),), (job,))


def _cloud_build(path: str, node: Node) -> Iterator[Step]:
    found = cloud_build(node, path, (), "")
    script = node.at("script")
    if script.text:
        yield Step(
            path, first_line(script), script.text, title=node.at("id").text, folder=join("", node.at("dir").text)
        )
    elif found.run:
        yield Step(path, found.line, found.run, title=node.at("id").text, folder=join("", found.folder))
    elif node.at("name").text:
        yield Step(path, node.line, uses=node.at("name").text, title=node.at("id").text)
