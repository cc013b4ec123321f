"""What a signature says and what its event holds: the statement that is signed, and whether it still fits the run."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import rfc8785

from releasekit.errors import RefusedError
from releasekit.run import signing, sshkeys
from releasekit.run.events import Actor
from releasekit.run.log import Draft
from releasekit.run.people import SIGNED
from releasekit.run.replay import Fold
from releasekit.run.state import RunState


@dataclass(frozen=True, slots=True)
class Proof:
    """A person's SSH signature over a run's ``statement``, to be verified against ``allowed_signers``."""

    statement: bytes
    signature: str
    allowed_signers: Path


@dataclass(frozen=True, slots=True)
class Proven:
    """A proof that holds: who signed, and what the event keeps of it."""

    actor: Actor
    statement: Mapping[str, Any]
    data: Mapping[str, str]


def statement(fold: Fold, run: str, role: str, scope: str) -> bytes:
    """What a person signs with a key: role and scope, the log's size and head, a digest of all that is covered."""
    covered = sha256(rfc8785.dumps(fold.covering(scope))).hexdigest()
    said: dict[str, Any] = {
        "run": run,
        "role": role,
        "scope": scope,
        "size": fold.size,
        "head": fold.head,
        "covers": covered,
    }
    return rfc8785.dumps(said)


def prove(proof: Proof) -> Proven:
    """Verify a proof. Raises RefusedError when it does not hold, InputError without ssh-keygen."""
    signed = sshkeys.verify(proof.statement, proof.signature, proof.allowed_signers)
    try:
        said = json.loads(proof.statement)
    except ValueError as error:
        raise RefusedError("what was signed is no statement of releasekit") from error
    if not isinstance(said, dict):
        raise RefusedError("what was signed is no statement of releasekit")
    kept = sshkeys.as_data(proof.signature, proof.statement, signed)
    return Proven(Actor(signed.principal, SIGNED), said, kept)


def given(fold: Fold, state: RunState, actor: Actor, role: str, scope: str, proven: Proven | None) -> Draft:
    """The event of a signature. Raises RefusedError when the rules, or a proof, do not allow it."""
    signing.check_role(state, role)
    if state.size == 0 or state.plan is None:
        raise RefusedError("nothing was analysed yet: there is nothing to sign")
    signing.check_signature(state, actor, role, scope)
    data: dict[str, Any] = {
        "role": role,
        "scope": scope,
        "size": state.size,
        "head": state.head,
        "covers": fold.covering(scope),
    }
    if proven is not None:
        said = proven.statement
        covered = sha256(rfc8785.dumps(data["covers"])).hexdigest()
        if (said.get("run"), said.get("role"), said.get("scope")) != (state.run, role, scope):
            raise RefusedError("the signature is for another run, role or scope")
        if fold.head_at(said.get("size", 0)) != said.get("head"):
            raise RefusedError("the signature is over a log that this run does not have")
        if said.get("covers") != covered:
            raise RefusedError("what was signed has changed since: look at the run again, and sign that")
        data |= {"size": said["size"], "head": said["head"], "signature": dict(proven.data)}
    return Draft("signoff.given", data)
