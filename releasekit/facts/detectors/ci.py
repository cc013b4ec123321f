"""Continuous integration: the files that build, test, scan, release or deploy. Repository automation is left out."""

import re
from collections.abc import Iterator

from releasekit.facts.files import Files
from releasekit.facts.model import Fact
from releasekit.facts.places import aside
from releasekit.facts.projects.workflows import Step, paths, steps
from releasekit.syntax.expression import Expression

# what a file is for, by the first word that its name, its jobs or its commands say
_PURPOSES: tuple[tuple[str, Expression], ...] = (
    ("deploy", Expression(r"(?<![a-z])(deploy|rollout|helm upgrade|kubectl apply|terraform apply)", re.IGNORECASE)),
    ("release", Expression(r"(?<![a-z])(release|publish|docker push|npm publish|twine|goreleaser)", re.IGNORECASE)),
    (
        "scan",
        Expression(r"(codeql|scan|security|trivy|snyk|zizmor|scorecard|audit|fossa)", re.IGNORECASE),
    ),
    ("test", Expression(r"(?<![a-z])(tests?|e2e|pytest|integration|coverage|spec)(?![a-z])", re.IGNORECASE)),
    ("build", Expression(r"(build|docker|image|compile|package|maven|gradle)", re.IGNORECASE)),
    ("checks", Expression(r"(lint|check|types?|mypy|format|style|pre-commit|quality)", re.IGNORECASE)),
)
_AUTOMATION = Expression(
    r"label(er|s|-)|(?<![a-z])stale|issue|triage|assign|greet|welcome|first-(time|interaction)|add-to-project|project-board"
    r"|lock-threads|(?<![a-z])locks?(?![a-z])|auto-?(merge|approve|update|assign)|backport|cherry-pick|dco|cla(?![a-z])"
    r"|semantic-(pr|pull)|pr-(title|comment|size)|conflict|bump-|sync-|contributors|changelog-check|close-|needs-|mention"
    r"|slack|discord|comment|translation|crowdin|all-contributors|guard-",
    re.IGNORECASE,
)
# what the service is called says nothing of the file
_SERVICES = Expression(r"cloud-?build|buildspec|buildkite", re.IGNORECASE)
_WORKS = Expression(
    r"docker|build|\bmake\b|\bmvn|gradle|\bgo (test|build)|pytest|\btest|npm (ci|run|test|install)|yarn|pnpm|cargo"
    r"|dotnet"
    r"|bundle exec|rake|composer|tox|nox|helm|kubectl|terraform|deploy|release|codeql|trivy|scan"
)


def detect(files: Files) -> Iterator[Fact]:
    """One fact a file; its value is what it is for."""
    for path in paths(files):
        if aside(path):
            continue
        done = steps(files, path)
        if path.endswith((".yml", ".yaml")) and not done:
            continue
        if not _is_automation(path, done):
            value = _purpose(path, done)
            yield Fact("ci", path, value, f"{path}:1", how="a file of a continuous integration service")


def _is_automation(path: str, done: tuple[Step, ...]) -> bool:
    """Repository automation by its name, unless one of its commands builds, tests, scans or deploys."""
    if not _AUTOMATION.search(path.rpartition("/")[2]):
        return False
    commands = [line for step in done if "with" not in step.context for _, line in step.lines if step.run]
    return (
        not any(_WORKS.search(line) for line in commands) or re.search(r"bump-|guard-|auto-?update", path) is not None
    )


def _purpose(path: str, done: tuple[Step, ...]) -> str:
    jobs = " ".join(dict.fromkeys(name for step in done for name in step.context[1:]))
    runs = " ".join(step.run or step.uses for step in done)
    for text in (path.rpartition("/")[2], done[0].context[0] if done else "", jobs, runs):
        for purpose, pattern in _PURPOSES:
            if pattern.search(_SERVICES.sub("", text)):
                return purpose
    return "ci"
