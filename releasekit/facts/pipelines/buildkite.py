"""Pipelines of Buildkite (buildkite.com/docs/pipelines/configure/defining-steps)."""

from collections.abc import Iterator

from releasekit.facts.files import Files
from releasekit.facts.pipelines.model import Event, Job, Pipeline, Step, When
from releasekit.facts.projects.workflows import first_line
from releasekit.syntax.node import ABSENT, Node


def read(files: Files, path: str) -> Pipeline | None:
    """The pipeline of a file, each step a job; None when it has no steps."""
    root = next(iter(files.yaml(path)), ABSENT)
    listed = root if root.is_list else root.at("steps")
    if not listed.is_list:
        return None
    jobs: list[Job] = []
    before: tuple[str, ...] = ()
    wave: list[str] = []
    for number, node in enumerate(_grouped(listed), 1):
        kind = node.text or next((key for key in ("wait", "block", "input") if node.at(key)), "")
        name = node.at("key").text or node.at("label").text or node.at("block").text or f"step {number}"
        if kind == "wait":
            before, wave = tuple(wave) or before, []
            continue
        asked = node.at("depends_on")
        needs = tuple(one.text or one.at("step").text for one in asked) or ((asked.text,) if asked.text else before)
        if kind in {"block", "input"}:
            jobs.append(Job(path, name, node.line, title=name, needs=(*before, *wave), manual=True))
            before, wave = (name,), []
            continue
        said = node.at("commands") or node.at("command")
        steps = [Step(path, first_line(one), one.text) for one in ((said,) if said.text else said) if one.text]
        branches = tuple(node.at("branches").text.split())
        events = (Event(When.PUSH, branches),) if branches else _tagged(node.at("if").text)
        jobs.append(Job(path, name, node.line, tuple(steps), title=node.at("label").text, needs=needs, events=events))
        wave.append(name)
    return Pipeline(path, "Buildkite", "", (Event(When.PUSH),), tuple(jobs))


def _grouped(listed: Node) -> Iterator[Node]:
    for node in listed:
        if node.at("group") and node.at("steps").is_list:
            yield from node.at("steps")
        else:
            yield node


def _tagged(condition: str) -> tuple[Event, ...] | None:
    if "build.tag" in condition and "build.tag == null" not in condition:
        return (Event(When.TAG),)
    if "pull_request" in condition and "== null" not in condition:
        return (Event(When.REQUEST),)
    return None
