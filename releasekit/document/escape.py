"""Text from anywhere made inert: the one place that knows how Markdown and HTML tell markup from text."""

import re
import unicodedata
from html import escape

# Cf, Cc, Co, Cs, Cn, Zl and Zp show nothing, or change the order in which other characters are read.
_UNSEEN = frozenset({"Cf", "Cc", "Co", "Cs", "Cn", "Zl", "Zp"})
_JOINERS = "\u200c\u200d"  # they join letters and emoji, and reorder nothing
_SPACE = re.compile(r"\s+")
_ACTIVE = re.compile(
    r"[\\`\[\]~$]|(?<! )\*|\*(?! )|<(?=[A-Za-z/!?])|_(?![A-Za-z0-9])|(?<![A-Za-z0-9])_|&(?=#|[A-Za-z])"
)
_LINE_START = re.compile(r"^(?:([#>+=-])|(\d{1,9})([.)])(?=\s|$))")
# Words that GitHub makes a link or a mention of, whatever stands before them, and Jupyter's TeX; a code span stops it.
_REACHES = re.compile(r"://|www\.|mailto:|xmpp:|@|\\|\$\$|#\d", re.IGNORECASE)
# Brackets and punctuation around a word stay outside its code span.
_TRIMMED = re.compile(r"""([(\[{"']*)(.*?)([)\]}"'.,;:!?]*)""")


def visible(text: str) -> str:
    """The same text with what cannot be seen written out: ``\\u202e`` for a character that turns the line around.

    Line ends and tabs become spaces, so that a text stays on its line.
    """
    return _SPACE.sub(" ", _written_out(text.replace("\r\n", "\n")))


def verbatim(text: str) -> str:
    """The same text with what cannot be seen written out, its lines kept: for commands."""
    return "\n".join(
        _written_out(line.expandtabs(4)).rstrip() for line in text.replace("\r\n", "\n").split("\n")
    ).strip("\n")


def _written_out(text: str) -> str:
    return "".join(map(_shown, text)) if not text.isascii() or not text.isprintable() else text


def _shown(character: str) -> str:
    if character in _JOINERS or character in "\n\t":
        return character
    if unicodedata.category(character) in _UNSEEN:
        point = ord(character)
        return f"\\x{point:02x}" if point < 0x100 else f"\\u{point:04x}" if point < 0x10000 else f"\\U{point:08x}"
    return character


def markdown_text(text: str) -> str:
    """Text for the middle of a Markdown line (CommonMark, GitHub, Jupyter): it shows as it is and does nothing."""
    parts: list[str] = []
    plain: list[str] = []
    for word in visible(text).split(" "):
        match = _TRIMMED.fullmatch(word) if _REACHES.search(word) else None
        if match is None:
            plain.append(word)
            continue
        parts += [_inert(" ".join([*plain, match[1]])), markdown_code(match[2])]
        plain = [match[3]]
    return "".join([*parts, _inert(" ".join(plain))])


def _inert(text: str) -> str:
    return _ACTIVE.sub(r"\\\g<0>", text)


def markdown_start(text: str) -> str:
    """The same at the start of a line, where a dash or a number would open a list."""
    return _LINE_START.sub(lambda m: f"\\{m[1]}" if m[1] else f"{m[2]}\\{m[3]}", markdown_text(text).lstrip(" "))


def markdown_code(text: str) -> str:
    """A code span on one line, with a fence longer than any run of backticks inside."""
    shown = visible(text).strip(" ")
    if not shown:
        return ""
    fence = "`" * (max((len(run) for run in re.findall("`+", shown)), default=0) + 1)
    padding = " " if shown.startswith("`") or shown.endswith("`") else ""
    return f"{fence}{padding}{shown}{padding}{fence}"


def markdown_cell(text: str) -> str:
    """What was rendered for one line, as a cell of a table: a bar would end the cell, in a code span too."""
    return text.replace("|", "\\|")


def html_text(text: str) -> str:
    """Text for an HTML element or a quoted attribute."""
    return escape(visible(text), quote=True)


def html_code(text: str) -> str:
    """Text for a ``code`` element; lines are kept."""
    return escape(verbatim(text), quote=True)
