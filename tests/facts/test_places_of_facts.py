"""Whoever doubts a fact opens its line: what it says stands there, or the fact says how it was derived."""

import re

from releasekit.demo.layout import packaged_files
from releasekit.facts.analysis import analyse
from releasekit.facts.model import Fact
from releasekit.tree import Tree


def _storefront() -> Tree:
    files = packaged_files()
    return Tree(
        "storefront", {path: file.stat().st_size for path, file in files.items()}, lambda path: files[path].read_bytes()
    )


def stands_there(fact: Fact, line: str) -> bool:
    """Whether the line holds the fact's name or value, or the last word of one of them."""
    for said in (fact.name, str(fact.value)):
        words = re.findall(r"[\w.-]+", said)
        if said and (said.casefold() in line.casefold() or (words and words[-1] in line)):
            return True
    return False


def test_every_fact_of_the_example_service_stands_on_its_line_or_says_how_it_was_derived() -> None:
    tree = _storefront()
    analysis = analyse(tree)
    assert len(analysis.facts) > 60
    doubtful = []
    for fact in analysis.facts:
        for place in (fact.source, *fact.also):
            assert re.fullmatch(r".+:\d+", place), (fact.kind, fact.name, place)
            path, _, number = place.rpartition(":")
            lines = tree.text(path).split("\n")
            assert 1 <= int(number) <= len(lines), place
            if place == fact.source and not fact.how and not stands_there(fact, lines[int(number) - 1]):
                doubtful.append((fact.kind, fact.name, fact.value, place, lines[int(number) - 1].strip()))
    assert doubtful == []
