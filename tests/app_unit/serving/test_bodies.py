"""Bodies through a real gunicorn, straight from its socket: whole, and with others after them."""

import hashlib
import json
import os
import socket
import time
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

import pytest

MEBIBYTE = 1024 * 1024
CONTENT = os.urandom(3 * MEBIBYTE + 17)
FORM = (
    b'--b\r\nContent-Disposition: form-data; name="file"; filename="f"\r\n\r\n'
    + CONTENT
    + b"\r\n--b--\r\nend"
)
MULTIPART = "Content-Type: multipart/form-data; boundary=b\r\n"


class Server(Protocol):
    port: int
    root: Path

    def reads(self) -> int: ...


def opened(server: Server) -> socket.socket:
    return socket.create_connection(("127.0.0.1", server.port), timeout=30)


def put(body: bytes, *, path: str = "/put", headers: str = "", length: int | None = None) -> bytes:
    told = len(body) if length is None else length
    return f"PUT {path} HTTP/1.1\r\nHost: x\r\nContent-Length: {told}\r\n{headers}\r\n".encode() + body


def answer(connection: socket.socket) -> tuple[int, dict[str, object]]:
    reader = connection.makefile("rb")
    status = int(reader.readline().split()[1])
    length = 0
    while (line := reader.readline().strip()) != b"":
        name, _, value = line.partition(b":")
        length = int(value) if name.lower() == b"content-length" else length
    return status, json.loads(reader.read(length))


def eventually(condition: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + 15
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.05)
    return condition()


@pytest.mark.parametrize(
    "request_",
    [put(CONTENT), put(FORM, path="/upload", headers=MULTIPART)],
    ids=["whole", "form"],
)
def test_a_connection_goes_on_after_a_body(server: Server, request_: bytes) -> None:
    with opened(server) as connection:
        for _ in range(3):
            connection.sendall(request_)
            status, told = answer(connection)
            assert (status, told["sha256"]) == (201, hashlib.sha256(CONTENT).hexdigest())


def test_the_next_request_may_follow_at_once(server: Server) -> None:
    with opened(server) as connection:
        connection.sendall(put(b"one") + put(b"") + put(b"three"))
        reader = connection.makefile("rb")
        found = b""
        while found.count(b'"sha256"') < 3:
            found += reader.readline() if b"\r\n\r\n" not in found[-4:] else reader.read(86)
    assert [hashlib.sha256(each).hexdigest().encode() in found for each in (b"one", b"", b"three")] == [
        True
    ] * 3


def test_a_client_that_waits_to_be_asked_for_the_body_is_asked(server: Server) -> None:
    with opened(server) as connection:
        connection.sendall(put(b"", headers="Expect: 100-continue\r\n", length=len(CONTENT)))
        assert connection.recv(25) == b"HTTP/1.1 100 Continue\r\n\r\n"
        connection.sendall(CONTENT)
        assert answer(connection)[0] == 201


def test_a_body_that_comes_byte_by_byte_is_whole(server: Server) -> None:
    with opened(server) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for byte in put(b"slow and steady"):
            connection.sendall(bytes([byte]))
        assert answer(connection)[1]["size"] == 15


@pytest.mark.parametrize("way", ["end", "reset"])
def test_a_body_cut_short_leaves_nothing(server: Server, way: str) -> None:
    incoming = server.root / "incoming"
    with opened(server) as connection:
        connection.sendall(put(CONTENT, length=len(CONTENT) + 1))
        assert eventually(lambda: incoming.exists() and len(list(incoming.iterdir())) == 1)
        if way == "reset":
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")
        else:
            connection.shutdown(socket.SHUT_WR)
            assert answer(connection)[0] == 408
            assert connection.recv(1) == b""
    assert eventually(lambda: list(incoming.iterdir()) == [])


def test_a_silent_sender_is_told_and_the_connection_ends(server: Server) -> None:
    with opened(server) as connection:
        connection.sendall(put(b"some", length=1000))
        assert answer(connection)[0] == 408
        assert connection.recv(1) == b""


def test_a_large_body_takes_few_reads(server: Server) -> None:
    before = server.reads()
    with opened(server) as connection:
        connection.sendall(put(bytes(64 * MEBIBYTE)))
        assert answer(connection)[1]["size"] == 64 * MEBIBYTE
    # Each takes what the kernel holds, on a busy machine not much; gunicorn's own reader takes 8 KiB.
    assert server.reads() - before < 64 * MEBIBYTE / 8192
