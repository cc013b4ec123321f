"""Bitbucket Pipelines (support.atlassian.com, "Bitbucket Pipelines configuration reference")."""

from collections.abc import Iterator

from releasekit.facts.files import Files
from releasekit.facts.pipelines.model import Event, Job, Pipeline, Step, When
from releasekit.facts.projects.workflows import first_line
from releasekit.syntax.node import ABSENT, Node


def read(files: Files, path: str) -> Pipeline | None:
    """The pipelines of a file as one: a job's name is KIND/NAME/STEP; None when it has none."""
    root = next(iter(files.yaml(path)), ABSENT)
    if not root.at("pipelines").is_map:
        return None
    whens = {"branches": When.PUSH, "tags": When.TAG, "custom": When.MANUAL, "pull-requests": When.REQUEST}
    jobs: list[Job] = []
    for kind, node in root.at("pipelines").items():
        if kind == "default":
            jobs += _jobs(path, "default", node, (Event(When.PUSH),))
        for name, listed in node.items() if kind in whens else ():
            names = () if kind == "custom" else (name,)
            jobs += _jobs(path, f"{kind}/{name}", listed, (Event(whens[kind], names),))
    return Pipeline(path, "Bitbucket Pipelines", "", (), tuple(jobs))


def _jobs(path: str, name: str, listed: Node, events: tuple[Event, ...]) -> Iterator[Job]:
    before: tuple[str, ...] = ()
    for number, (node, deployment) in enumerate(_flat(listed, ""), 1):
        called = f"{name}/{node.at('name').text or number}"
        steps = []
        for one in node.at("script"):
            if one.text:
                steps.append(Step(path, first_line(one), one.text))
            elif one.at("pipe").text:
                steps.append(Step(path, one.line, uses=one.at("pipe").text, given=one.at("variables").scalars))
        manual = node.at("trigger").text == "manual"
        yield Job(
            path, called, node.line, tuple(steps), title=node.at("name").text, needs=before, manual=manual,
            environment=node.at("deployment").text or deployment, events=events,
        )  # fmt: skip
        before = (called,)


def _flat(listed: Node, deployment: str) -> Iterator[tuple[Node, str]]:
    """The steps in their order, each with the deployment of the stage that it stands in."""
    for one in listed:
        if one.at("step").is_map:
            yield one.at("step"), deployment
        elif one.at("parallel"):
            yield from _flat(one.at("parallel", "steps") or one.at("parallel"), deployment)
        elif one.at("stage").is_map:
            yield from _flat(one.at("stage", "steps"), one.at("stage", "deployment").text)
