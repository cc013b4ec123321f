"""Terraform's and OpenTofu's plans as `show -json` writes them (format version 1). Judges nothing."""

from dataclasses import dataclass
from datetime import datetime

from pydantic import Field

from releasekit.errors import SourceError
from releasekit.sources.strictjson import Loose, keys, load, shaped


@dataclass(frozen=True, slots=True)
class Plan:
    """What a plan would do: addresses by what happens to them, and what changed outside of it (drift).

    ``actions``: create, update, delete, replace; what stays as it is, is not listed. ``broken`` when the plan itself
    failed, ``complete`` False when more would have to be applied after it.
    """

    actions: tuple[tuple[str, str], ...]
    drift: tuple[str, ...] = ()
    resources: int = 0
    broken: bool = False
    complete: bool = True
    made: datetime | None = None

    def of(self, action: str) -> tuple[str, ...]:
        """The addresses to which this happens."""
        return tuple(address for found, address in self.actions if found == action)


class _Change(Loose):
    actions: list[str]


class _Resource(Loose):
    address: str
    mode: str = "managed"
    change: _Change


class _Plan(Loose):
    format_version: str
    terraform_version: str = ""
    timestamp: datetime | None = None
    errored: bool = False
    complete: bool = True
    resource_changes: list[_Resource] = Field(default_factory=list)
    resource_drift: list[_Resource] = Field(default_factory=list)


def read(raw: bytes, name: str) -> Plan:
    """Read one plan. Raises SourceError for anything else, such as a state or the lines of `plan -json`."""
    data = load(raw, name)
    if not {"format_version", "planned_values"} <= keys(data):
        raise SourceError("no plan of Terraform", name, "write one: terraform show -json plan.out > plan.json")
    plan = shaped(_Plan, data, name, "a plan of Terraform")
    if plan.format_version.split(".")[0] != "1":
        raise SourceError(f"format {plan.format_version}, but only 1 is read", name, "use Terraform 1.0 or newer")
    managed = [one for one in plan.resource_changes if one.mode == "managed"]
    actions = [(_action(one.change.actions, name), one.address) for one in managed]
    return Plan(
        actions=tuple((action, address) for action, address in actions if action),
        drift=tuple(one.address for one in plan.resource_drift if one.mode == "managed"),
        resources=len(managed),
        broken=plan.errored,
        complete=plan.complete,
        made=plan.timestamp,
    )


def _action(actions: list[str], name: str) -> str:
    """Terraform's list of actions as one word; a pair of delete and create is a replacement, in either order."""
    match sorted(actions):
        case ["no-op"] | ["read"] | ["forget"]:
            return ""
        case ["create", "delete"] | ["create", "forget"]:
            return "replace"
        case [("create" | "update" | "delete") as one]:
            return one
    raise SourceError(f"an action that is not known: {', '.join(actions)}", name, "look at the plan by hand")
