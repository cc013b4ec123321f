"""Shell text to commands with lines, through tree-sitter's grammar of bash. Runs nothing; guesses nothing.

The grammar (tree-sitter-bash) reads POSIX sh too. Markers of templates in a text (``${{ }}``, ``{{ }}``, ``{% %}``,
``<% %>``, ``$[[ inputs.x ]]``) are parts of words that are not static. Newlines of Windows become plain ones.
"""

from collections.abc import Mapping
from dataclasses import replace

from releasekit.errors import ParseError
from releasekit.syntax.node import Limits
from releasekit.syntax.shell.commands import LONGEST, SHELLS, Assignment, Command, Line, Redirect, Script
from releasekit.syntax.shell.quoting import Part, Word, filled
from releasekit.syntax.shell.reading import Reader

__all__ = ["SHELLS", "Assignment", "Command", "Line", "Part", "Redirect", "Script", "Word", "expand", "parse"]

# bytes and commands: a text made to take long takes seconds with so many
_LARGEST, _MOST = 1 << 18, 30_000


def parse(text: str, name: str, *, line: int = 1, limits: Limits | None = None) -> Script:
    """Read a script, of which ``line`` is the number of the first line. What is wrong in it is read around.

    Raises ParseError with ``name`` or ``name:line`` for a text over its budgets: bytes, commands, depth of blocks.
    """
    limits = limits or Limits(size=_LARGEST, nodes=_MOST)
    if len(text) > limits.size or len(text.encode("utf-8", "surrogatepass")) > limits.size:
        raise ParseError(f"larger than {limits.size} bytes", name, "nothing was read of it")
    return Reader(text.replace("\r\n", "\n"), name, line, limits).read()


def expand(command: Command, values: Mapping[str, str]) -> Command:
    """The command with the variables in its words put in, split at blanks where they are not quoted."""
    found = tuple(word for given in command.words for word in filled(given, values))
    return replace(command, words=found) if sum(len(word.text) for word in found) <= LONGEST else command
