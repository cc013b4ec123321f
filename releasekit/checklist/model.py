"""What a checklist is made of: items with their applicability and the specifics that facts fill in. Knows no markup."""

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What ticking an item means."""

    CHECK = "check"
    STEP = "step"
    TRIGGER = "trigger"
    SIGN_OFF = "sign-off"


class Phase(StrEnum):
    """When an item is due, in order; rollback stands beside the line and is entered from deploy, verify or close."""

    PREPARE = "prepare"
    DEPLOY = "deploy"
    VERIFY = "verify"
    CLOSE = "close"
    ROLLBACK = "rollback"


class Applies(StrEnum):
    """Whether an item applies to this release. Only a fact that excludes it makes a machine say NO."""

    YES = "applies"
    NO = "not-applicable"
    PROPOSED = "proposed-not-applicable"
    UNKNOWN = "unknown"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class Detail:
    """One specific line under an item.

    ``text`` is a sentence (plain text), ``code`` a command or value to show verbatim, ``expect`` the result that a
    person should see, ``source`` the ``path:line`` it came from. ``warns`` marks a line that must catch the eye.
    """

    text: str
    code: str = ""
    expect: str = ""
    source: str = ""
    warns: bool = False


@dataclass(frozen=True, slots=True)
class Item:
    """One line of the checklist.

    ``id`` is stable and carries the section (``execution.configuration-files-updated``); ``text`` is the seed's, word
    for word, as plain text; ``label`` is the part the seed prints bold, if any. ``levels`` are the levels (A, B, C)
    that require it. ``probe`` names the probe that can judge it ("" when only a person can), ``hint`` one that brings
    facts for the person who decides.
    """

    id: str
    text: str
    kind: Kind
    phase: Phase
    role: str
    levels: tuple[str, ...] = ("A", "B", "C")
    probe: str = ""
    label: str = ""
    applies: Applies = Applies.YES
    reason: str = ""
    details: tuple[Detail, ...] = ()
    because: str = ""
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """A heading of the seed with its items. ``level`` is the number of ``#`` in the seed."""

    title: str
    level: int
    items: tuple[Item, ...] = ()


@dataclass(frozen=True, slots=True)
class Checklist:
    """The sections in the seed's order, headings without items included."""

    title: str
    sections: tuple[Section, ...]

    @property
    def items(self) -> tuple[Item, ...]:
        """All items, in order."""
        return tuple(item for section in self.sections for item in section.items)

    def item(self, item_id: str) -> Item:
        """The item with this id; KeyError when there is none."""
        for item in self.items:
            if item.id == item_id:
                return item
        raise KeyError(item_id)
