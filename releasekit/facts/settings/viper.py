"""Variables that Go programs read through viper, or through a table of their own over the whole environment."""

import re
from collections.abc import Iterator

from releasekit.facts.code import folder, line_at, own
from releasekit.facts.files import Files
from releasekit.facts.settings.model import NAME, Read
from releasekit.syntax.expression import Expression

_PREFIX = Expression(r"\bSetEnvPrefix\(\s*\"(\w+)\"")
_KEY = Expression(
    r"\b\w*(?:SetDefault|Get(?:String|Int|Bool|Duration|StringSlice)?|MustGet\w*)\(\s*\"([\w.-]{2,80})\"(?:\s*,\s*([^\n]{1,200})\))?"
)
_BOUND = Expression(r"\bBindEnv\(\s*\"([\w.-]{2,80})\"\s*(?:,\s*\"([A-Z][A-Z0-9_]{1,80})\")?")
_ENTRY = Expression(r"^\s*(?:case\s+)?\"([A-Z][A-Z0-9_]{1,80})\"\s*:\s*(?:\{|&|$)", re.MULTILINE)


def reads(files: Files) -> Iterator[Read]:
    """Keys as the variables that viper makes of them; entries of tables beside code that walks the environment."""
    texts = {path: files.text(path) for path in own(files, ".go")}
    viper = {path: text for path, text in texts.items() if "viper" in text}
    yield from _viper(viper)
    tables = {folder(path) for path, text in texts.items() if "os.Environ()" in text}
    for path, text in texts.items():
        if folder(path) in tables:
            for match in _ENTRY.finditer(text):
                yield Read(match[1], path, line_at(text, match.start(1)))


def _viper(texts: dict[str, str]) -> Iterator[Read]:
    prefix = next((match[1] for text in texts.values() if (match := _PREFIX.search(text))), "")
    automatic = any("AutomaticEnv(" in text for text in texts.values())
    for path, text in texts.items():
        for match in _BOUND.finditer(text):
            yield _read(match[2] or _name(prefix, match[1]), path, text, match, None)
        for match in _KEY.finditer(text) if automatic else ():
            given = (match[2] or "").strip()
            default = given.strip('"`') if "SetDefault" in match[0] else None
            name = _name(prefix, match[1])
            if NAME.fullmatch(name):
                yield _read(name, path, text, match, default)


def _name(prefix: str, key: str) -> str:
    return re.sub(r"[.-]", "_", f"{prefix}_{key}".lstrip("_")).upper()


def _read(name: str, path: str, text: str, match: re.Match[str], default: str | None) -> Read:
    return Read(name, path, line_at(text, match.start(1)), default=default, how=match[1])
