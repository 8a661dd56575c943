"""Clients that take their time, at a real gunicorn with eight threads: the others are served meanwhile."""

import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Protocol

import pytest

from mediavault.vault.storage.keys import blob_key

MORE_THAN_THREADS = 12
FILM = "e" * 64


class Server(Protocol):
    port: int
    root: Path

    def worker(self) -> int: ...


@pytest.fixture
def held() -> Iterator[ExitStack]:
    """Connections that stay open for the length of a test."""
    with ExitStack() as stack:
        yield stack


def connections(server: Server, held: ExitStack, request: bytes) -> list[socket.socket]:
    opened = []
    for _ in range(MORE_THAN_THREADS):
        connection = held.enter_context(socket.create_connection(("127.0.0.1", server.port), timeout=30))
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.sendall(request)
        opened.append(connection)
    return opened


def seconds_until_served(server: Server) -> float:
    started = time.monotonic()
    server.worker()
    return time.monotonic() - started


def test_headers_that_stop_arriving_hold_no_thread(server: Server, held: ExitStack) -> None:
    late = connections(server, held, b"GET /pid HTTP/1.1\r\nHost: x\r\nX-Slow: ")
    assert seconds_until_served(server) < 15
    assert late[0].recv(1) == b""


def test_a_body_that_trickles_is_given_up_though_it_never_stops(server: Server) -> None:
    with socket.create_connection(("127.0.0.1", server.port), timeout=0.1) as trickle:
        trickle.sendall(b"PUT /put HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n")
        deadline = time.monotonic() + 15
        while time.monotonic() < deadline:
            trickle.sendall(b"x")
            with suppress(TimeoutError):
                assert trickle.recv(12) == b"HTTP/1.1 408"
                return
    raise AssertionError("it went on for ever")


def test_headers_that_trickle_hold_no_thread(server: Server, held: ExitStack) -> None:
    (trickle, *_) = connections(server, held, b"GET /pid HTTP/1.1\r\nX: ")
    started = time.monotonic()
    with suppress(OSError):
        while time.monotonic() - started < 10:
            trickle.sendall(b"x")
            time.sleep(0.1)
    assert time.monotonic() - started < 9


def test_a_body_that_stops_arriving_holds_no_thread(server: Server, held: ExitStack) -> None:
    connections(server, held, b"POST /read HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n{")
    assert seconds_until_served(server) < 15


def test_an_answer_that_nobody_takes_holds_no_thread(server: Server, held: ExitStack) -> None:
    path = server.root / blob_key(1, FILM)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as film:
        film.truncate(100 * 1024 * 1024)
    connections(server, held, f"GET /show/{FILM} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
    assert seconds_until_served(server) < 15


def test_a_client_that_leaves_its_end_open_does_not_keep_others_from_being_accepted(
    server: Server, held: ExitStack
) -> None:
    answered = connections(server, held, b"GET /pid HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
    assert seconds_until_served(server) < 8
    assert answered[0].recv(12) == b"HTTP/1.1 200"
