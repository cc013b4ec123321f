import socket
from pathlib import Path
from threading import Event

import pytest

from releasekit.errors import SourceError
from releasekit.sources import web
from tests.probes import chains
from tests.probes.serving import raw, site


def test_an_answer_comes_with_status_headers_body_and_digest() -> None:
    with site() as shop:
        url = shop.answers("/health", {"status": "UP"})
        answer = web.get(url, query={"a": "b c"})
    assert (answer.status, answer.json(), answer.headers["content-type"]) == (200, {"status": "UP"}, "application/json")
    path, headers = shop.asked[0]
    assert path == "/health?a=b+c"
    assert headers["Accept-Encoding"] == "identity"
    assert headers["Host"].startswith("localhost:")


def test_a_redirect_is_an_answer_and_is_not_followed() -> None:
    with site() as shop:
        shop.answers("/", status=302, Location="http://169.254.169.254/")
        assert web.get(shop.address).status == 302
        assert len(shop.asked) == 1


def drip(connection: socket.socket, done: Event) -> None:
    """Headers without end, a byte now and then: each single wait is short."""
    connection.recv(1000)
    connection.sendall(b"HTTP/1.1 200 OK\r\nX: ")
    while not done.wait(0.05):
        connection.sendall(b"a")


def slow_body(connection: socket.socket, done: Event) -> None:
    connection.recv(1000)
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
    while not done.wait(0.05):
        connection.sendall(b"a")


@pytest.mark.parametrize("serve", [drip, slow_body])
def test_one_deadline_holds_for_the_whole_answer(serve) -> None:  # type: ignore[no-untyped-def] # what raw takes
    with raw(serve) as address, pytest.raises(SourceError, match=r"no whole answer within 0\.3 s"):
        web.get(address, deadline=0.3)


def endless(connection: socket.socket, done: Event) -> None:
    connection.recv(1000)
    connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
    while not done.is_set():
        connection.sendall(b"a" * 65536)


def many_headers(connection: socket.socket, done: Event) -> None:
    connection.recv(1000)
    connection.sendall(b"HTTP/1.1 200 OK\r\n" + b"X: a\r\n" * 1_000_000 + b"\r\n")


def rubbish(connection: socket.socket, done: Event) -> None:
    connection.recv(1000)
    connection.sendall(b"\x00\xff" * 100)


def silent(connection: socket.socket, done: Event) -> None:
    connection.recv(1000)


@pytest.mark.parametrize("serve", [endless, many_headers, rubbish, silent])
def test_an_answer_without_end_or_sense_is_one_error(serve) -> None:  # type: ignore[no-untyped-def] # what raw takes
    with raw(serve) as address, pytest.raises(SourceError) as caught:
        web.get(address)
    assert caught.value.problems[0].where.startswith(address)


def test_nobody_there_is_one_error() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = f"http://127.0.0.1:{taken.getsockname()[1]}"
    with pytest.raises(SourceError, match="does not answer"):
        web.get(address)


def test_https_is_verified_against_the_name_and_not_the_address(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = chains.make(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(made.trusted))
    with site(made.servers["good"]) as shop:
        shop.answers("/", "hello")
        assert web.get(shop.address).text == "hello"
    for wrong in ("expired", "wrong-name", "incomplete"):
        with site(made.servers[wrong]) as shop, pytest.raises(SourceError, match="does not answer"):
            web.get(shop.address)
