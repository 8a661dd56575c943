"""Uploads through a real gunicorn: streamed, bounded, refused audibly, and gone when their worker dies."""

import hashlib
import http.client
import json
import os
import signal
import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Protocol

import pytest

from mediavault.vault.storage.files import FileStore
from mediavault.vault.storage.keys import blob_key

MEBIBYTE = 1024 * 1024
BLOCK = os.urandom(MEBIBYTE)
HEAD = b'--b\r\nContent-Disposition: form-data; name="file"; filename="f"\r\n\r\n'
TAIL = b"\r\n--b--\r\n"
FORM = {"Content-Type": "multipart/form-data; boundary=b"}


class Server(Protocol):
    port: int
    root: Path

    def connect(self) -> http.client.HTTPConnection: ...
    def worker(self) -> int: ...
    def peak_memory(self) -> int: ...


@pytest.fixture(scope="module")
def strict(serve: Callable[[int], Server]) -> Server:
    """A server that takes one mebibyte at most."""
    return serve(MEBIBYTE)


def form(blocks: int) -> Iterator[bytes]:
    yield HEAD
    for _ in range(blocks):
        yield BLOCK
    yield TAIL


def send(server: Server, path: str, blocks: int) -> tuple[int, dict[str, object]]:
    """Send all of a form before looking at the answer, as most clients do."""
    connection = server.connect()
    length = len(HEAD) + blocks * MEBIBYTE + len(TAIL)
    connection.request("POST", path, form(blocks), {**FORM, "Content-Length": str(length)})
    response = connection.getresponse()
    found = response.status, json.loads(response.read())
    connection.close()
    return found


def begin(server: Server, sent: bytes) -> socket.socket:
    connection = socket.create_connection(("127.0.0.1", server.port), timeout=30)
    head = "POST /upload HTTP/1.1\r\nHost: x\r\nContent-Length: 900000\r\n"
    fields = "".join(f"{name}: {value}\r\n" for name, value in FORM.items())
    connection.sendall(f"{head}{fields}\r\n".encode() + HEAD + sent)
    return connection


def eventually(condition: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + 15
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.05)
    return condition()


def incoming(server: Server) -> list[Path]:
    folder = server.root / "incoming"
    return list(folder.iterdir()) if folder.exists() else []


def test_a_large_upload_is_streamed_to_the_disk(server: Server) -> None:
    assert send(server, "/upload", 1)[0] == 201
    before = server.peak_memory()
    status, told = send(server, "/upload", 300)
    assert status == 201
    assert told["size"] == 300 * MEBIBYTE
    expected = hashlib.sha256()
    for _ in range(300):
        expected.update(BLOCK)
    assert told["sha256"] == expected.hexdigest()
    stored = server.root / blob_key(1, expected.hexdigest())
    assert stored.stat().st_size == 300 * MEBIBYTE
    assert server.peak_memory() - before < 30 * MEBIBYTE
    stored.unlink()


@pytest.mark.parametrize("blocks", [2, 40])
def test_a_client_still_sending_sees_that_its_upload_is_too_large(strict: Server, blocks: int) -> None:
    assert send(strict, "/upload", blocks) == (413, {"limit": MEBIBYTE})
    assert incoming(strict) == []


def test_a_client_still_sending_sees_that_it_is_not_let_in(strict: Server) -> None:
    assert send(strict, "/refuse", 40) == (401, {})


def test_the_refusal_comes_before_the_body(strict: Server) -> None:
    connection = socket.create_connection(("127.0.0.1", strict.port), timeout=10)
    length = 50 * 1024 * MEBIBYTE
    connection.sendall(
        f"POST /upload HTTP/1.1\r\nHost: x\r\nContent-Length: {length}\r\n"
        f"Content-Type: {FORM['Content-Type']}\r\n\r\n".encode()
    )
    assert connection.recv(12) == b"HTTP/1.1 413"
    connection.close()


def test_a_sender_that_falls_silent_is_given_up_and_leaves_nothing(server: Server) -> None:
    connection = begin(server, BLOCK[:100_000])
    assert eventually(lambda: len(incoming(server)) == 1)
    assert connection.recv(12) == b"HTTP/1.1 408"
    connection.close()
    assert eventually(lambda: incoming(server) == [])


def test_a_sender_that_goes_away_leaves_nothing(server: Server) -> None:
    connection = begin(server, BLOCK[:100_000])
    assert eventually(lambda: len(incoming(server)) == 1)
    connection.close()
    assert eventually(lambda: incoming(server) == [])


def test_a_killed_worker_leaves_nothing_that_the_sweep_does_not_take(server: Server) -> None:
    store = FileStore(server.root)
    before = list(store.keys("blobs/"))
    connection = begin(server, BLOCK[:100_000])
    assert eventually(lambda: len(incoming(server)) == 1)
    later = time.time() + 601
    assert store.sweep_temporaries(now=later, keep=()) == 0
    os.kill(server.worker(), signal.SIGKILL)
    assert eventually(lambda: store.sweep_temporaries(now=later, keep=()) == 1 or incoming(server) == [])
    assert incoming(server) == []
    assert list(store.keys("blobs/")) == before
    connection.close()
