"""Asks an HTTP address once: no redirect, no proxy, no cookies, LIMIT bytes, one deadline for all. Judges nothing."""

import json
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from threading import Timer
from time import monotonic
from typing import Any, Literal

from releasekit.errors import SourceError
from releasekit.sources.addresses import Lookup, Target, lookup, target
from releasekit.sources.reading import note

LIMIT = 1 << 20
DEADLINE = 10.0
_AGENT = "releasekit"


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: status, headers (names in lower case), the body, how long it took in seconds."""

    url: str
    status: int
    headers: Mapping[str, str]
    body: bytes
    seconds: float

    @property
    def text(self) -> str:
        """The body as text; what is no UTF-8 is replaced."""
        return self.body.decode("utf-8", "replace")

    @property
    def sha256(self) -> str:
        return sha256(self.body).hexdigest()

    def json(self) -> object:
        """The body as JSON. Raises SourceError when it is none."""
        try:
            found: object = json.loads(self.body)
        except (ValueError, RecursionError):
            raise SourceError(
                f"HTTP {self.status} with a body that is no JSON", self.url, "check the address"
            ) from None
        return found


def get(
    url: str,
    *,
    method: Literal["GET", "HEAD"] = "GET",
    query: Mapping[str, str] | None = None,
    headers: Mapping[str, str] | None = None,
    deadline: float = DEADLINE,
    resolve: Lookup = lookup,
) -> Answer:
    """GET an address (HEAD: without body) within ``deadline`` seconds in all, however slowly it answers (A32 to A34).

    Raises SourceError when the address may not be asked, nobody answers, or the answer is too large or too slow.
    """
    import httpx2

    where = target(url, resolve)
    if query:
        where = target(str(httpx2.URL(where.url, params=dict(query))), resolve)
    started = monotonic()
    clock = _Clock(deadline)
    named = {"Host": where.name, "Accept-Encoding": "identity", "User-Agent": _AGENT, **(headers or {})}
    extensions: dict[str, Any] = {"sni_hostname": where.host, "trace": clock.trace}
    try:
        with (
            clock,
            httpx2.Client(
                timeout=deadline, follow_redirects=False, trust_env=False, verify=ssl.create_default_context()
            ) as client,
            client.stream(method, _pinned(where), headers=named, extensions=extensions) as answer,
        ):
            body = bytearray()
            for chunk in answer.iter_raw():
                body += chunk
                if len(body) > LIMIT:
                    raise SourceError(f"answers with more than {LIMIT} bytes", where.url, "name a smaller page")
            found = {name.lower(): value for name, value in answer.headers.items()}
            status = answer.status_code
    except (httpx2.HTTPError, httpx2.InvalidURL, ssl.SSLError, OSError, ValueError) as error:
        if clock.over:
            raise SourceError(f"no whole answer within {deadline:g} s", where.url, "see why it is slow") from None
        raise SourceError(f"does not answer: {_why(error)}", where.url, "check the address and the network") from None
    answered = Answer(where.url, status, found, bytes(body), monotonic() - started)
    if method == "GET":
        note(where.url.partition("?")[0], answered.body, answered.sha256)
    return answered


def _pinned(where: Target) -> str:
    ip = f"[{where.ip}]" if ":" in where.ip else where.ip
    return f"{where.scheme}://{ip}:{where.port}{where.path}"


def _why(error: Exception) -> str:
    return " ".join(str(error).split())[:300] or type(error).__name__


class _Clock:
    """Ends a connection when its time is over: a server that sends a byte now and then meets every timeout but this."""

    def __init__(self, seconds: float) -> None:
        self.over = False
        self._socket: Any = None
        self._timer = Timer(seconds, self._end)
        self._timer.daemon = True

    def __enter__(self) -> "_Clock":
        self._timer.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()
        if self._socket is not None:
            self._socket.close()

    def trace(self, event: str, info: Mapping[str, Any]) -> None:
        if event == "connection.connect_tcp.complete":
            self._socket = info["return_value"].get_extra_info("socket").dup()

    def _end(self) -> None:
        import socket

        self.over = True
        if self._socket is not None:
            try:
                self._socket.shutdown(socket.SHUT_RDWR)
            except OSError:
                return  # it ended by itself
