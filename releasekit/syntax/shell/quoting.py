"""Words of a shell: their text without quotes, what in them only a run would tell, which program does the work.

Bash reference manual, 3.1.2 (quoting) and 3.5 (expansions).
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from releasekit.syntax.shell.trees import Masked

if TYPE_CHECKING:
    from tree_sitter import Node as Tree

_GLOB = re.compile(r"[*?]|\[[^\]]+\]|^~|\{[^{}\s]*(?:,|\.\.)[^{}\s]*\}")
_CONTINUED = re.compile(r"(?:\\\n)*")
_ANSI = re.compile(r"\\(x[0-9a-fA-F]{1,2}|u[0-9a-fA-F]{1,4}|U[0-9a-fA-F]{1,8}|[0-7]{1,3}|.)", re.DOTALL)
_CONTROLS = {"n": "\n", "t": "\t", "r": "\r", "a": "\a", "b": "\b", "e": "\x1b", "E": "\x1b", "f": "\f", "v": "\v"}
_ASSIGNED = re.compile(r"[A-Za-z_]\w*=")
_EXPANSIONS = frozenset(
    """simple_expansion expansion arithmetic_expansion command_substitution process_substitution brace_expression
    array""".split()
)
# programs that run the program named behind them: their options that take a value, and +1 for one more word before it
WRAPPERS: Mapping[str, str] = {
    "sudo": "-u -g -h -p -C -D -R -T --user --group --chdir",
    "doas": "-u -C",
    "env": "-u -C --unset --chdir",
    "exec": "-a",
    "time": "-f -o",
    "nice": "-n",
    "ionice": "-c -n -p",
    "timeout": "-k -s --signal --kill-after +1",
    "stdbuf": "-i -o -e",
    "xvfb-run": "-e -f -n -p -s -w",
    "gosu": "+1",
    "su-exec": "+1",
    **dict.fromkeys(("nohup", "setsid", "command", "builtin", "tini", "dumb-init", "unbuffer"), ""),
    **dict.fromkeys(("bundle exec", "poetry run", "pipenv run", "pdm run", "rye run", "yarn exec", "npm exec"), ""),
    "uv run": "--with --extra --group --only-group --python -p --project --directory --package --env-file",
    "pnpm exec": "-C -F --dir --filter",
    **dict.fromkeys(("npx", "bunx"), "-p --package"),
}


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a word. ``name`` is that of the variable it stands for (``$NAME`` or ``${NAME}``), quoted or not;
    ``static`` is False for a pattern and for any other expansion, whose text is as written."""

    text: str
    name: str = ""
    quoted: bool = False
    static: bool = True


@dataclass(frozen=True, slots=True)
class Word:
    """``text`` is without quotes and backslashes, expansions in it as written; ``raw`` is verbatim.

    ``static``: ``text`` is what the program is given. False for a word with a variable, a substitution, a pattern
    (``*``, ``{a,b}``, ``~``) or a template's marker; then ``parts`` are its pieces, otherwise there are none.
    """

    text: str
    raw: str
    static: bool = True
    parts: tuple[Part, ...] = ()


def grouped(masked: Masked, base: int, nodes: "Iterable[Tree]") -> "list[list[Tree]]":
    """The nodes that touch each other, which are one word whatever the grammar says."""
    found: list[list[Tree]] = []
    for node in nodes:
        if found and _CONTINUED.fullmatch(masked.text, base + found[-1][-1].end_byte, base + node.start_byte):
            found[-1].append(node)
        else:
            found.append([node])
    return found


def word(masked: Masked, base: int, nodes: "list[Tree]") -> Word:
    """The word that nodes make together."""
    start, end = base + nodes[0].start_byte, base + nodes[-1].end_byte
    # the parts, and the word as patterns are looked for in it: what is quoted hidden
    parts: list[Part] = []
    bare: list[str] = []
    waiting = nodes[::-1]
    while waiting:
        node = waiting.pop()
        if node.type in {"concatenation", "variable_assignment"}:
            waiting.extend(reversed(node.children))
            continue
        if node.type in {"command_name", "translated_string"}:
            waiting.extend(reversed(node.named_children))
            continue
        found = _parts(masked.text, base, node)
        parts.extend(found)
        bare.extend("\0" if part.quoted or part.name or not part.static else part.text for part in found)
    if _GLOB.search("".join(bare)):
        parts = [replace(part, static=part.static and (part.quoted or bool(part.name))) for part in parts]
    if masked.marked(start, end):
        parts = [replace(part, static=False) for part in parts]
    return made(parts, masked.text[start:end])


