"""What the tests of orchestration share: texts in, facts out, and the check that each source line says its fact."""

import textwrap
from collections.abc import Callable, Iterator

from releasekit.facts.analysis import analyse
from releasekit.facts.files import Files
from releasekit.facts.model import Analysis, Fact, Finding
from releasekit.tree import of_texts

Detector = Callable[[Files], Iterator[Fact | Finding]]


def analysed(files: dict[str, str], chosen: tuple[str, ...] = ()) -> Analysis:
    """The analysis of texts (dedented)."""
    return analyse(of_texts({path: textwrap.dedent(text).lstrip("\n") for path, text in files.items()}), chosen)


def detect(detector: Detector, files: dict[str, str], chosen: tuple[str, ...] = ()) -> tuple[list[Fact], list[Finding]]:
    """Facts and findings of texts (dedented), those about unreadable files included."""
    tree = of_texts({path: textwrap.dedent(text).lstrip("\n") for path, text in files.items()})
    seen = Files(tree, chosen)
    said = list(detector(seen))
    facts = [one for one in said if isinstance(one, Fact)]
    for fact in facts:
        says_itself(seen, fact)
    return facts, [*(one for one in said if isinstance(one, Finding)), *seen.findings()]


def says_itself(files: Files, fact: Fact) -> None:
    """A fact's line exists, and contains its name or value unless the fact says how it was derived."""
    path, _, line = fact.source.rpartition(":")
    lines = files.text(path).split("\n")
    assert 0 < int(line) <= len(lines), fact
    assert fact.how or str(fact.name) in lines[int(line) - 1] or str(fact.value) in lines[int(line) - 1], fact


def of(facts: list[Fact], kind: str) -> set[tuple[object, ...]]:
    """(service, name, value) of the facts of a kind."""
    return {(fact.service, fact.name, fact.value) for fact in facts if fact.kind == kind}


def values(facts: list[Fact], kind: str) -> set[tuple[object, object]]:
    """(service, value) of the facts of a kind."""
    return {(fact.service, fact.value) for fact in facts if fact.kind == kind}


def names(facts: list[Fact], kind: str) -> set[str]:
    return {fact.name for fact in facts if fact.kind == kind}


def rules(findings: list[Finding]) -> list[str]:
    return [finding.rule for finding in findings]
