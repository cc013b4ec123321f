"""Signatures with people's SSH keys, by ``ssh-keygen -Y`` (OpenSSH 8.2 and newer). Knows no rule of who may sign."""

import re
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from releasekit.errors import InputError, RefusedError

# A signature for one purpose is none for another: https://www.agwa.name/blog/post/ssh_signatures
NAMESPACE = "releasekit-signoff"
_SECONDS = 60
_GOOD = re.compile(r'Good "[^"]*" signature for (?P<who>.*) with \S+ key (?P<key>SHA256:\S+)')


@dataclass(frozen=True, slots=True)
class Signed:
    """Whose signature it is, by ``allowed_signers``, and the key's fingerprint."""

    principal: str
    fingerprint: str


def sign(statement: bytes, key: Path, program: str = "ssh-keygen") -> str:
    """The signature (armored text) over a statement. ``key`` is a private key, or a public one that an agent holds.

    Asks for a passphrase on the terminal where the key has one. Raises InputError.
    """
    done = _run([program, "-Y", "sign", "-q", "-f", str(key), "-n", NAMESPACE], statement)
    if done.returncode != 0:
        raise InputError(f"ssh-keygen could not sign: {_said(done)}", str(key))
    return done.stdout.decode()


def verify(statement: bytes, signature: str, allowed_signers: Path, program: str = "ssh-keygen") -> Signed:
    """Whose signature over the statement this is. Raises RefusedError when nobody's in ``allowed_signers``."""
    if not allowed_signers.is_file():
        raise InputError("the file of allowed signers is not there", str(allowed_signers), "see ssh-keygen(1)")
    with tempfile.NamedTemporaryFile("w", suffix=".sig", encoding="utf-8") as file:
        file.write(signature)
        file.flush()
        common = ["-s", file.name, "-f", str(allowed_signers)]
        found = _run([program, "-Y", "find-principals", *common], b"")
        who = found.stdout.decode(errors="replace").strip().partition("\n")[0]
        if found.returncode != 0 or not who:
            raise RefusedError("the signature is of no key that is allowed to sign", str(allowed_signers))
        # a key may stand for several principals, separated by commas: the first is the person
        who = who.partition(",")[0]
        done = _run([program, "-Y", "verify", *common, "-I", who, "-n", NAMESPACE], statement)
    good = _GOOD.search(done.stdout.decode(errors="replace"))
    if done.returncode != 0 or good is None:
        raise RefusedError(f"the signature of {who} does not fit what is signed: {_said(done)}")
    return Signed(who, good["key"])


def _run(command: Sequence[str], given: bytes) -> "subprocess.CompletedProcess[bytes]":
    try:
        return subprocess.run(command, input=given, capture_output=True, check=False, timeout=_SECONDS)
    except FileNotFoundError as error:
        raise InputError("ssh-keygen is not installed", do="install OpenSSH's client") from error
    except subprocess.TimeoutExpired as error:
        raise InputError(f"ssh-keygen did not end within {_SECONDS} s") from error


def _said(done: "subprocess.CompletedProcess[bytes]") -> str:
    text = (done.stderr or done.stdout).decode(errors="replace").strip()
    return text.splitlines()[-1] if text else f"exit status {done.returncode}"


def as_data(signature: str, statement: bytes, signed: Signed) -> Mapping[str, str]:
    """What an event keeps, so that anybody can verify it again with a file of signers of their own."""
    return {
        "text": signature,
        "statement": statement.decode(),
        "principal": signed.principal,
        "fingerprint": signed.fingerprint,
    }
