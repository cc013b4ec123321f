"""Whether a bundle is what it was: what holds, what does not, what nothing vouches for. Asks nobody.

A check is *broken* when something was changed, is missing or contradicts; *not covered* when nobody who looks can know.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from typing import Any

import rfc8785

from releasekit.archive import attestation, bag, layout
from releasekit.archive.about import predicate as expected_of
from releasekit.archive.about import released
from releasekit.archive.agreement import Agreement, agreement, rendering
from releasekit.archive.attestation import EnvelopeError
from releasekit.archive.evidence import index_problems
from releasekit.archive.keys import TrustedKey
from releasekit.archive.layout import Bundle, paths_problems
from releasekit.errors import StoreError
from releasekit.run.checkpoints import broken as broken_in
from releasekit.run.events import CLOSED, OPENED, Event, canonical, parse
from releasekit.run.replay import replay
from releasekit.run.state import RunState


class Holds(StrEnum):
    """What became of a check."""

    YES = "holds"
    NO = "broken"
    UNCOVERED = "not covered"


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at, and in sentences what was seen."""

    about: str
    holds: Holds
    sentences: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """All checks of one bundle, in the order in which they build upon each other; ``run`` is what run.json says."""

    bundle: str
    run: Mapping[str, Any]
    checks: tuple[Check, ...]

    @property
    def intact(self) -> bool:
        """Whether nothing is broken. A bundle nobody signed can be intact: see ``signed``."""
        return all(check.holds is not Holds.NO for check in self.checks)

    @property
    def said(self) -> str:
        """The whole in one sentence."""
        broken = [check.about for check in self.checks if check.holds is Holds.NO]
        if broken:
            return f"BROKEN: {', '.join(broken)}"
        if self.signed:
            return "whole, and signed by the given keys"
        unsigned = any("unsigned" in one for check in self.checks for one in check.sentences)
        return "whole, and unsigned" if unsigned else "whole; who signed it was not checked"

    @property
    def signed(self) -> bool:
        """Whether a key that the verifier gave has signed it, and nothing is broken."""
        return self.intact and any(check.about == "signatures" and check.holds is Holds.YES for check in self.checks)


_BEYOND = "beyond"
_REPLACEABLE = "with no signature that was checked, these may have been replaced without contradicting the log"
_UNREADABLE = (KeyError, TypeError, ValueError, AttributeError, RecursionError)


class _WrongError(Exception):
    """What is wrong, as a sentence."""


def verify(bundle: Bundle, keys: Sequence[TrustedKey] = ()) -> Report:
    """Look at all of a bundle. ``keys`` are those that must have signed it, each of them."""
    files, known = bundle.files, bag.digests(bundle.files)
    run = _data(files, layout.RUN)
    events, state, log = _log(files, run)
    found, contents = _agreement(files, events, state)
    checks = [
        _check("packing", (*bundle.problems, *(() if bundle.problems else paths_problems(files))), "as it was packed"),
        _check("files", bag.problems(files, known), f"{len(files)} files, each with its digest in a manifest"),
        _check("parts", _parts(bundle, run), "all parts of a bundle are there"),
        log,
        contents,
        _check("evidence", index_problems(_data(files, layout.EVIDENCE), known), _kept(files)),
    ]
    signatures = _signatures(files, keys, state)
    checks += [*_beyond(files, found, [*checks, signatures]), signatures, *_uncovered(files)]
    return Report(bundle.name, run if isinstance(run, dict) else {}, tuple(checks))


def _agreement(
    files: Mapping[str, bytes], events: Sequence[Event], state: RunState | None
) -> tuple[Agreement | None, Check]:
    if state is None:
        return None, Check("contents", Holds.NO, ("the log cannot be read, so nothing can be held against it",))
    try:
        found = agreement(files, events, state)
    except _UNREADABLE as error:
        return None, Check("contents", Holds.NO, (_unreadable(error),))
    return found, _check("contents", found.wrong, "run, inputs, checklist, notebook and evidence say what the log says")


