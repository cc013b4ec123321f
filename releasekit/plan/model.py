"""A Plan: parameters, facts, findings, change and checklist of one release, bound together by a hash."""

from dataclasses import dataclass, replace
from functools import lru_cache
from hashlib import sha256
from typing import Any

import rfc8785
from pydantic import TypeAdapter

from releasekit.checklist.model import Checklist
from releasekit.facts.change import Change
from releasekit.facts.model import Analysis


@dataclass(frozen=True, slots=True)
class Revision:
    """A git revision: the ref as given, the full commit hash ("" when it cannot be known), and how it was found."""

    ref: str
    sha: str = ""
    tag: str = ""
    assumed: bool = False
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """One release, bound. ``parameters`` are the validated parameters as JSON data, secrets as ``env:NAME`` references.

    ``read`` says what was analysed (origin, number of files, what was skipped and why). ``hash`` is the SHA-256 of the
    RFC 8785 form of everything else in the plan.
    """

    service: str
    version: str
    environment: str
    level: str
    candidate: Revision
    running: Revision
    parameters: dict[str, Any]
    read: tuple[str, ...]
    analysis: Analysis
    change: Change
    checklist: Checklist
    tool: str
    hash: str = ""


@lru_cache(maxsize=1)
def _adapter() -> TypeAdapter[Plan]:
    return TypeAdapter(Plan)


def to_data(plan: Plan) -> dict[str, Any]:
    """The plan as JSON data."""
    data: dict[str, Any] = _adapter().dump_python(plan, mode="json")
    return data


def from_data(data: dict[str, Any]) -> Plan:
    """The plan that ``to_data`` wrote. Raises pydantic's ValidationError for anything else."""
    return _adapter().validate_python(data)


def seal(plan: Plan) -> Plan:
    """The same plan with its hash."""
    data = to_data(replace(plan, hash=""))
    return replace(plan, hash=sha256(rfc8785.dumps(data)).hexdigest())
