"""Who may sign for what. Reads a state and the policy in its parameters; writes nothing.

The rule for a signature of a role:

1. The role is one that the checklist has, and its item applies.
2. The parameter file names somebody for it: that person signs. Else anybody who is known by a name.
3. The identity is of the grade that the policy asks for the role (default: self-declared).
4. Nobody signs for two roles in one scope, unless ``several_roles`` is true.
5. ``authors``: with *one* (default) at least one of those who sign wrote none of the commits; with *none* nobody who
   wrote one signs; *any* does not ask. Where the commits are not known, *none* refuses, *one* says so.
6. *close* is signed in phase close or in a rollback.

Names that differ in case, spacing or compatibility forms, aliases and keys of one person are one person.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from releasekit.checklist.model import Item, Kind, Phase
from releasekit.errors import InputError, RefusedError
from releasekit.plan.model import Plan
from releasekit.run import covers
from releasekit.run.people import GRADES, NOBODY, SELF_DECLARED, Actor, Everybody, fold, meets
from releasekit.run.standing import required
from releasekit.run.state import RunState, SignOff, Status

AUTHORS = ("one", "none", "any")
INDEPENDENCE = "signers-independence"  # what a gate is held by, beside items


@dataclass(frozen=True, slots=True)
class Policy:
    """``configuration.signing`` and ``configuration.team``: who signs, known how well, and who is who."""

    team: Mapping[str, str] = field(default_factory=dict)
    everybody: Everybody = field(default_factory=lambda: Everybody({}))
    grades: Mapping[str, str] = field(default_factory=dict)
    several_roles: bool = False
    authors: str = "one"


def policy(parameters: Mapping[str, Any]) -> Policy:
    """The policy in a plan's parameters; what they leave out has the default of the rule."""
    configuration = parameters.get("configuration") or {}
    given = configuration.get("signing") or {}
    team = {role: person for role, person in (configuration.get("team") or {}).items() if person}
    # what the parameter file writes as "Ada <ada@example.org>" is one person too
    people = [[name, *others] for name, others in (given.get("people") or {}).items()]
    people += [[person] for person in team.values()]
    grades = {role: grade for role, grade in (given.get("grades") or {}).items() if grade in GRADES}
    authors = given.get("authors", "one")
    return Policy(
        team,
        Everybody.known(people),
        grades,
        given.get("several_roles") is True,
        authors if authors in AUTHORS else "none",  # what cannot be read is taken as the strictest
    )


def check_role(state: RunState, role: str) -> Item:
    """The sign-off item of a role. Raises InputError for a role that the checklist does not have."""
    items = [item for item in state.plan.checklist.items if item.kind is Kind.SIGN_OFF] if state.plan else []
    for item in items:
        if item.role == role:
            return item
    roles = ", ".join(sorted({item.role for item in items})) or "none: no plan is bound yet"
    raise InputError(f"there is no sign-off for the role {role!r}", do=f"the roles: {roles}")


def check_signer(state: RunState, actor: Actor, role: str, scope: str) -> None:
    """Raises RefusedError, with the rule, when this person may not sign (or refuse to sign) for the role now."""
    item, plan = check_role(state, role), state.plan
    name = item.label or role
    if state.items[item.id].status is Status.NOT_APPLICABLE:
        raise RefusedError(f"a sign-off of the {name} is not asked for in this release")
    if scope == covers.CLOSE and state.phase not in (Phase.CLOSE, Phase.ROLLBACK):
        raise RefusedError(f"the run is in phase {state.phase}: closing is signed in phase close, or in a rollback")
    rules = policy(plan.parameters) if plan else Policy()
    if fold(actor.name) in ("", NOBODY):
        raise RefusedError("nobody knows who you are, so you cannot sign", do="set RELEASEKIT_USER")
    named = rules.team.get(role)
    if named and not rules.everybody.same(named, actor.name):
        do = "say who you are with RELEASEKIT_USER, or mend configuration.team"
        raise RefusedError(f"the {name} is {named}, and you are {actor.name}", do=do)
    needed = rules.grades.get(role, SELF_DECLARED)
    if not meets(actor.grade, needed):
        raise RefusedError(
            f"the {name} must be {needed}; {actor.name} is {actor.grade}", do="see configuration.signing"
        )


def check_signature(state: RunState, actor: Actor, role: str, scope: str) -> None:
    """Raises RefusedError when this person's signature would break the rule, beside those that are there."""
    check_signer(state, actor, role, scope)
    plan = state.plan
    rules = policy(plan.parameters) if plan else Policy()
    for one in counting(state, scope):
        if one.role == role and rules.everybody.same(one.by, actor.name):
            raise RefusedError(f"{one.by} signed already, at {one.at}")
        if one.role != role and rules.everybody.same(one.by, actor.name) and not rules.several_roles:
            raise RefusedError(f"{actor.name} signed as {one.role.replace('_', ' ')}: nobody signs for two roles")
    if rules.authors != "none" or plan is None:
        return
    if plan.change.unknown:
        raise RefusedError(f"who wrote the commits is not known ({plan.change.unknown})", do=plan.change.mend)
    if wrote(plan, rules, actor.name):
        raise RefusedError(f"{actor.name} wrote commits of this release: somebody who wrote none signs")


def counting(state: RunState, scope: str) -> list[SignOff]:
    """The signatures of a scope that count."""
    return [one for one in state.signoffs if one.scope == scope and not one.void and not one.refused]


def wrote(plan: Plan, rules: Policy, name: str) -> bool:
    """Whether this person wrote one of the commits between the running version and the candidate."""
    persons = rules.everybody.person(name)
    return any(persons & rules.everybody.person(f"{one.author} <{one.email}>") for one in plan.change.commits)


def independence(state: RunState, scope: str) -> tuple[str, str]:
    """Once all who must sign have: what they wait for, and what should be said; "" where there is nothing."""
    plan = state.plan
    if plan is None:
        return "", ""
    rules, given = policy(plan.parameters), counting(state, scope)
    asked = {
        item.role
        for item in plan.checklist.items
        if item.kind is Kind.SIGN_OFF
        and required(item, plan.level)
        and state.items[item.id].status is not Status.NOT_APPLICABLE
    }
    if rules.authors != "one" or not asked or not asked <= {one.role for one in given}:
        return "", ""
    if plan.change.unknown:
        return "", f"whether somebody signed who wrote none of the commits is not known: {plan.change.unknown}"
    if all(wrote(plan, rules, one.by) for one in given):
        signers = ", ".join(dict.fromkeys(one.by for one in given))
        return f"all who signed wrote some of the commits ({signers}): somebody who wrote none must sign", ""
    return "", ""