def made(parts: Iterable[Part], raw: str) -> Word:
    """A word of parts."""
    kept = tuple(parts)
    static = all(part.static and not part.name for part in kept)
    return Word("".join(part.text for part in kept), raw, static, () if static else kept)


def filled(given: Word, values: Mapping[str, str]) -> list[Word]:
    """The words that a word becomes with the values of variables: several where one that is not quoted has blanks."""
    if not any(part.name in values for part in given.parts):
        return [given]
    fields: list[list[Part]] = [[]]
    for part in given.parts:
        value = values.get(part.name) if part.name else None
        if value is None:
            fields[-1].append(part)
        elif part.quoted:
            fields[-1].append(Part(value, quoted=True))
        else:
            for at, piece in enumerate(re.split(r"[ \t\n]+", value)):
                fields.extend([[]] if at else [])
                fields[-1].extend([Part(piece)] if piece else [])
    return [made(parts, given.raw) for parts in fields if parts]


def unwrapped(words: tuple[Word, ...]) -> tuple[Word, ...]:
    """The words that a wrapper runs; none when the first word is no wrapper."""
    first = words[0].text.rpartition("/")[2] if words[0].static else ""
    pair = f"{first} {words[1].text}" if len(words) > 1 else ""
    said = WRAPPERS.get(pair, WRAPPERS.get(first))
    at = 2 if pair in WRAPPERS else 1
    if said is None or (first == "command" and len(words) > 1 and words[1].text.lower() == "-v"):
        return ()
    options = said.split()
    while at < len(words) and (words[at].text[:1] == "-" or _ASSIGNED.match(words[at].text)):
        at += 2 if words[at].text in options else 1
    return words[at + options.count("+1") :]


def _parts(text: str, base: int, node: "Tree") -> list[Part]:
    """The parts of a node that is no concatenation."""
    start, end, kind = base + node.start_byte, base + node.end_byte, node.type
    if kind in _EXPANSIONS:
        return [_expansion(text[start:end], quoted=False)]
    if kind == "raw_string":
        return [Part(text[start + 1 : end - 1], quoted=True)]
    if kind == "ansi_c_string":
        return [Part(_ANSI.sub(_control, text[start + 2 : end - 1]), quoted=True)]
    if kind != "string":
        return _bare(text[start:end])
    parts, at = [], start + 1
    for child in node.children:
        if child.type in _EXPANSIONS:
            begin = base + child.start_byte
            parts.append(_quoted(text[at:begin]))
            at = base + child.end_byte
            parts.append(_expansion(text[begin:at], quoted=True))
    parts.append(_quoted(text[at : end - 1]))
    return [part for part in parts if part.text] or [Part("", quoted=True)]


def _expansion(text: str, *, quoted: bool) -> Part:
    plain = re.fullmatch(r"\$(?:([A-Za-z_]\w*)|\{([A-Za-z_]\w*)\})", text)
    return Part(text, (plain[1] or plain[2]) if plain else "", quoted, static=plain is not None)


def _quoted(text: str) -> Part:
    return Part(re.sub(r"\\([$`\"\\])|\\\n", r"\1", text), quoted=True)


def _bare(text: str) -> list[Part]:
    parts = []
    for piece in re.split(r"(\\.)", text, flags=re.DOTALL):
        if piece[:1] == "\\" and len(piece) == 2:
            parts.append(Part(piece[1:].strip("\n"), quoted=True))
        elif piece:
            parts.append(Part(piece, static="$" not in piece and "`" not in piece))
    return [part for part in parts if part.text]


def _control(found: re.Match[str]) -> str:
    said = found[1]
    if said in _CONTROLS:
        return _CONTROLS[said]
    if len(said) == 1 and said not in "01234567":
        return said if said in "\\'\"?" else found[0]
    code = int(said[1:], 16) if said[0] in "xuU" else int(said, 8) & 0xFF
    return chr(code) if code < 0x110000 and not 0xD800 <= code < 0xE000 else found[0]
