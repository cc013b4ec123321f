"""What stands for a value in a pipeline's text: inputs and parameters, put in where their value is known."""

import re
from collections.abc import Mapping

_PLACE = re.compile(
    r"\$\{\{\s*(?:(?:inputs|parameters|github\.event\.inputs)\.(?P<github>[\w-]+)|(?P<matrix>matrix\.[\w-]+))\s*\}\}"
    r"|\$\[\[\s*inputs\.(?P<gitlab>[\w-]+)\s*\]\]|<<\s*parameters\.(?P<circle>[\w-]+)\s*>>"
)


def filled(text: str, values: Mapping[str, str]) -> str:
    """The text with the inputs put in that have a value; all else stays as it is.

    Values are by the name of the input, those of a matrix by ``matrix.NAME``.
    """

    def value(match: re.Match[str]) -> str:
        return values.get(next(one for one in match.groups() if one), match[0])

    return _PLACE.sub(value, text) if values and ("{{" in text or "[[" in text or "<<" in text) else text
