"""Which of a repository's tags name versions, of what, and in which order. Asks git nothing."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from releasekit.syntax.expression import Expression

# `v1.2.3`, `1.2`, `release-1.2.3`, `web/v1.2.3`, `web@1.2.3-rc.1`, `1.2.3rc1` (Semantic Versioning 2.0.0, PEP 440)
_TAG = Expression(
    r"(?P<of>(?:.*?[/@_-])??)[vV]?(?P<numbers>\d{1,9}(?:\.\d{1,9}){1,3})"
    r"(?P<rest>(?:[-.]?(?:dev|a|alpha|b|beta|c|rc|pre|preview|snapshot|m|post|final|ga|release)[-.]?\d*|-[0-9A-Za-z.-]+)?)"
    r"(?:\+[0-9A-Za-z.-]+)?",
    re.IGNORECASE,
)
_PLAIN = {"", "release", "releases", "version", "ver", "rel"}
_FINAL = Expression(r"[-.]?(?:(?:post|final|ga|release)[-.]?\d*|\d+)", re.IGNORECASE)
_RANK = {
    "dev": -2,
    "snapshot": -2,
    "a": -1,
    "c": 3,
    "pre": 3,
    "preview": 3,
    "m": 0,
    "alpha": -1,
    "b": 0,
    "beta": 0,
    "rc": 3,
}
_WORDS = Expression(r"\d{1,9}|[A-Za-z]+")


@dataclass(frozen=True, slots=True, order=True)
class VersionTag:
    """A tag that names a version; they sort by version. ``of`` is what it is a version of, "" for the repository."""

    numbers: tuple[int, ...]
    final: bool
    rest: tuple[tuple[int, int, str], ...]
    name: str
    of: str = field(compare=False)


def parse(name: str) -> VersionTag | None:
    """The version that a tag names, or None."""
    match = _TAG.fullmatch(name) if len(name) <= 255 else None
    if not match:
        return None
    numbers = tuple(int(number) for number in match["numbers"].split("."))
    of = match["of"].rstrip("/@_-").lower()
    rest = tuple(_word(word) for word in _WORDS.findall(match["rest"].lower()))
    final = not match["rest"] or _FINAL.fullmatch(match["rest"]) is not None
    return VersionTag(numbers + (0,) * (4 - len(numbers)), final, rest, name, "" if of in _PLAIN else of)


def newest(names: Iterable[str], service: str = "", path: str = ".") -> str | None:
    """The tag of the highest final version; of the highest preliminary one when there is no final one; else None.

    Tags of the service, or of its folder, come first; then those of the whole repository; then, when all tags are of
    one and the same thing, those.
    """
    found = [tag for tag in map(parse, names) if tag is not None]
    folder = "/".join(part for part in path.lower().split("/") if part not in {"", "."})
    mine = {name for name in (service.lower(), folder, folder.rpartition("/")[2]) if name}
    chosen = [tag for tag in found if tag.of in mine or tag.of.rpartition("/")[2] in mine]
    chosen = chosen or [tag for tag in found if not tag.of]
    if not chosen and len({tag.of for tag in found}) == 1:
        chosen = found
    chosen = [tag for tag in chosen if tag.final] or chosen
    return max(chosen).name if chosen else None


def _word(word: str) -> tuple[int, int, str]:
    # numbers sort before words (Semantic Versioning 2.0.0, 11.4), words of PEP 440 in its order
    return (0, int(word), "") if word.isdigit() else (1, _RANK.get(word, 1), word)