def _unreadable(error: Exception) -> str:
    return f"it cannot be read ({type(error).__name__}): it was not written by releasekit"


def _check(about: str, problems: Iterable[str], otherwise: str) -> Check:
    try:
        found = tuple(problems)
    except _UNREADABLE as error:
        found = (_unreadable(error),)
    return Check(about, Holds.NO, found) if found else Check(about, Holds.YES, (otherwise,))


def _data(files: Mapping[str, bytes], path: str) -> Any:
    try:
        return json.loads(files.get(path, b""))
    except (ValueError, RecursionError):
        return None


def _parts(bundle: Bundle, run: Any) -> Iterator[str]:
    yield from (f"{path} is missing" for path in layout.REQUIRED if path not in bundle.files)
    if not isinstance(run, dict) or run.get("schema") != layout.SCHEMA:
        said = run.get("schema") if isinstance(run, dict) else None
        yield f"{layout.RUN} has the schema {said!r}; this releasekit reads {layout.SCHEMA}"
        return
    name = layout.bundle_name(run["service"], run["version"], run["environment"], run["run"])
    said = bag.info(bundle.files.get(layout.INFO, b"")).get("External-Identifier")
    if said != name:
        yield f"{layout.INFO} names the bundle {said!r}, and its run is {name!r}"
    if bundle.name != name:
        yield f"the folder is called {bundle.name!r}, and the bundle {name!r}"


def _log(files: Mapping[str, bytes], run: Any) -> tuple[list[Event], RunState | None, Check]:
    lines = files.get(layout.EVENTS, b"").split(b"\n")
    events: list[Event] = []
    try:
        if lines.pop() or not lines:
            raise _WrongError("the log is empty, or cut within a line")
        for number, line in enumerate(lines, 1):
            event = parse(line)
            if event.v == json.loads(line)["v"] and canonical(event) != line:
                raise _WrongError(f"event {number} is not written as it was: its bytes were changed")
            events.append(event)
        if found := broken_in(events):
            raise _WrongError("; ".join(found))
        if len({event.run for event in events}) != 1 or events[0].kind != OPENED:
            raise _WrongError("the log does not begin with the opening of one run, or mixes runs")
        state = replay(events)
        if events[-1].kind != CLOSED:
            raise _WrongError("the log does not end with the close of the run: its end is missing")
        said = run["log"] if isinstance(run, dict) else {}
        if (said.get("size"), said.get("head")) != (state.size, state.head):
            raise _WrongError(f"{layout.RUN} names another end of the log than it has: {said.get('size')} events")
    except (_WrongError, StoreError, KeyError, TypeError, AttributeError, ValueError) as error:
        said = str(error) if isinstance(error, _WrongError | StoreError) else f"it cannot be read ({error})"
        return [], None, Check("log", Holds.NO, (said,))
    sentence = f"{state.size} events in one chain, up to the close of the run at {state.closed_at}"
    notices = tuple(notice for notice in state.notices)
    return events, state, Check("log", Holds.YES, (sentence, *notices))


def _beyond(files: Mapping[str, bytes], found: Agreement | None, checks: Sequence[Check]) -> Iterator[Check]:
    """What the log vouches for no more, and no signature does: what could be replaced without contradicting it."""
    if found is None or any(check.holds is Holds.NO for check in checks) or checks[-1].holds is Holds.YES:
        return
    try:
        shown = tuple(rendering(files))
    except _UNREADABLE as error:
        yield Check(_BEYOND, Holds.NO, (f"{layout.NOTEBOOK}: {_unreadable(error)}",))
        return
    if found.other or (found.same and shown):
        yield Check(_BEYOND, Holds.NO, (*found.other, *(shown if found.same else ())))
        return
    other = (f"{one}, as this version of releasekit would write it" for one in shown)
    yield Check(_BEYOND, Holds.UNCOVERED, (_REPLACEABLE, *found.beyond, *other))


