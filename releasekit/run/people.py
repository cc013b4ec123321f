"""Who acts, how well that is known, and which names are one person. Knows no run.

Three grades: *signed* (the person's SSH key), *authenticated* (PostgreSQL's session_user, a token that JupyterHub's API
knows), *self-declared* (environment, operating system: whoever runs the process controls them).
"""

import getpass
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from releasekit.errors import SourceError
from releasekit.run.events import Actor
from releasekit.sources import jupyterhub

__all__ = ["Actor", "Everybody", "acting", "actor", "fold", "meets"]

SELF_DECLARED = "self-declared"
AUTHENTICATED = "authenticated"
SIGNED = "signed"
GRADES = (SELF_DECLARED, AUTHENTICATED, SIGNED)
NOBODY = "unknown"

_ADDRESS = re.compile(r"([^<>]*)<([^<>]*)>\s*")


def actor(environ: Mapping[str, str], session_user: str = "", hub_user: str = "") -> Actor:
    """Who acts. ``session_user`` is whom the store knows, ``hub_user`` whose token JupyterHub says this is.

    A name that is declared beside a database user of another name stays self-declared: a shared login is nobody.
    """
    declared = next(
        (named for name in ("RELEASEKIT_USER", "JUPYTERHUB_USER") if (named := _one_line(environ, name))), ""
    )
    for known in (hub_user, session_user):
        if known and declared in ("", known):
            return Actor(known, AUTHENTICATED)
    if declared:
        return Actor(declared, SELF_DECLARED)
    try:
        return Actor(getpass.getuser(), SELF_DECLARED)
    except (KeyError, OSError):  # a container's user without a name
        return Actor(NOBODY, SELF_DECLARED)


def acting(environ: Mapping[str, str], session_user: str) -> Actor:
    """Who acts, asking JupyterHub too where there is one; a hub that does not answer vouches for nobody."""
    try:
        return actor(environ, session_user, jupyterhub.user(environ))
    except SourceError:
        return actor(environ, session_user)


def _one_line(environ: Mapping[str, str], name: str) -> str:
    return " ".join(environ.get(name, "").split())[:200]


def meets(grade: str, needed: str) -> bool:
    """Whether an identity of this grade is good enough where ``needed`` is; an unknown grade is the weakest."""
    return _rank(grade) >= _rank(needed)


def _rank(grade: str) -> int:
    return GRADES.index(grade) if grade in GRADES else 0


def fold(name: str) -> str:
    """One spelling for all spellings of a name: compatibility forms, case, spaces and invisible characters folded."""
    visible = "".join(c for c in unicodedata.normalize("NFKC", name) if unicodedata.category(c) != "Cf")
    folded = unicodedata.normalize("NFKC", visible.casefold())
    return " ".join(folded.split())


def names(text: str) -> tuple[str, ...]:
    """The folded names in ``Ada``, ``ada@example.org`` or ``Ada <ada@example.org>``; a fingerprint keeps its case."""
    if text.strip().startswith("SHA256:"):
        return (text.strip(),)
    address = _ADDRESS.fullmatch(text.strip())
    parts = address.groups() if address else (text,)
    return tuple(name for part in parts if (name := fold(part)))


@dataclass(frozen=True, slots=True)
class Everybody:
    """Which names are one person. ``of`` maps a folded name, or a key's fingerprint, to the person's first name."""

    of: Mapping[str, str]

    @classmethod
    def known(cls, people: Iterable[Iterable[str]]) -> "Everybody":
        """From groups of names, each one person's; groups that share a name are the same person."""
        root: dict[str, str] = {}

        def find(name: str) -> str:
            while root.setdefault(name, name) != name:
                name = root[name]
            return name

        for person in people:
            folded = [name for text in person for name in names(text)]
            for name in folded[1:]:
                root[find(name)] = find(folded[0])
        return cls({name: find(name) for name in list(root)})

    def person(self, text: str) -> frozenset[str]:
        """The persons that a text names: mostly one; an author's name and address may be known as two."""
        return frozenset(self.of.get(name, name) for name in names(text))

    def same(self, one: str, other: str) -> bool:
        """Whether two texts name one person."""
        return bool(self.person(one) & self.person(other))
