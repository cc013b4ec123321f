"""Reads the checklist's Markdown back after people ticked it elsewhere: what they said. Answers nothing."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from releasekit.checklist.model import Item, Kind
from releasekit.plan.model import Plan

_BOX = re.compile(r"[-*+] \[(?P<tick>[ xX])\] (?P<words>.+)")
_HEADING = re.compile(r"#{1,6} +(?P<title>.+)")
_MARKUP = re.compile(r"[*_`~\\]|\[(?=NAME|DATE)|(?<=NAME|DATE)\]")
_NOTE = re.compile(r"\s*(?:\N{EM DASH}|\N{EN DASH}|--|:)\s*")


@dataclass(frozen=True, slots=True)
class Ticked:
    """One line whose box is ticked: the item it is about, what stands behind its words, and the line's number."""

    item: str
    text: str
    line: int
    note: str = ""


@dataclass(frozen=True, slots=True)
class Reading:
    """What a Markdown text says: lines that are ticked, and ticked lines that are about no item of the plan."""

    ticked: tuple[Ticked, ...]
    unplaced: tuple[tuple[int, str], ...]


def read(markdown: str, plan: Plan) -> Reading:
    """What is ticked in a text that was made from the plan's checklist, or from the seed's.

    An item is found by its words, below its section's heading where two have the same words. Nothing in the text is
    markup here, and a line of a quotation or a code block is no line of the checklist.
    """
    ticked, unplaced = [], []
    heading, fence = "", ""
    for number, line in enumerate(markdown.splitlines(), 1):
        opening = re.match(r" {0,3}(`{3,}|~{3,})", line)
        if opening and (not fence or opening[1].startswith(fence)):
            fence = "" if fence else opening[1]
        elif fence:
            continue
        elif found := _HEADING.fullmatch(line):
            heading = _plain(found["title"])
        elif (box := _BOX.fullmatch(line)) and box["tick"] != " ":
            candidates = list(_named(plan, box["words"]))
            placed = [one for one in candidates if _plain(one[0]) == heading] or candidates
            if len(placed) == 1:
                _, item, note = placed[0]
                ticked.append(Ticked(item.id, item.text, number, note))
            else:
                unplaced.append((number, box["words"]))
    return Reading(tuple(ticked), tuple(unplaced))


def _named(plan: Plan, words: str) -> Iterator[tuple[str, Item, str]]:
    """The items with these words, each with its section's title, and what stands behind the words."""
    said = _plain(words)
    for section in plan.checklist.sections:
        for item in section.items:
            text = _plain(item.text)
            if item.kind is Kind.SIGN_OFF and item.label:
                text = _plain(item.label)  # what follows is filled in by who signs
                if said.startswith(text):
                    yield section.title, item, words
            elif said == text:
                yield section.title, item, ""
            elif said.startswith(text) and _NOTE.match(said, len(text)):
                yield section.title, item, _behind(words, text)


def _behind(words: str, text: str) -> str:
    """What stands behind an item's words in a line, as it was written."""
    # markup may close behind the last word; a line is longer than its item's words by no more than markup and spaces
    ends = (end for end in range(min(len(words), 4 * len(text) + 100), 0, -1) if _plain(words[:end]) == text)
    rest = words[next(ends, 0) :]
    note = _NOTE.match(rest)
    return rest[note.end() if note else 0 :].strip()


def _plain(text: str) -> str:
    return " ".join(_MARKUP.sub("", text).split()).casefold()