def _kept(files: Mapping[str, bytes]) -> str:
    index = _data(files, layout.EVIDENCE)
    listed = [index.get(name) for name in ("files", "not_kept")] if isinstance(index, dict) else [None, None]
    kept, missing = (len(one) if isinstance(one, list) else 0 for one in listed)
    return f"{kept} evidence files are those that were judged; of {missing} judgements only the sentence was kept"


def _signatures(files: Mapping[str, bytes], keys: Sequence[TrustedKey], state: RunState | None) -> Check:
    raw = files.get(layout.ENVELOPE)
    if raw is None:
        if keys or any(path.startswith(layout.ATTESTATIONS) for path in files):
            return Check("signatures", Holds.NO, (f"{layout.ENVELOPE} is missing: nobody signed this bundle",))
        return Check(
            "signatures",
            Holds.UNCOVERED,
            ("this bundle is unsigned: it is whole, but nothing shows who made it, or that nobody replaced all of it",),
        )
    try:
        return _signed(files, raw, keys, state)
    except EnvelopeError as error:
        return Check("signatures", Holds.NO, (f"{layout.ENVELOPE} {error}",))
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        return Check("signatures", Holds.NO, (f"what is signed cannot be held against the bundle ({error})",))


def _signed(files: Mapping[str, bytes], raw: bytes, keys: Sequence[TrustedKey], state: RunState | None) -> Check:
    envelope = attestation.read(raw)
    who = attestation.signers(envelope, keys)
    problems = [f"{layout.ENVELOPE} {problem}" for problem in who.problems]
    problems += [f"{key.name} did not sign this bundle" for key in keys if key.name not in who.holding]
    problems += _about(files, envelope.payload, state, layout.PREDICATE)
    summary = files.get(layout.SUMMARY)
    if summary is None:
        problems.append(f"{layout.SUMMARY} is missing")
    else:
        second = attestation.read(summary)
        if [keyid for keyid, _ in second.signatures] != [keyid for keyid, _ in envelope.signatures]:
            problems.append(f"{layout.SUMMARY} has other signatures")
        again = attestation.signers(second, keys)
        problems += [f"{layout.SUMMARY} {problem}" for problem in again.problems]
        problems += [f"{key.name} did not sign {layout.SUMMARY}" for key in keys if key.name not in again.holding]
        problems += _about(files, second.payload, None, attestation.SVR)
    if problems:
        return Check("signatures", Holds.NO, tuple(problems))
    unknown = tuple(f"a signature by the key {keyid}, of which nothing is known here" for keyid in who.unknown)
    if not who.holding:
        return Check(
            "signatures", Holds.UNCOVERED, (*unknown, "give the signers' public keys with --key to check them")
        )
    return Check("signatures", Holds.YES, (f"signed by {', '.join(who.holding)}", *unknown))


def _about(files: Mapping[str, bytes], payload: bytes, state: RunState | None, kind: str) -> Iterator[str]:
    """Whether a statement is about these files and this log (A63)."""
    subjects, predicate = attestation.predicate_of(payload, kind)
    for name in (layout.MANIFEST, layout.INFO):
        if subjects.get(name) != sha256(files.get(name, b"")).hexdigest():
            yield f"the signature is over another {name} than the one that is here"
    if state is None or kind != layout.PREDICATE:
        return
    known = {name: digest for name, (_, digest) in released(state).items()}
    for name, digest in subjects.items():
        if name not in (layout.MANIFEST, layout.INFO) and known.get(name) != digest:
            yield f"the signature names another {name} than the log"
    expected = expected_of(_data(files, layout.RUN), state.parameters_hash)
    for name, value in expected.items():
        if predicate.get(name) != value:
            yield f"the signature says another {name} than the bundle"
    if rfc8785.dumps(json.loads(payload)) != payload:
        yield "the signed statement is not written as releasekit writes it"


def _uncovered(files: Mapping[str, bytes]) -> Iterator[Check]:
    others = sorted(
        path for path in files if path.startswith(layout.ATTESTATIONS) and path not in (layout.ENVELOPE, layout.SUMMARY)
    )
    if others:
        yield Check("other files", Holds.UNCOVERED, tuple(f"{path} was not looked into" for path in others))
