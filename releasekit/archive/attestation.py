"""What a signature over a bundle says and how it is written: an in-toto Statement v1 in a DSSE envelope. Reads no file.

Formats: https://github.com/in-toto/attestation/blob/main/spec/v1/statement.md,
https://github.com/secure-systems-lab/dsse/blob/v1.0.2/protocol.md, and for the summary
https://github.com/in-toto/attestation/blob/main/spec/predicates/svr.md. What is signed are the exact bytes of the
statement, so no reader needs to make them canonical; ours are RFC 8785 all the same, and so is the envelope.
"""

import base64
import binascii
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

import rfc8785

from releasekit.archive.keys import SigningKey, TrustedKey
from releasekit.archive.layout import INFO, MANIFEST, PREDICATE

STATEMENT = "https://in-toto.io/Statement/v1"
SVR = "https://in-toto.io/attestation/svr/v0.2"
PAYLOAD = "application/vnd.in-toto+json"


Digest = tuple[str, str]


class EnvelopeError(Exception):
    """An envelope or its statement is not as releasekit writes them; the text says why."""


@dataclass(frozen=True, slots=True)
class Envelope:
    """An envelope as read: the exact bytes of the statement, and (key id, signature) pairs."""

    payload: bytes
    signatures: tuple[tuple[str, bytes], ...]


@dataclass(frozen=True, slots=True)
class Signers:
    """Whose signatures hold: names of trusted keys; key ids of signatures that none of them made; what is wrong."""

    holding: tuple[str, ...]
    unknown: tuple[str, ...]
    problems: tuple[str, ...]


def statement(
    tags: Mapping[str, bytes], predicate: Mapping[str, Any], released: Mapping[str, Digest], kind: str = PREDICATE
) -> bytes:
    """The statement about a bag: ``tags`` are the files that its manifests are in, ``released`` what the run released.

    The latter by name, with the kind of its digest and the digest: the source's commit, images.
    """
    subject: list[dict[str, Any]] = [
        {"name": name, "digest": {"sha256": sha256(tags[name]).hexdigest()}} for name in (MANIFEST, INFO)
    ]
    subject += [{"name": name, "digest": {algorithm: digest}} for name, (algorithm, digest) in released.items()]
    return rfc8785.dumps({"_type": STATEMENT, "subject": subject, "predicateType": kind, "predicate": dict(predicate)})


def summary(run: Mapping[str, Any], people: int) -> dict[str, Any]:
    """The predicate of a Simple Verification Result (v0.2), for policy engines that know nothing of releases."""
    properties = [f"RELEASEKIT_RESULT_{run['result']}"]
    properties += ["RELEASEKIT_TWO_PERSON_APPROVAL"] if people >= 2 else []
    return {
        "verifier": {"id": "urn:releasekit", "version": {"releasekit": run["tool"]}},
        "timeCreated": run["closed_at"],
        "properties": properties,
    }


def pae(payload: bytes) -> bytes:
    """What is signed: DSSE's pre-authentication encoding of the payload and its type."""
    return b"DSSEv1 %d %s %d %s" % (len(PAYLOAD), PAYLOAD.encode(), len(payload), payload)


def sign(payload: bytes, keys: Iterable[SigningKey]) -> bytes:
    """The envelope with a signature of each key, as one line."""
    message = pae(payload)
    return _line(payload, [(key.id, key.sign(message)) for key in keys])


def signed_too(line: bytes, keys: Iterable[SigningKey]) -> bytes:
    """An envelope with a signature of each key after those that it has. Raises EnvelopeError."""
    envelope = read(line)
    message = pae(envelope.payload)
    return _line(envelope.payload, [*envelope.signatures, *((key.id, key.sign(message)) for key in keys)])


def _line(payload: bytes, made: Iterable[tuple[str, bytes]]) -> bytes:
    signatures = [{"keyid": keyid, "sig": base64.b64encode(signature).decode()} for keyid, signature in made]
    whole: dict[str, Any] = {
        "payload": base64.b64encode(payload).decode(),
        "payloadType": PAYLOAD,
        "signatures": signatures,
    }
    return rfc8785.dumps(whole) + b"\n"


def read(line: bytes) -> Envelope:
    """An envelope of one line. Raises EnvelopeError for any other bytes than ``sign`` would write."""
    try:
        data = json.loads(line)
        kind, payload, listed = data["payloadType"], _decoded(data["payload"]), data["signatures"]
        signatures = tuple((str(one["keyid"]), _decoded(one["sig"])) for one in listed)
        again = rfc8785.dumps(data) + b"\n"
    except (ValueError, KeyError, TypeError, RecursionError, rfc8785.CanonicalizationError) as error:
        raise EnvelopeError("is no DSSE envelope") from error
    if kind != PAYLOAD:
        raise EnvelopeError(f"has the payload type {kind!r}, not {PAYLOAD}")
    if again != line or set(data) != {"payload", "payloadType", "signatures"}:
        raise EnvelopeError("is not written as it was signed: its bytes were changed")
    if any(set(one) != {"keyid", "sig"} for one in listed) or not listed:
        raise EnvelopeError("has no signatures, or more than a key id and a signature in one")
    return Envelope(payload, signatures)


def _decoded(text: object) -> bytes:
    if not isinstance(text, str):
        raise TypeError("not a text")
    raw = base64.b64decode(text, validate=True)
    if base64.b64encode(raw).decode() != text:  # the unused bits of the last digit
        raise binascii.Error("not the one spelling in base64")
    return raw


def predicate_of(payload: bytes, kind: str = PREDICATE) -> tuple[Mapping[str, str], Mapping[str, Any]]:
    """The subjects' digests by name, and the predicate, of a payload whose signatures were verified before.

    Raises EnvelopeError for a statement of another type.
    """
    try:
        data = json.loads(payload)
        subjects = {one["name"]: str(next(iter(one["digest"].values()))) for one in data["subject"]}
        said, predicate = (data["_type"], data["predicateType"]), data["predicate"]
    except (ValueError, KeyError, TypeError, AttributeError, StopIteration, RecursionError) as error:
        raise EnvelopeError("holds no statement") from error
    if said != (STATEMENT, kind):
        raise EnvelopeError(f"holds a statement of another type: {said[1]!r}")
    if not isinstance(predicate, dict):
        raise EnvelopeError("holds a statement that says nothing")
    return subjects, predicate


def signers(envelope: Envelope, keys: Sequence[TrustedKey]) -> Signers:
    """Whose signatures an envelope has. A key counts once; a key id is a hint, and a wrong one a problem (A62)."""
    message = pae(envelope.payload)
    holding: dict[str, str] = {}
    unknown, problems = [], []
    for keyid, signature in envelope.signatures:
        found = next((key for key in keys if key.verifies(message, signature)), None)
        if found is None:
            if any(key.id == keyid for key in keys):
                problems.append(f"names the key {keyid[:8]} for a signature that this key did not make")
            else:
                unknown.append(keyid)
        elif found.id != keyid:
            problems.append(f"names the key {keyid[:8]!r} for a signature that {found.name} made")
        elif found.id in holding:
            problems.append(f"has two signatures by one key, {found.name}: they count once")
        else:
            holding[found.id] = found.name
    return Signers(tuple(holding.values()), tuple(unknown), tuple(problems))
