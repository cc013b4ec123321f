"""Compose files that count only while nothing else deploys the application: told from all facts together."""

import re
from collections.abc import Iterator, Sequence

from releasekit.facts.model import Fact, Finding, Severity
from releasekit.facts.production.choosing import GIVES_WAY, NOTHING_OF_IT

# what one click starts somewhere: a try, and no proof that production is not started otherwise
_ONE_CLICK = re.compile(r"(?:^|/)(?:\.do/|render\.ya?ml$|app\.json$|heroku\.ya?ml$|railway\.|fly\.\w*\.?toml$)")


def settled(facts: Sequence[Fact]) -> tuple[list[Fact], list[Finding]]:
    """The facts that count, and a finding for each file whose facts do not."""
    gone = dict(_giving_way(facts))
    findings = [
        Finding(
            "left-out",
            Severity.NOTE,
            f"{path} is not read as production: {reason}",
            (f"{path}:1",),
            do="name it in application.files if it is",
        )
        for path, reason in gone.items()
    ]
    return [fact for fact in facts if fact.path not in gone], findings


def _giving_way(facts: Sequence[Fact]) -> Iterator[tuple[str, str]]:
    """(path, reason): what starts only stores gives way to any other start, the rest to a deployment that is firm."""
    weak = {fact.name: fact.how for fact in facts if fact.kind == "production_file" and fact.how.startswith(GIVES_WAY)}
    if not weak:
        return
    apps = [fact for fact in facts if fact.kind == "service" and fact.value == "app" and fact.path not in weak]
    processes = any(fact.kind == "process" and fact.value == "app" for fact in facts)
    firm = any(not _ONE_CLICK.search(fact.path) for fact in apps)
    for path, how in weak.items():
        reason = how.removeprefix(GIVES_WAY).lstrip(": ")
        if firm or ((apps or processes) and reason == NOTHING_OF_IT):
            yield path, f"{reason}, and other files deploy the application"
