"""What a page is made of: headings, pairs, tables, notices, items. Text only; markup is the renderers' part."""

from dataclasses import dataclass
from enum import StrEnum


class Tone(StrEnum):
    """What a mark means; each has a word beside its colour."""

    GOOD = "good"
    BAD = "bad"
    WARN = "warn"
    UNKNOWN = "unknown"
    QUIET = "quiet"


class Style(StrEnum):
    """How a span is set. SLOT is a placeholder of the seed's, ``[NAME]`` or ``[DATE]``."""

    PLAIN = "plain"
    STRONG = "strong"
    CODE = "code"
    SOURCE = "source"
    QUIET = "quiet"
    SLOT = "slot"


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of text in one style, as it is to be read: no renderer takes markup from it."""

    text: str
    style: Style = Style.PLAIN


@dataclass(frozen=True, slots=True)
class Mark:
    """A status in one word."""

    word: str
    tone: Tone


@dataclass(frozen=True, slots=True)
class Spark:
    """Values in the order of time as a small plot; ``text`` says it in words.

    The first ``before`` values are what it was compared with; ``limits`` are numbers that are not to be passed.
    """

    values: tuple[float, ...]
    text: str
    before: int = 0
    limits: tuple[float, ...] = ()


Inline = tuple[Span | Mark | Spark, ...]


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading; ``level`` is the number of ``#``, ``outline`` its level in a page's outline (0: the same)."""

    text: str
    level: int
    outline: int = 0


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph."""

    spans: Inline


@dataclass(frozen=True, slots=True)
class Notice:
    """Something that must catch the eye; ``lines`` below its title."""

    title: Inline
    tone: Tone
    lines: tuple[Inline, ...] = ()


@dataclass(frozen=True, slots=True)
class Pairs:
    """Names and values, such as the card of a release."""

    caption: str
    rows: tuple[tuple[str, Inline], ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A table; ``folded`` when it is for those who ask and may be closed at first."""

    caption: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Inline, ...], ...]
    folded: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """One line under an item; ``tone`` marks those that must catch the eye, ``kind`` whose line it is."""

    spans: Inline
    tone: Tone | None = None
    kind: str = "detail"


@dataclass(frozen=True, slots=True)
class ItemLine:
    """One item of the checklist. ``box`` is None when it has none; ``said`` follows the words on the same line."""

    id: str
    words: Inline
    box: bool | None
    mark: Mark
    said: Inline = ()
    struck: bool = False
    lines: tuple[Line, ...] = ()


@dataclass(frozen=True, slots=True)
class Items:
    """The items of one section."""

    items: tuple[ItemLine, ...]


@dataclass(frozen=True, slots=True)
class Progress:
    """How many items have which status, in the order of ``marks``."""

    caption: str
    marks: tuple[tuple[Mark, int], ...]


Block = Heading | Paragraph | Notice | Pairs | Table | Items | Progress


def plain(text: str) -> Inline:
    """Text as one span."""
    return (Span(text),) if text else ()


def code(text: str) -> Inline:
    """A command or value to show verbatim."""
    return (Span(text, Style.CODE),) if text else ()


def source(*places: str) -> Inline:
    """Places, ``path:line``."""
    return tuple(Span(place, Style.SOURCE) for place in places if place)
