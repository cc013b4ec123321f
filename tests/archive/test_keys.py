import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from releasekit.archive.attestation import EnvelopeError, pae, read, sign, signers
from releasekit.archive.keys import public_pem, signing_key, trusted_key
from releasekit.errors import InputError
from tests.archive.samples import signer


def test_the_pre_authentication_encoding_is_that_of_the_specification() -> None:
    # https://github.com/secure-systems-lab/dsse/blob/v1.0.2/protocol.md, with in-toto's type
    assert pae(b"hello world") == b"DSSEv1 28 application/vnd.in-toto+json 11 hello world"


@pytest.mark.parametrize("kind", ["ec", "ed25519"])
def test_a_key_signs_the_same_each_time_and_its_public_half_verifies(kind: str, tmp_path: Path) -> None:
    one, other = signer(tmp_path, "one", kind), signer(tmp_path, "other", kind)
    signature = one.signs.sign(b"message")
    assert signature == one.signs.sign(b"message")
    assert one.trusts.verifies(b"message", signature)
    assert not one.trusts.verifies(b"another", signature)
    assert not one.trusts.verifies(b"message", b"")
    assert not other.trusts.verifies(b"message", signature)
    assert one.signs.id == one.trusts.id
    assert public_pem(one.signs) == one.public.read_bytes()


def test_the_key_id_is_the_digest_of_the_public_key_as_openssl_writes_it(
    tmp_path: Path, require: Callable[[str], Path]
) -> None:
    one = signer(tmp_path, "one")
    der = subprocess.run(
        [require("openssl"), "pkey", "-pubin", "-in", one.public, "-outform", "DER"], capture_output=True, check=True
    )
    digest = subprocess.run([require("sha256sum")], input=der.stdout, capture_output=True, check=True)
    assert digest.stdout[:64].decode() == one.trusts.id


def test_a_key_comes_from_the_environment_or_with_a_passphrase(tmp_path: Path) -> None:
    one = signer(tmp_path, "one")
    assert signing_key("env:RELEASE_KEY", {"RELEASE_KEY": one.private.read_text()}).id == one.signs.id
    locked = tmp_path / "locked.pem"
    locked.write_bytes(
        one.signs.private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"words"))
    )
    assert signing_key(str(locked), {"RELEASEKIT_KEY_PASSWORD": "words"}).id == one.signs.id
    for environ, said in (({}, "is encrypted"), ({"RELEASEKIT_KEY_PASSWORD": "wrong"}, "passphrase is wrong")):
        with pytest.raises(InputError, match=said):
            signing_key(str(locked), environ)


@pytest.mark.parametrize("kind", ["ec", "ed25519"])
def test_a_key_in_der_is_the_same_key(kind: str, tmp_path: Path) -> None:
    one = signer(tmp_path, "one", kind)
    private, public, locked = tmp_path / "one.der", tmp_path / "one.pub.der", tmp_path / "locked.der"
    private.write_bytes(one.signs.private.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption()))
    public.write_bytes(one.trusts.public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo))
    locked.write_bytes(
        one.signs.private.private_bytes(Encoding.DER, PrivateFormat.PKCS8, BestAvailableEncryption(b"words"))
    )
    assert signing_key(str(private), {"RELEASEKIT_KEY_PASSWORD": "words"}).id == one.signs.id
    assert signing_key(str(locked), {"RELEASEKIT_KEY_PASSWORD": "words"}).id == one.signs.id
    assert trusted_key(public).id == one.trusts.id
    with pytest.raises(InputError, match="is encrypted"):
        signing_key(str(locked), {})
    with pytest.raises(InputError, match="passphrase is wrong"):
        signing_key(str(locked), {"RELEASEKIT_KEY_PASSWORD": "wrong"})
    with pytest.raises(InputError, match="no public key"):
        trusted_key(private)


def test_what_is_no_key_for_bundles_is_one_message(tmp_path: Path) -> None:
    weak = tmp_path / "rsa.pem"
    key = rsa.generate_private_key(65537, 2048)
    weak.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    (tmp_path / "text.pem").write_text("no key")
    for name, said in (("rsa.pem", "of this kind"), ("text.pem", "no private key"), ("none.pem", "cannot be read")):
        with pytest.raises(InputError, match=said):
            signing_key(str(tmp_path / name), {})
    with pytest.raises(InputError, match="no public key"):
        trusted_key(tmp_path / "text.pem")


def test_one_key_counts_once_and_a_wrong_hint_is_a_problem(tmp_path: Path) -> None:
    one, other = signer(tmp_path, "one"), signer(tmp_path, "other", "ed25519")
    twice = signers(read(sign(b"{}", [one.signs, one.signs])), [one.trusts, other.trusts])
    assert (twice.holding, len(twice.problems)) == (("one.pub",), 1)
    swapped = sign(b"{}", [one.signs]).replace(one.signs.id.encode(), other.signs.id.encode())
    assert signers(read(swapped), [one.trusts]).problems
    assert signers(read(swapped), [other.trusts]).problems
    assert signers(read(sign(b"{}", [other.signs])), [one.trusts]).unknown == (other.signs.id,)


@pytest.mark.parametrize(
    "change",
    [
        lambda line: line.replace(b'":"', b'": "', 1),
        lambda line: line + b"\n",
        lambda line: line.rstrip(b"\n"),
        lambda line: line.replace(b"in-toto", b"in-tata"),
        lambda line: line.replace(b'"payload"', b'"Payload"'),
        lambda line: line.replace(b"e30=", b"e31="),
        lambda line: b"{}\n",
        lambda line: b"\xff",
    ],
)
def test_an_envelope_is_read_only_as_it_was_written(change: Callable[[bytes], bytes], tmp_path: Path) -> None:
    line = sign(b"{}", [signer(tmp_path, "one").signs])
    assert read(line).payload == b"{}"
    with pytest.raises(EnvelopeError):
        read(change(line))
