"""Which addresses may be asked: a name is looked up once, each answer checked, and the checked one connected to.

Link-local addresses (where clouds keep credentials) and those that lead nowhere are always refused; this machine only
under a name of its own, so that no public name can be turned to it (DNS rebinding). Opens no connection.
"""

import ipaddress
import re
import socket
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

from releasekit.errors import SourceError

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Lookup = Callable[[str, int], tuple[str, ...]]
PORTS = {"http": 80, "https": 443}
_ODD = re.compile(r"(?:0x[0-9a-f]*|\d+)(?:\.(?:0x[0-9a-f]*|\d+))*\.?", re.IGNORECASE)
# where AWS answers over IPv6; the only such address that is not link-local
_METADATA = ipaddress.ip_network("fd00:ec2::/32")


@dataclass(frozen=True, slots=True)
class Target:
    """An address that may be asked: ``ip`` is the one to connect to, ``host`` the name for Host and SNI.

    ``url`` is without fragment; ``path`` with the query.
    """

    url: str
    scheme: str
    host: str
    port: int
    path: str
    ip: str

    @property
    def name(self) -> str:
        """Host, with the port where it is not the scheme's own: the Host header."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if PORTS.get(self.scheme) == self.port else f"{host}:{self.port}"


def lookup(host: str, port: int) -> tuple[str, ...]:
    """The addresses of a name, as this machine resolves it. Raises SourceError when it has none."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        why = getattr(error, "strerror", None) or "no such name"
        raise SourceError(f"its name cannot be resolved: {why}", host, "check the name and the network") from None
    return tuple(dict.fromkeys(str(answer[4][0]) for answer in found))


def target(url: str, resolve: Lookup = lookup) -> Target:
    """Check an address (http or https). Raises SourceError when it may not be asked, or has no address."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise SourceError("no address that can be asked", url[:200], "write it as https://host/path") from None
    if parts.scheme not in PORTS or not parts.hostname:
        raise SourceError("only http and https are asked", url[:200], "write it as https://host/path")
    if parts.username is not None or parts.password is not None:
        raise SourceError("an address with a user or a password", parts.hostname, "leave them out of the address")
    host = parts.hostname
    number = PORTS[parts.scheme] if port is None else port
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    clean = parts._replace(fragment="").geturl()
    return Target(clean, parts.scheme, host, number, path, checked(host, number, resolve))


def checked(host: str, port: int, resolve: Lookup = lookup) -> str:
    """The IP address to connect to. Raises SourceError when any address of the name may not be asked (A31, A33)."""
    literal = _literal(host)
    if literal is None and _ODD.fullmatch(host):
        raise SourceError("an address in a form that hides where it leads", host, "write it as four decimal numbers")
    found = (str(literal),) if literal else resolve(host, port)
    own = literal is not None or host == "localhost" or host.endswith(".localhost")
    for text in found:
        why = _refused(text, own)
        if why:
            raise SourceError(f"{why} ({text}), which is never asked", host, "name the service's own address")
    return found[0]


def _literal(host: str) -> Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


def _refused(text: str, own: bool) -> str:
    address = _literal(text.partition("%")[0])
    if address is None:
        return "no address"
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour
        address = inner or address
    if address.is_link_local or address in _METADATA:
        return "a link-local address"
    if address.is_unspecified or address.is_multicast or (address.is_reserved and not address.is_loopback):
        return "an address that leads nowhere"
    if address.is_loopback and not own:
        return "a name that leads back to this machine"
    return ""
