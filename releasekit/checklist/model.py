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
    ``step`` is the number of the step that the line shows, ``waits`` says in words what it waits for; None and "" for
    all other lines. ``typed`` says that ``code`` is a command that a person may type as it stands.
    """

    text: str
    code: str = ""
    expect: str = ""
    source: str = ""
    warns: bool = False
    step: int | None = None
    waits: str = ""
    typed: bool = False


class Act(StrEnum):
    """What a step does. The order is the order in which steps stand where nothing asks for another."""

    CHECKOUT = "checkout"
    BUILD = "build"
    PUBLISH = "publish"
    CONFIGURE = "configure"
    NOTE = "note"
    STOP = "stop"
    BACKUP = "backup"
    START = "start"
    RUN = "run"
    MIGRATE = "migrate"
    DEPLOY = "deploy"
    SCALE = "scale"
    WAIT = "wait"
    CHECK = "check"
    BACK_HALT = "back-halt"
    BACK_STOP = "back-stop"
    BACK_SCHEMA = "back-schema"
    BACK_CHECKOUT = "back-checkout"
    BACK_DEPLOY = "back-deploy"
    BACK_SCALE = "back-scale"
    BACK_WAIT = "back-wait"
    BACK_CHECK = "back-check"

    @property
    def back(self) -> bool:
        """Whether it belongs to a rollback."""
        return self.value.startswith("back-")


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a release, in the order in which steps can work.

    ``text`` says what to do, ``command`` what to type ("" when nothing is known to type: then ``text`` says who has to
    know it, or what does it), ``expect`` what a person should see, ``source`` the ``path:line`` that it came from.
    ``item`` is the id of the checklist's line where it is shown, ``way`` the way of deploying whose command it is (""
    for commands of every way). ``number`` counts from 1, ``waits_for`` are numbers of steps that must be done before;
    ``minutes`` is how long it takes, None when nobody said. ``fill`` are blanks in the command that a person fills in,
    each with where its value is found. ``runs`` is a line that a pipeline runs in this step, as it stands there; such a
    step has no command: nobody types it, and nothing of it is quoted. ``called`` says that the step before runs it.
    """

    act: Act
    text: str
    command: str = ""
    expect: str = ""
    source: str = ""
    item: str = ""
    way: str = ""
    number: int = 0
    waits_for: tuple[int, ...] = ()
    minutes: int | None = None
    fill: tuple[tuple[str, str], ...] = ()
    warns: bool = False
    runs: str = ""
    called: bool = False

    @property
    def told(self) -> str:
        """Where the values of its blanks are found, as sentences that follow another; "" when it has none."""
        return "".join(f" {name}: {where}." for name, where in self.fill)


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
    """The sections in the seed's order, headings without items included; ``steps`` in the order of doing."""

    title: str
    sections: tuple[Section, ...]
    steps: tuple[Step, ...] = ()

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
