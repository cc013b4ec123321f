"""How the zygote and the process that asked it talk: JSON messages over a socketpair, with file descriptors."""

import json
import socket
import struct
from collections.abc import Mapping, Sequence
from typing import Any

_LENGTH = struct.Struct("!I")
_MOST_DESCRIPTORS = 8


def send(channel: socket.socket, message: Mapping[str, Any], descriptors: Sequence[int] = ()) -> None:
    """Send one message; ``descriptors`` are duplicated into the receiver. Raises OSError when nobody listens."""
    body = json.dumps(message).encode()
    head = _LENGTH.pack(len(body))
    if descriptors:
        socket.send_fds(channel, [head], list(descriptors))
    else:
        channel.sendall(head)
    channel.sendall(body)


def receive(channel: socket.socket) -> tuple[dict[str, Any], list[int]] | None:
    """The next message and the descriptors that came with it; None at the end of the conversation."""
    begun, descriptors, _flags, _address = socket.recv_fds(channel, _LENGTH.size, _MOST_DESCRIPTORS)
    head = _rest(channel, begun, _LENGTH.size) if begun else None
    body = None if head is None else _rest(channel, b"", _LENGTH.unpack(head)[0])
    return None if body is None else (json.loads(body), descriptors)


def _rest(channel: socket.socket, begun: bytes, size: int) -> bytes | None:
    """``size`` bytes that begin with ``begun``; None when the conversation ended before."""
    parts, missing = [begun], size - len(begun)
    while missing:
        part = channel.recv(min(missing, 1 << 16))
        if not part:
            return None
        parts.append(part)
        missing -= len(part)
    return b"".join(parts)
