"""Replaces the values of secrets, in the forms in which programs write them, wherever a text leaves. Reads no file."""

import base64
import html
import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote, quote_plus, unquote, urlsplit

from releasekit.parameters.values import is_reference

# What a parameter file refers to is a secret whatever its name; of the rest of the environment, what is named like one.
_NAMED = re.compile(
    r"(?i)(^|_)(PASS(WORD|WD|PHRASE)?|SECRET|TOKEN|API_?KEY|PRIVATE_?KEY|ACCESS_?KEY|CREDENTIALS?|DSN)(_|$)"
)
_SHORTEST = 4  # of a value that is referred to: shorter ones are in every text
_SHORTEST_NAMED = 8
_SHORTEST_CODED = 6  # shorter values are not looked for in base64 and the like
_LINE = 12  # of a key of many lines, each line from this length on
# The issuers' own forms, and passwords in addresses: nobody needs to have said that these are secrets.
_LOOKS = re.compile(
    r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b|\bgh[pousr]_[A-Za-z0-9]{36,}|\bgithub_pat_[A-Za-z0-9_]{22,}"
    r"|\bglpat-[A-Za-z0-9_-]{20,}|\bxox[abeoprs]-[A-Za-z0-9-]{10,}|\bAIza[0-9A-Za-z_-]{35}"
    r"|\b[sr]k_live_[0-9a-zA-Z]{16,}|\bnpm_[A-Za-z0-9]{36}|\bpypi-[A-Za-z0-9_-]{32,}"
    r"|\beyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*"
    r"|-----BEGIN [A-Z ]*PRIVATE KEY-----[A-Za-z0-9+/=\s]*(?:-----END [A-Z ]*PRIVATE KEY-----)?"
)
# How those begin: to look for these first takes a hundredth of the time.
_BEGINNINGS = (
    *("AKIA", "ASIA", "ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_", "glpat-", "xox", "AIza"),
    *("k_live_", "npm_", "pypi-", "eyJ", "-----BEGIN"),
)
LOOKS = "looks like a credential"


def looks(text: str) -> bool:
    """Whether something in a text looks like a credential, whoever's it is."""
    return bool(_LOOKS.search(text))


def hidden(value: Any) -> Any:
    """JSON data with a remark for whatever looks like a credential; a copy."""
    return Scrubber({}).data(value)


def secrets(parameters: object, environ: Mapping[str, str]) -> dict[str, str]:
    """Name to value of what must not leave: each ``env:NAME`` in ``parameters`` (JSON data), and what is named so.

    A value that the parameters say themselves (a password that is the service's name) cannot be hidden: no secret.
    """
    found = {name: environ[name] for name in _references(parameters) if len(environ.get(name, "").strip()) >= _SHORTEST}
    for name, value in environ.items():
        guessed = _NAMED.search(name) and len(value.strip()) >= _SHORTEST_NAMED and not value.startswith("/")
        if guessed or _password(value):
            found.setdefault(name, value)
    said = "\n".join(_texts(parameters))
    return {name: value for name, value in found.items() if value.strip() not in said}


class Scrubber:
    """Knows the secrets' values and counts what it replaced, by the secret's name, in ``found``."""

    def __init__(self, values: Mapping[str, str]) -> None:
        forms = {form: name for name, value in values.items() for form in _forms(value)}
        # the longest first, so that a form within another does not leave the rest of it
        self._forms = sorted(forms.items(), key=lambda one: (-len(one[0]), one[0]))
        self.found: Counter[str] = Counter()

    def holds(self, text: str) -> str:
        """The name of a secret whose value is in the text; "" when none is."""
        return next((name for form, name in self._forms if form in text), "")

    def clean(self, text: str) -> bool:
        """Whether `text` would leave it as it is."""
        return not self.holds(text) and not (_may_look(text) and _LOOKS.search(text))

    def text(self, text: str) -> str:
        """The text with every value replaced by its name, and what looks like a credential by a remark."""
        for form, name in self._forms:
            if form in text:
                self.found[name] += text.count(form)
                text = text.replace(form, f"[secret {name}]")
        if _may_look(text):
            text, looked = _LOOKS.subn(f"[{LOOKS}]", text)
            if looked:
                self.found[LOOKS] += looked
        return text

    def data(self, value: Any) -> Any:
        """JSON data (mappings, lists, texts) with each text in it scrubbed, keys too; itself when nothing was found."""
        return value if self.clean("\0".join(_texts(value, keys=True))) else self._data(value)

    def _data(self, value: Any) -> Any:
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, Mapping):
            return {self.text(str(key)): self._data(child) for key, child in value.items()}
        if isinstance(value, list | tuple):
            return [self._data(child) for child in value]
        return value


def _references(data: object) -> Iterator[str]:
    return (text.removeprefix("env:") for text in _texts(data) if is_reference(text))


def _texts(data: object, keys: bool = False) -> Iterator[str]:
    if isinstance(data, str):
        yield data
    elif isinstance(data, Mapping):
        if keys:
            yield from map(str, data)
        for child in data.values():
            yield from _texts(child, keys)
    elif isinstance(data, list | tuple):
        for child in data:
            yield from _texts(child, keys)


def _may_look(text: str) -> bool:
    return any(beginning in text for beginning in _BEGINNINGS)


def _password(value: str) -> str:
    """The password in an address; "" for any other text."""
    if "://" not in value or "@" not in value:
        return ""
    try:
        return urlsplit(value.strip()).password or ""
    except ValueError:
        return ""


def _forms(value: str) -> Iterator[str]:
    whole, password = value.strip(), _password(value)
    parts = [whole, *(line.strip() for line in whole.splitlines() if len(line.strip()) >= _LINE)]
    parts += [part for part in (password, unquote(password)) if len(part) >= _SHORTEST]
    for part in dict.fromkeys(parts):
        yield from (form for form in _spelled(part) if len(form) >= _SHORTEST)


def _spelled(value: str) -> Iterator[str]:
    """A value as it is, and as JSON, Python, HTML, addresses, base64 and hexadecimal digits spell it."""
    yield value
    if len(value) < _SHORTEST_CODED:
        return
    yield from (json.dumps(value)[1:-1], json.dumps(value, ensure_ascii=False)[1:-1], repr(value)[1:-1])
    yield from (html.escape(value), html.escape(value, quote=False))
    yield from (quote(value, errors="replace"), quote(value, "", errors="replace"), quote_plus(value, errors="replace"))
    raw = value.encode("utf-8", "surrogatepass")
    yield from (raw.hex(), raw.hex().upper())
    for before in range(3):  # within a longer text (user:password) it begins at any of three places
        coded = base64.b64encode(b"\0" * before + raw).decode()
        core = coded[-(-8 * before // 6) : 8 * (before + len(raw)) // 6]
        yield from (core, core.replace("+", "-").replace("/", "_"))
