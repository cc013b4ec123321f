"""Declarative pipelines of Jenkins (jenkins.io/doc/book/pipeline/syntax)."""

import re

from releasekit.facts.code import line_at
from releasekit.facts.files import Files
from releasekit.facts.pipelines.model import Event, Job, Pipeline, Step, When

_STAGE = re.compile(r"\bstage\s*\(\s*['\"]([^'\"]+)['\"]\s*\)\s*\{")
_SHELL = re.compile(r"\b(?:sh|bat)\s*\(?\s*(?:script:\s*)?('''|\"\"\"|'|\")(.*?)(?<!\\)\1", re.DOTALL)
_INPUT = re.compile(r"^\s*input\b", re.MULTILINE)


def read(files: Files, path: str) -> Pipeline | None:
    """The pipeline of a file, each stage a job after the one before; None when it is no declarative one.

    Only shell steps are read; that there is Groovy besides is said in ``unread``.
    """
    text = files.text(path)
    if not re.search(r"\bpipeline\s*\{", text):
        return None
    jobs: list[Job] = []
    before: tuple[str, ...] = ()
    opened = [*_STAGE.finditer(text)]
    for number, match in enumerate(opened):
        end = opened[number + 1].start() if number + 1 < len(opened) else len(text)
        body = text[match.end() : end]
        shell = _SHELL.finditer(body)
        steps = [Step(path, line_at(text, match.end() + one.start(2)), _unquoted(one)) for one in shell]
        if not steps and not _INPUT.search(body):
            continue
        condition = re.search(r"\bwhen\s*\{(?P<said>[^{}]*(?:\{[^{}]*\}[^{}]*)*)\}", body)
        events = _events(condition["said"] if condition else "")
        line = line_at(text, match.start())
        manual = _INPUT.search(body) is not None
        jobs.append(Job(path, match[1], line, tuple(steps), title=match[1], needs=before, manual=manual, events=events))
        before = (match[1],)
    groovy = re.search(r"\bscript\s*\{", text)
    unread = ((f"{path}:{line_at(text, groovy.start())}", "Groovy"),) if groovy else ()
    return Pipeline(path, "Jenkins", "", (Event(When.PUSH), Event(When.MANUAL)), tuple(jobs), unread) if jobs else None


def _unquoted(match: re.Match[str]) -> str:
    return match[2] if len(match[1]) == 3 else match[2].replace("\\n", "\n").replace(f"\\{match[1]}", match[1])


def _events(said: str) -> tuple[Event, ...] | None:
    if re.search(r"\b(?:buildingTag|tag)\b", said):
        return (Event(When.TAG),)
    if "changeRequest" in said:
        return (Event(When.REQUEST),)
    branch = re.search(r"\bbranch\s*\(?\s*['\"]([^'\"]+)", said)
    return (Event(When.PUSH, (branch[1],)),) if branch else None
