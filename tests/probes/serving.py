"""Servers of the tests' own on this machine: HTTP with given answers, one that misbehaves on the wire, and TLS."""

import json
import socket
import ssl
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, Thread

Reply = tuple[int, Mapping[str, str], bytes]


@dataclass(slots=True)
class Site:
    """A running HTTP server: what it answers by path (with the query, or without), and what it was asked."""

    address: str
    replies: dict[str, Reply] = field(default_factory=dict)
    asked: list[tuple[str, Mapping[str, str]]] = field(default_factory=list)

    def answers(self, path: str, content: object = b"", status: int = 200, **headers: str) -> str:
        """Have a path answered: bytes and text as they are, anything else as JSON. Its address."""
        kind = "text/plain"
        if not isinstance(content, bytes | str):
            content, kind = json.dumps(content), "application/json"
        raw = content.encode() if isinstance(content, str) else content
        self.replies[path] = status, {"Content-Type": kind} | headers, raw
        return self.address + path


@contextmanager
def site(chain: tuple[Path, Path] | None = None, delay: float = 0) -> Iterator[Site]:
    """An HTTP server until the block ends; HTTPS with a chain and its key; ``delay`` seconds before each answer."""
    found = Site("")

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if delay:
                Event().wait(delay)
            found.asked.append((self.path, dict(self.headers)))
            reply = found.replies.get(self.path) or found.replies.get(self.path.partition("?")[0])
            status, headers, raw = reply or (404, {}, b"")
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(raw)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(raw)

        do_HEAD = do_GET  # noqa: N815 - the name is http.server's

        def log_message(self, *arguments: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    if chain:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*chain)
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
        server.handle_error = lambda *_: None  # type: ignore[method-assign] # a client that refuses us is what is tested
    found.address = f"http{'s' if chain else ''}://localhost:{server.server_port}"
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield found
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@contextmanager
def raw(serve: Callable[[socket.socket, Event], None]) -> Iterator[str]:
    """A server that hands each connection to ``serve``; the event is set when the block ends. Its address."""
    done = Event()
    listening = socket.create_server(("127.0.0.1", 0))

    def accept() -> None:
        while True:
            try:
                connection, _ = listening.accept()
            except OSError:
                return
            with suppress(OSError), connection:
                serve(connection, done)

    thread = Thread(target=accept, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        done.set()
        with suppress(OSError):
            listening.shutdown(socket.SHUT_RDWR)
        listening.close()
        thread.join(timeout=10)
