"""Markdown headings and what stands under them, by CommonMark's own rules. Renders nothing."""

from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from markdown_it import MarkdownIt


@dataclass(frozen=True, slots=True)
class Section:
    """A heading as plain text, its level (1 to 6), its line, and the source lines up to the next heading.

    ``body`` are (line number, line) pairs that are not blank; the parts under deeper headings belong to those.
    """

    title: str
    level: int
    line: int
    body: tuple[tuple[int, str], ...]


@lru_cache(maxsize=1)
def _parser() -> MarkdownIt:
    return MarkdownIt("commonmark")


def sections(text: str) -> tuple[Section, ...]:
    """All headings in order, atx and setext; text before the first heading is not returned."""
    lines = text.split("\n")
    tokens = _parser().parse(text)
    found: list[tuple[str, int, int, int]] = []
    for token, content in pairwise(tokens):
        if token.type == "heading_open" and token.map and token.level == 0:
            title = "".join(_plain(child) for child in content.children or ())
            found.append((title.strip(), int(token.tag[1:]), token.map[0], token.map[1]))
    starts = [start for _, _, start, _ in found] + [len(lines)]
    return tuple(
        Section(
            title,
            level,
            start + 1,
            tuple((n + 1, lines[n]) for n in range(end, starts[index + 1]) if lines[n].strip()),
        )
        for index, (title, level, start, end) in enumerate(found)
    )


def under(all_sections: tuple[Section, ...], index: int) -> tuple[tuple[int, str], ...]:
    """The lines under a heading, those under its deeper headings included (headings themselves are not)."""
    lines = list(all_sections[index].body)
    for section in all_sections[index + 1 :]:
        if section.level <= all_sections[index].level:
            break
        lines.extend(section.body)
    return tuple(lines)


def _plain(token: object) -> str:
    kind = getattr(token, "type", "")
    return str(getattr(token, "content", "")) if kind in {"text", "code_inline"} else " " if kind == "softbreak" else ""
