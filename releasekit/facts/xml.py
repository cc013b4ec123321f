"""XML files of a tree as elements; one that cannot be read is noted, like every other file."""

from releasekit.errors import ParseError
from releasekit.facts.files import Files
from releasekit.syntax.element import NOTHING, Element


def xml(files: Files, path: str) -> Element:
    """The root of an XML file; NOTHING when it is not there or cannot be read (then noted)."""
    text = files.text(path)
    if not text.strip():
        return NOTHING
    # the parser takes half of the standard library along, which few repositories need
    from releasekit.syntax.xml import parse

    try:
        return parse(text, path)
    except ParseError as error:
        files.note(path, error)
        return NOTHING
