"""XML files of a tree as elements; one that cannot be read is noted, like every other file."""

from releasekit.errors import ParseError
from releasekit.facts.files import Files
from releasekit.syntax.xml import NOTHING, Element, parse


def xml(files: Files, path: str) -> Element:
    """The root of an XML file; NOTHING when it is not there or cannot be read (then noted)."""
    text = files.text(path)
    try:
        return parse(text, path) if text.strip() else NOTHING
    except ParseError as error:
        files.note(path, error)
        return NOTHING
