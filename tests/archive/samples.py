"""A small run that ended, with people, evidence files and an own notebook; its bundle; keys to sign it with."""

import json
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from releasekit.archive.bag import bagged
from releasekit.archive.keys import SigningKey, TrustedKey, signing_key, trusted_key
from releasekit.archive.layout import Bundle
from releasekit.archive.make import Sources
from releasekit.run.run import Run
from tests.run.samples import BOB, BROKEN, CERTIFICATES, UAT, Clock, begin_in, found

JUNIT = b'<testsuite name="unit" tests="1"><testcase name="one"/></testsuite>\n'


@dataclass(frozen=True, slots=True)
class Ended:
    """A closed run and where its parts are."""

    run: Run
    sources: Sources


@dataclass(frozen=True, slots=True)
class Signer:
    """One key's files, and the key as both sides read it."""

    private: Path
    public: Path
    signs: SigningKey
    trusts: TrustedKey


def ended(folder: Path, outcome: str = "deployed", **environ: str) -> Ended:
    """A run that people worked on and closed, with a report of its tests beside it."""
    clock = Clock()
    run = begin_in(folder / "store", clock)
    base = folder / "parameters"
    base.mkdir(parents=True)
    (base / "junit.xml").write_bytes(JUNIT)
    run.add_evidence(replace(found(), source="junit.xml", sha256=sha256(JUNIT).hexdigest()))
    run.tick(UAT, note="accepted by the shop team", link="https://example.com/minutes")
    run.exclude([CERTIFICATES], "the load balancer has them")
    run.clear(BROKEN)
    clock.move(minutes=5)
    run.sign("technical_lead")
    Run(run.store, run.run_id, BOB, clock).sign("release_manager")
    run.enter("deploy", override="the window is short")
    clock.move(minutes=90)
    run.close(outcome, "as planned")
    record = folder / "record"
    record.mkdir()
    cell = {"cell_type": "markdown", "id": "mine", "metadata": {}, "source": "My own words."}
    own = {"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    (record / "walkthrough.ipynb").write_text(json.dumps(own))
    return Ended(run, Sources({**os.environ, **environ}, base, record))


def signer(folder: Path, name: str, kind: str = "ec") -> Signer:
    """A new key of one kind, its halves in files."""
    key = ed25519.Ed25519PrivateKey.generate() if kind == "ed25519" else ec.generate_private_key(ec.SECP256R1())
    private, public = folder / f"{name}.pem", folder / f"{name}.pub"
    private.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    public.write_bytes(key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    return Signer(private, public, signing_key(str(private), {}), trusted_key(public))


def with_files(bundle: Bundle, files: Mapping[str, bytes | None]) -> Bundle:
    """The bundle with some files replaced, added, or taken out (None)."""
    whole: dict[str, bytes | None] = {**bundle.files, **files}
    return Bundle(bundle.name, {path: data for path, data in whole.items() if data is not None})


def rebuilt(bundle: Bundle) -> Bundle:
    """The bundle with manifests that fit what is in it now, as somebody would make them who covers a change."""
    info = [
        (name, value)
        for line in bundle.files["bag-info.txt"].decode().splitlines()
        for name, _, value in [line.partition(": ")]
        if name != "Payload-Oxum"
    ]
    payload = {path: data for path, data in bundle.files.items() if path.startswith("data/")}
    others = {path: data for path, data in bundle.files.items() if path.startswith("attestations/")}
    return Bundle(bundle.name, {**bagged(payload, info), **others})


def edited(data: bytes, change: Callable[[dict[str, Any]], None]) -> bytes:
    """JSON with a change."""
    said = json.loads(data)
    change(said)
    return json.dumps(said, indent=1, ensure_ascii=False).encode() + b"\n"


def laid_out(bundle: Bundle, folder: Path) -> Path:
    """The bundle's files in a folder of its name."""
    for path, data in bundle.files.items():
        file = folder / bundle.name / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)
    return folder / bundle.name
