"""Variables that the repository's own guide tells an operator to set, from lists, tables and notes in its documents."""

import re
from collections.abc import Iterator

from releasekit.facts.files import Files
from releasekit.facts.places import aside
from releasekit.syntax.expression import Expression

_DOCUMENTS = Expression(
    r"(?:.*/)?(?:README|INSTALL\w*|DEPLOY\w*|CONFIG\w*|SETUP|[\w-]*(?:deploy|install|configur|environment|self-?host|production"
    r"|docker|getting-?started)[\w-]*)\.(?:md|rst|adoc|txt)",
    re.IGNORECASE,
)
_OTHER = Expression(r"^(?:tests|test data|examples|vendored|archived|benchmarks|development)")
_INTRO = Expression(
    r"\b(?:as a minimum|at (?:the )?(?:least|minimum)|minimum|mandatory|required"
    r"|must (?:be )?(?:set|provide|define|configure\w*|specif\w+|contain)"
    r"|(?:you|we) (?:have|need) to (?:set|provide|define|configure)|need to be set"
    r"|following (?:environment )?variables are (?:required|needed))\b",
    re.IGNORECASE,
)
_OPTIONAL = Expression(
    r"\b(?:optional|optionally|not required|no longer|for (?:local )?development|if you|you may|you can|when using)\b",
    re.IGNORECASE,
)
_ITEM = Expression(r"^\s*(?:[-*+]|\d+[.)])\s+(?:\[[ x]\]\s+)?[*_`\"]*([A-Z][A-Z0-9_]{2,80})[*_`\"]*")
_NAMED = Expression(r"`([A-Z][A-Z0-9_]{2,80})(?:=[^`]*)?`")
_REQUIRED_ITEM = Expression(
    r"\((?:[^)]*\b)?(?:required|mandatory)\b[^)]*\)|\*\*\s*\(?required\)?\s*\*\*|^\W*required\b|:\s*required\b",
    re.IGNORECASE,
)
_YES = Expression(r"^\W*(?:yes|y|true|required|mandatory|always|✅|✓|✔|x)\W*$", re.IGNORECASE)

# sentences that name the variable itself
_SENTENCES = (
    Expression(
        r"\brequires? (?:an? |the )?(?:environment )?variables? (?:called |named )?:?\s*`([A-Z][A-Z0-9_]{2,80})`",
        re.IGNORECASE,
    ),
    Expression(
        r"`([A-Z][A-Z0-9_]{2,80})`(?: environment variable| variable)? "
        r"(?:is (?:required|mandatory)|must be (?:set|provided|defined))"
    ),
    Expression(
        r"\byou (?:must|have to|need to) (?:set|provide|define|generate) (?:an? |the |your )?"
        r"(?:environment variable )?`([A-Z][A-Z0-9_]{2,80})`"
    ),
    Expression(r"\bset non-empty `([A-Z][A-Z0-9_]{2,80})`", re.IGNORECASE),
)
_CONDITION = Expression(
    r"\b(?:if|when|only|unless|optional\w*|in order to use|to enable|to use|for (?:local )?development)\b",
    re.IGNORECASE,
)


# a block of variables, as a platform's page or an environment file has them
_PAIR = Expression(r"(?P<name>[A-Z][A-Z0-9_]{2,80})(?:\s*[=:]\s*|\s+)(?P<value>\S.*)")
_LEFT = Expression(r"\[[^\[\]]+\]|<[^<>]+>")
_ABOUT = Expression(r"\b(?:env|environment|variables)\b", re.IGNORECASE)
_OTHERWISE = Expression(r"\b(?:optional\w*|development|locally|tests?|if)\b", re.IGNORECASE)


def required(files: Files) -> Iterator[tuple[str, str]]:
    """(variable, ``path:line``) of each variable that a document calls required. The same one may come twice."""
    for path in files.tree.paths:
        if _DOCUMENTS.fullmatch(path) and not _OTHER.match(aside(path)):
            for name, line in _of(files.text(path).split("\n")):
                yield name, f"{path}:{line}"


def filled_in(files: Files) -> Iterator[tuple[str, str]]:
    """(variable, ``path:line``) of what a document's block of variables leaves to the operator: ``NAME  [a key]``."""
    for path in files.tree.paths:
        if _DOCUMENTS.fullmatch(path) and not _OTHER.match(aside(path)):
            for name, line in _blocks(files.text(path).split("\n")):
                yield name, f"{path}:{line}"


def _blocks(lines: list[str]) -> Iterator[tuple[str, int]]:
    """Entries without a value of fenced blocks that hold nothing but variables, below words on the environment."""
    intro, block, inside = "", list[tuple[int, re.Match[str] | None]](), False
    for number, line in enumerate(lines, 1):
        text = line.strip()
        if text.startswith(("```", "~~~")):
            told = _ABOUT.search(intro) and not _OTHERWISE.search(intro)
            if inside and told and len(block) > 2 and all(entry for _, entry in block):
                yield from ((entry["name"], at) for at, entry in block if entry and _LEFT.fullmatch(entry["value"]))
            inside, block = not inside, []
        elif inside and text:
            block.append((number, _PAIR.fullmatch(text)))
        elif text:
            intro = text


def _of(lines: list[str]) -> Iterator[tuple[str, int]]:
    yield from _lists(lines)
    yield from _tables(lines)
    yield from _sentences(lines)
    for number, line in enumerate(lines, 1):
        match = _ITEM.match(line)
        if match and _REQUIRED_ITEM.search(line) and not re.search(r"not required", line, re.IGNORECASE):
            yield match[1], number


def _sentences(lines: list[str]) -> Iterator[tuple[str, int]]:
    """Plain sentences that demand a variable without a condition."""
    for number, line in enumerate(lines, 1):
        if "`" not in line or len(line) > 2000:
            continue
        for sentence in re.split(r"(?<=[.!?])\s", line):
            match = next((found for pattern in _SENTENCES if (found := pattern.search(sentence))), None)
            if match and not _CONDITION.search(sentence):
                yield match[1], number


def _lists(lines: list[str]) -> Iterator[tuple[str, int]]:
    """Items of the list that follows a line such as *as a minimum, set:*, until text of another kind comes."""
    inside, indent = False, 0
    for number, line in enumerate(lines, 1):
        text = line.strip()
        item = _ITEM.match(line)
        if inside and item and len(line) - len(line.lstrip()) >= indent:
            if not _OPTIONAL.search(re.split(r"\s[-\u2013\u2014:]", line, maxsplit=1)[0]):
                yield item[1], number
        elif text and _INTRO.search(text) and text.endswith((":", ":**", "**:")) and not _OPTIONAL.search(text):
            inside, indent = True, len(line) - len(line.lstrip())
            yield from ((name, number) for name in _NAMED.findall(line))
        elif inside and text and not line.startswith((" ", "\t")):
            inside = False


def _tables(lines: list[str]) -> Iterator[tuple[str, int]]:
    """Rows of Markdown tables with a column *required* that says yes."""
    column = -1
    for number, line in enumerate(lines, 1):
        if "|" not in line:
            column = -1
            continue
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        heads = [
            index
            for index, cell in enumerate(cells)
            if re.fullmatch(r"\W*(?:is )?(?:required|mandatory)\W*", cell, re.IGNORECASE)
        ]
        if heads and column < 0:
            column = heads[0]
        elif 0 <= column < len(cells) and _YES.match(cells[column]):
            name = re.search(r"\b([A-Z][A-Z0-9_]{2,80})\b", cells[0])
            if name:
                yield name[1], number
