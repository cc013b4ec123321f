"""The certificate that a host shows, by a handshake: does it hold, whom does it name, until when. Judges nothing."""

import socket
import ssl
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256

from releasekit.errors import SourceError
from releasekit.sources.addresses import Lookup, checked, lookup

TIMEOUT = 10.0


@dataclass(frozen=True, slots=True)
class Certificate:
    """What a host showed. ``wrong`` says why the chain or the name does not hold ("" when it does).

    ``start`` and ``end`` bound the certificate's life (None when it did not hold); ``sha256`` is of its DER bytes.
    """

    host: str
    port: int
    wrong: str = ""
    names: tuple[str, ...] = ()
    issuer: str = ""
    start: datetime | None = None
    end: datetime | None = None
    sha256: str = ""


def shown(host: str, port: int = 443, timeout: float = TIMEOUT, resolve: Lookup = lookup) -> Certificate:
    """Shake hands as a browser would: this machine's trusted roots, the host's name, TLS 1.2 at least.

    Raises SourceError when nobody answers or does not speak TLS; a certificate that does not hold is an answer.
    """
    where = f"{host}:{port}"
    ip = checked(host, port, resolve)
    context = ssl.create_default_context()
    try:
        with (
            socket.create_connection((ip, port), timeout=timeout) as plain,
            context.wrap_socket(plain, server_hostname=host) as secure,
        ):
            return _read(secure, host, port)
    except ssl.SSLCertVerificationError as error:
        return Certificate(host, port, wrong=_wrong(error))
    except TimeoutError:
        raise SourceError(f"no handshake within {timeout:g} s", where, "see whether the host answers") from None
    except (ssl.SSLError, OSError) as error:
        why = getattr(error, "reason", None) or getattr(error, "strerror", None) or type(error).__name__
        raise SourceError(f"no TLS handshake: {why}", where, "see whether the host answers") from None


def _read(secure: ssl.SSLSocket, host: str, port: int) -> Certificate:
    found = secure.getpeercert() or {}
    raw = secure.getpeercert(binary_form=True) or b""
    names = tuple(str(name) for _, name in _pairs(found.get("subjectAltName")))
    issuer = {str(key): str(value) for part in _parts(found.get("issuer")) for key, value in _pairs(part)}
    return Certificate(
        host,
        port,
        "",
        names,
        issuer.get("organizationName") or issuer.get("commonName", ""),
        _time(found.get("notBefore")),
        _time(found.get("notAfter")),
        sha256(raw).hexdigest(),
    )


def _parts(value: object) -> tuple[object, ...]:
    return value if isinstance(value, tuple) else ()


def _pairs(value: object) -> tuple[tuple[object, object], ...]:
    return tuple((pair[0], pair[1]) for pair in _parts(value) if isinstance(pair, tuple) and len(pair) == 2)


def _time(value: object) -> datetime | None:
    return datetime.fromtimestamp(ssl.cert_time_to_seconds(value), UTC) if isinstance(value, str) else None


def _wrong(error: ssl.SSLCertVerificationError) -> str:
    """OpenSSL's reason (X509_V_ERR_*), in words that say what to mend."""
    known = {
        9: "the certificate is not yet valid",
        10: "the certificate has expired",
        18: "the certificate is signed by itself",
        19: "the chain ends in a certificate that is not trusted here",
        20: "the issuer is not known here: an intermediate certificate is missing, or the root is not trusted",
        21: "the first certificate cannot be verified: an intermediate certificate is missing",
        62: "the certificate is for another name",
    }
    return known.get(error.verify_code, error.verify_message or "the certificate does not hold")
