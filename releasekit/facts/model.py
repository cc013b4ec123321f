"""What an analysis is made of: facts, findings, what could not be read. Knows no technology."""

from dataclasses import dataclass
from enum import StrEnum

Value = str | int | float | bool | None


@dataclass(frozen=True, slots=True)
class Fact:
    """Something the files say.

    ``kind``, ``name``, ``value`` and ``service`` are as defined per kind in CONTRIBUTING ("Kinds of facts").
    ``source`` is ``path:line``; ``also`` further places that say the same. ``how`` says how the value was derived when
    the source line does not contain it. ``scope`` is the folder whose service the fact belongs to, for detectors that
    know a folder but not the service's name; `assemble` turns it into ``service`` and it is printed nowhere.
    ``way`` is the way of deploying whose file says it ("" for code, documents and all that holds for every way).
    ``rule`` is the code of the rule that made a choice, where the fact is one; the reason in words is for people.
    """

    kind: str
    name: str
    value: Value
    source: str
    service: str | None = None
    also: tuple[str, ...] = ()
    how: str = ""
    scope: str | None = None
    way: str = ""
    rule: str = ""

    @property
    def path(self) -> str:
        """The file of ``source``."""
        return self.source.rpartition(":")[0] or self.source


class Severity(StrEnum):
    """How much a finding matters to a release."""

    RISK = "risk"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Finding:
    """A weakness, a contradiction between facts, or something recognised that could not be read.

    ``rule`` is a stable id such as ``cycle``, ``port-differs`` or ``not-analysed``; ``places`` are ``path:line``,
    the deciding one first; ``touches`` names the kinds of facts that are unknown because of it (for *not analysed*).
    """

    rule: str
    severity: Severity
    sentence: str
    places: tuple[str, ...]
    service: str | None = None
    do: str = ""
    touches: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Analysis:
    """All that the files of one tree say; ``start_order`` lists waves of services, those of a wave in parallel."""

    facts: tuple[Fact, ...] = ()
    findings: tuple[Finding, ...] = ()
    start_order: tuple[tuple[str, ...], ...] = ()

    def of(self, *kinds: str) -> tuple[Fact, ...]:
        """The facts of these kinds, in order."""
        return tuple(fact for fact in self.facts if fact.kind in kinds)
