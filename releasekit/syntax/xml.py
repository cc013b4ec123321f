"""XML to elements with line numbers. No DTD, no entities, no external documents, depth and size under budgets."""

from io import StringIO
from xml.sax import SAXException, SAXParseException
from xml.sax.handler import ContentHandler
from xml.sax.xmlreader import AttributesImpl, InputSource, Locator

from defusedxml.common import DefusedXmlException
from defusedxml.expatreader import DefusedExpatParser

from releasekit.errors import ParseError
from releasekit.syntax.element import NOTHING, Element
from releasekit.syntax.node import Limits


def parse(text: str, name: str, limits: Limits | None = None) -> Element:
    """Read one XML document and return its root.

    Raises ParseError with ``name:line`` for malformed text, for a document type declaration, and over a budget.
    """
    limits = limits or Limits()
    if len(text.encode("utf-8", "surrogatepass")) > limits.size:
        raise ParseError(f"larger than {limits.size} bytes", name, "nothing was read of it")
    builder = _Builder(name, limits)
    parser = DefusedExpatParser(forbid_dtd=True, forbid_entities=True, forbid_external=True)
    parser.setContentHandler(builder)
    source = InputSource()
    source.setCharacterStream(StringIO(text))
    try:
        parser.parse(source)
    except SAXParseException as error:
        where = f"{name}:{error.getLineNumber() or 1}"
        raise ParseError(f"not valid XML: {error.getMessage()}", where, "mend the line above") from None
    except DefusedXmlException:
        line = parser.getLineNumber() or 1
        raise ParseError(
            "a document type or entity declaration", f"{name}:{line}", "remove it: it is not read"
        ) from None
    except (SAXException, ValueError) as error:
        raise ParseError(f"not valid XML: {error}", name) from None
    return builder.root


class _Builder(ContentHandler):
    """Builds elements with a stack of its own, so that depth is a budget and not a crash."""

    def __init__(self, name: str, limits: Limits) -> None:
        super().__init__()
        self.name, self.limits = name, limits
        self.root = NOTHING
        self.locator: Locator | None = None
        self.stack: list[Element] = []
        self.count = 0

    def line(self) -> int:
        return (self.locator.getLineNumber() if self.locator else 1) or 1

    def setDocumentLocator(self, locator: Locator) -> None:  # noqa: N802 - SAX's name
        self.locator = locator

    def startElement(self, name: str, attrs: AttributesImpl) -> None:  # noqa: N802 - SAX's name
        self.count += 1
        if len(self.stack) >= self.limits.depth:
            raise ParseError(f"nested deeper than {self.limits.depth} levels", f"{self.name}:{self.line()}")
        if self.count > self.limits.nodes:
            raise ParseError(f"more than {self.limits.nodes} elements", f"{self.name}:{self.line()}")
        element = Element(name.rpartition(":")[2], self.line(), {str(key): str(attrs[key]) for key in attrs.getNames()})
        if self.stack:
            self.stack[-1].children.append(element)
        else:
            self.root = element
        self.stack.append(element)

    def endElement(self, name: str) -> None:  # noqa: ARG002, N802 - SAX's name and arguments
        done = self.stack.pop()
        done.text = done.text.strip()

    def characters(self, content: str) -> None:
        if self.stack:
            self.stack[-1].text += content
