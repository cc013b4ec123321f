"""What no parameter may be, whatever its key: a secret, a text without end, a character that acts on a terminal."""

import math
import re
from collections.abc import Callable, Mapping
from datetime import datetime

from releasekit.errors import Problem
from releasekit.parameters.opening import UNSEEN
from releasekit.parameters.values import is_reference

Keys = tuple[str | int, ...]
Place = Callable[[Keys], str]
VALUE = 64 << 10
_DEPTH = 32
_USE = "put it into an environment variable and write env:NAME, such as env:DATABASE_PASSWORD"
_SECRET_KEY = re.compile(
    r"(?i)(^|[._-])(pass(word|wd|phrase)|pwd|secret|token|api[_-]?key|private[_-]?key|credentials?)$"
)
# the issuers' own forms: AWS, GitHub, GitLab, Slack, Google, Stripe, npm, PyPI, JSON web tokens, PEM
_SECRET_VALUE = re.compile(
    r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b|\bgh[pousr]_[A-Za-z0-9]{36}|\bgithub_pat_[A-Za-z0-9_]{22}|\bglpat-[A-Za-z0-9_-]{20}"
    r"|\bxox[abeoprs]-[A-Za-z0-9-]{10}|hooks\.slack\.com/(?:services|workflows)/[A-Za-z0-9]|\bAIza[0-9A-Za-z_-]{35}"
    r"|\b[sr]k_live_[0-9a-zA-Z]{16}|\bnpm_[A-Za-z0-9]{36}|\bpypi-[A-Za-z0-9_-]{32}"
    r"|\beyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}\.|-----BEGIN [A-Z ]*PRIVATE KEY-----"
)
_PASSWORD_IN_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://[^/\s:@]*:[^/\s@]+@")
_ASSIGNED = re.compile(
    r"(?i)(?:pass(?:word|wd)|token|api[_-]?key|secret[_-]?key|client[_-]?secret)=[\"']?(?!env:)[^\s$<{*\"'&]{3,}"
)


def looks_secret(text: str) -> bool:
    """Whether a text has the form of a known credential, or carries a password in an address."""
    return bool(_SECRET_VALUE.search(text) or _PASSWORD_IN_URL.search(text))


def screen(data: object, place: Place, keys: Keys = ()) -> tuple[object, list[Problem], set[Keys]]:
    """The data without its empty keys, what is wrong with it, and the keys whose values must not be shown.

    ``place`` says where a path of keys stands. A null means *not given*, so a section whose lines are all commented
    out is no error. Dates that a YAML 1.1 reader made become text again.
    """
    screen = _Screen(place)
    return screen.value(data, keys), screen.problems, screen.secret


class _Screen:
    def __init__(self, place: Place) -> None:
        self.place = place
        self.problems: list[Problem] = []
        self.secret: set[Keys] = set()

    def note(self, keys: Keys, what: str, do: str) -> None:
        self.problems.append(Problem(f"{dotted(keys)} {what}", self.place(keys), do))

    def value(self, data: object, keys: Keys) -> object:
        if len(keys) > _DEPTH:
            self.note(keys[:3], f"is nested deeper than {_DEPTH} levels", "flatten the structure")
            return None
        if isinstance(data, Mapping):
            return self.mapping(data, keys)
        if isinstance(data, list | tuple):
            return [self.value(child, (*keys, index)) for index, child in enumerate(data)]
        if isinstance(data, datetime):
            data = data.isoformat()
        if isinstance(data, str):
            self.text(data, keys)
        elif isinstance(data, float) and not math.isfinite(data):
            self.note(keys, "is not a finite number", "write the number itself, or a text in quotes")
            return None
        elif data is not None and not isinstance(data, bool | int | float):
            self.note(keys, f"is a {type(data).__name__}, which no parameter is", "write a text in quotes")
            return None
        return data

    def mapping(self, data: Mapping[object, object], keys: Keys) -> dict[str, object]:
        kept = {}
        for key, child in data.items():
            if not isinstance(key, str):
                self.note(keys, f"has a key that is not text: {key!r}", "write the key in quotes")
            elif child is not None:
                kept[key] = self.value(child, (*keys, key))
                self.key(key, child, (*keys, key))
        return kept

    def key(self, key: str, child: object, keys: Keys) -> None:
        if _SECRET_KEY.search(key) and isinstance(child, str | int) and not is_reference(str(child)):
            self.hide(keys, "is named like a secret and holds a value")

    def text(self, text: str, keys: Keys) -> None:
        if len(text.encode("utf-8", "surrogatepass")) > VALUE:
            self.note(keys, f"is larger than {VALUE >> 10} KiB", "put it into a file of its own")
        elif bad := sorted({character for character in text if _acts(character)}):
            named = ", ".join(f"U+{ord(character):04X}" for character in bad[:5])
            self.note(keys, f"has control characters: {named}", "delete them")
        elif looks_secret(text):
            self.hide(keys, "holds a secret")
        elif keys[-1:] != ("query",) and _ASSIGNED.search(text):  # label matchers have the same form
            self.hide(keys, "holds what looks like a password or token")

    def hide(self, keys: Keys, what: str) -> None:
        if keys not in self.secret:
            self.secret.add(keys)
            self.note(keys, what, _USE)


def dotted(keys: Keys) -> str:
    """Keys as people say them: ``configuration.reports.unit_tests``."""
    return ".".join(str(key) for key in keys) or "the file"


def _acts(character: str) -> bool:
    code = ord(character)
    control = (code < 0x20 and character not in "\t\n\r") or 0x7F <= code < 0xA0
    return control or character in UNSEEN or 0xD800 <= code < 0xE000
