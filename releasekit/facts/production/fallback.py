"""Compose files that are read only while nothing else deploys the application: told from all facts together."""

from collections.abc import Iterator, Sequence

from releasekit.facts.model import Fact, Finding, Severity
from releasekit.facts.production.choosing import Weak
from releasekit.facts.ways import BY_NAME

_WEAK = frozenset(map(str, Weak))


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
    return [fact for fact in facts if fact.path not in gone or fact.kind == "undeployed_file"], findings


def _giving_way(facts: Sequence[Fact]) -> Iterator[tuple[str, str]]:
    """(path, reason): what starts only stores gives way to any other start, the rest to a deployment that is firm."""
    weak = {fact.name: fact for fact in facts if fact.kind == "undeployed_file" and fact.rule in _WEAK}
    if not weak:
        return
    apps = [fact for fact in facts if fact.kind == "service" and fact.value == "app" and fact.path not in weak]
    processes = any(fact.kind == "process" and fact.value == "app" for fact in facts)
    firm = any(fact.way not in BY_NAME or not BY_NAME[fact.way].button for fact in apps)
    for path, fact in weak.items():
        if firm or ((apps or processes) and fact.rule == Weak.STORES):
            yield path, f"{fact.value}, and other files deploy the application"
