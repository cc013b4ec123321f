"""Keys that bundles are signed with, ECDSA P-256 and Ed25519: read from PEM or DER, never kept. Knows no bundle."""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from releasekit.errors import InputError
from releasekit.parameters.values import KEY_PASSWORD, is_reference, resolve

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey, EllipticCurvePublicKey
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

_LARGEST = 64 << 10
_KINDS = "ECDSA on P-256 (openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256) or Ed25519"


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A private key; ``id`` is the SHA-256 of its public half (SubjectPublicKeyInfo, DER)."""

    id: str
    private: "EllipticCurvePrivateKey | Ed25519PrivateKey"

    def sign(self, message: bytes) -> bytes:
        """The signature: of ECDSA in ASN.1 over SHA-256, the same each time (RFC 6979)."""
        from cryptography.hazmat.primitives import hashes
        from cryptography.hazmat.primitives.asymmetric import ec

        if isinstance(self.private, ec.EllipticCurvePrivateKey):
            return self.private.sign(message, ec.ECDSA(hashes.SHA256(), deterministic_signing=True))
        return self.private.sign(message)


@dataclass(frozen=True, slots=True)
class TrustedKey:
    """A public key that the verifier trusts; ``name`` is the file it came from."""

    id: str
    name: str
    public: "EllipticCurvePublicKey | Ed25519PublicKey"

    def verifies(self, message: bytes, signature: bytes) -> bool:
        """Whether the signature over the message is this key's."""
        from cryptography.exceptions import InvalidSignature
        from cryptography.hazmat.primitives import hashes
        from cryptography.hazmat.primitives.asymmetric import ec

        try:
            if isinstance(self.public, ec.EllipticCurvePublicKey):
                self.public.verify(signature, message, ec.ECDSA(hashes.SHA256()))
            else:
                self.public.verify(signature, message)
        except InvalidSignature:
            return False
        return True


def signing_key(named: str, environ: Mapping[str, str]) -> SigningKey:
    """The private key in a file (PEM, or PKCS#8 in DER), or in the environment variable that ``env:NAME`` names.

    A passphrase comes from RELEASEKIT_KEY_PASSWORD. Raises InputError; no message repeats what a key holds.
    """
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric import ec, ed25519

    raw = resolve(named, environ).encode() if is_reference(named) else _read(Path(named))
    password = environ.get(KEY_PASSWORD, "").encode() or None
    try:
        key = _private(raw, password)
    except TypeError:
        raise InputError("the key is encrypted", named, f"set {KEY_PASSWORD} to its passphrase") from None
    except (ValueError, UnsupportedAlgorithm):
        raise InputError("this is no private key in PEM or DER, or the passphrase is wrong", named, _KINDS) from None
    right = isinstance(key, ed25519.Ed25519PrivateKey) or (
        isinstance(key, ec.EllipticCurvePrivateKey) and isinstance(key.curve, ec.SECP256R1)
    )
    if not right:
        raise InputError("bundles are not signed with keys of this kind", named, f"make one: {_KINDS}")
    assert isinstance(key, ed25519.Ed25519PrivateKey | ec.EllipticCurvePrivateKey)  # noqa: S101 - for mypy: tested above
    return SigningKey(_id(key.public_key()), key)


def _private(raw: bytes, password: bytes | None) -> Any:
    from cryptography.hazmat.primitives.serialization import load_der_private_key, load_pem_private_key

    if b"-----BEGIN" in raw:
        return load_pem_private_key(raw, password if b"ENCRYPTED" in raw else None)
    try:
        return load_der_private_key(raw, None)
    except TypeError:  # it is encrypted
        return load_der_private_key(raw, password)


def trusted_key(path: Path) -> TrustedKey:
    """The public key in a file, PEM or DER. Raises InputError."""
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric import ec, ed25519
    from cryptography.hazmat.primitives.serialization import load_der_public_key, load_pem_public_key

    raw = _read(path)
    if b"PRIVATE KEY" in raw:
        raise InputError("this is a private key", str(path), "verifying needs the public one: openssl pkey -pubout")
    try:
        key = load_pem_public_key(raw) if b"-----BEGIN" in raw else load_der_public_key(raw)
    except (ValueError, UnsupportedAlgorithm):
        raise InputError("this is no public key in PEM or DER", str(path), "openssl pkey -in KEY -pubout") from None
    if isinstance(key, ed25519.Ed25519PublicKey) or (
        isinstance(key, ec.EllipticCurvePublicKey) and isinstance(key.curve, ec.SECP256R1)
    ):
        return TrustedKey(_id(key), path.name, key)
    raise InputError("bundles are not signed with keys of this kind", str(path), _KINDS)


def public_pem(key: SigningKey) -> bytes:
    """The public half, to give to those who verify."""
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    return key.private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def _id(key: "EllipticCurvePublicKey | Ed25519PublicKey") -> str:
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    return sha256(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).hexdigest()


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            raw = file.read(_LARGEST + 1)
    except OSError as error:
        raise InputError(f"the key cannot be read: {error.strerror}", str(path)) from None
    if len(raw) > _LARGEST:
        raise InputError("this is too large for a key", str(path))
    return raw
