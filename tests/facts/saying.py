"""What one detector says of a few texts, checked line by line against the promise every fact makes."""

from collections.abc import Callable, Iterator, Mapping

from releasekit.facts.files import Files
from releasekit.facts.model import Fact, Finding
from releasekit.tree import of_texts

Detect = Callable[[Files], Iterator[Fact | Finding]]


def facts(detect: Detect, texts: Mapping[str, str], *kinds: str) -> list[Fact]:
    """The facts of these kinds; each source exists and its line shows the name or value, or the fact says how."""
    found = []
    for said in detect(Files(of_texts(texts))):
        if isinstance(said, Fact):
            path, _, line = said.source.rpartition(":")
            shown = texts[path].split("\n")[int(line) - 1].lower()
            assert said.how or str(said.name).lower() in shown or str(said.value).lower() in shown, said
            if not kinds or said.kind in kinds:
                found.append(said)
    return found


def pairs(detect: Detect, texts: Mapping[str, str], *kinds: str) -> list[tuple[str, object]]:
    """(name, value) of the facts of these kinds, in order."""
    return [(fact.name, fact.value) for fact in facts(detect, texts, *kinds)]


def values(detect: Detect, texts: Mapping[str, str], *kinds: str) -> list[object]:
    """The values of the facts of these kinds, in order."""
    return [fact.value for fact in facts(detect, texts, *kinds)]


def names(detect: Detect, texts: Mapping[str, str], *kinds: str) -> set[str]:
    """The names of the facts of these kinds."""
    return {fact.name for fact in facts(detect, texts, *kinds)}


def findings(detect: Detect, texts: Mapping[str, str]) -> list[Finding]:
    """The findings alone."""
    return [said for said in detect(Files(of_texts(texts))) if isinstance(said, Finding)]
