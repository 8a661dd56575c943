"""Delivery through a real gunicorn: by the kernel, bounded to the slice, on a connection that lives on."""

import http.client
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

import pytest

from mediavault.vault.storage.keys import blob_key

SIZE = 300 * 1024 * 1024
FILM = "f" * 64
MARK = b"a mark in the middle"
MIDDLE = SIZE // 2 - 7


class Server(Protocol):
    root: Path

    def connect(self) -> http.client.HTTPConnection: ...
    def peak_memory(self) -> int: ...
    def reads(self) -> int: ...


@pytest.fixture(scope="module", autouse=True)
def film(server: Server) -> None:
    """A film of 300 MB that takes no room: zeros with a mark."""
    path = server.root / blob_key(1, FILM)
    path.parent.mkdir(parents=True)
    with path.open("wb") as file:
        file.truncate(SIZE)
        file.seek(MIDDLE)
        file.write(MARK)


@pytest.fixture
def connection(server: Server) -> Iterator[http.client.HTTPConnection]:
    connection = server.connect()
    yield connection
    connection.close()


def ask(
    connection: http.client.HTTPConnection, method: str = "GET", **headers: str
) -> tuple[http.client.HTTPResponse, bytes]:
    connection.request(method, f"/show/{FILM}", headers={k.replace("_", "-"): v for k, v in headers.items()})
    response = connection.getresponse()
    return response, response.read()


def drained(response: http.client.HTTPResponse) -> int:
    count, buffer = 0, bytearray(1024 * 1024)
    while read := response.readinto(buffer):
        count += read
    return count


def test_a_large_file_goes_out_by_the_kernel_and_never_through_memory(
    server: Server, connection: http.client.HTTPConnection
) -> None:
    ask(connection, Range="bytes=0-0")
    memory, reads = server.peak_memory(), server.reads()
    connection.request("GET", f"/show/{FILM}")
    assert drained(connection.getresponse()) == SIZE
    assert server.peak_memory() - memory < 20 * 1024 * 1024
    assert server.reads() - reads < 100


def test_a_slice_from_the_middle_goes_out_by_the_kernel_too(
    server: Server, connection: http.client.HTTPConnection
) -> None:
    reads = server.reads()
    first, last = MIDDLE, MIDDLE + 100 * 1024 * 1024
    connection.request("GET", f"/show/{FILM}", headers={"Range": f"bytes={first}-{last}"})
    response = connection.getresponse()
    assert response.status == 206
    assert response.read(len(MARK)) == MARK
    assert drained(response) == last - first + 1 - len(MARK)
    assert server.reads() - reads < 100


def test_one_connection_serves_answers_of_every_kind_in_turn(connection: http.client.HTTPConnection) -> None:
    connection.connect()
    opened = connection.sock
    mark = f"bytes={MIDDLE}-{MIDDLE + len(MARK) - 1}"
    for _ in range(3):
        for method, headers, status, body in (
            ("GET", {"Range": mark}, 206, MARK),
            ("HEAD", {}, 200, b""),
            ("HEAD", {"Range": mark}, 206, b""),
            ("GET", {"If_None_Match": f'"{FILM}"'}, 304, b""),
            ("GET", {"Range": "bytes=-5"}, 206, bytes(5)),
            ("GET", {"Range": mark, "If_Range": f'"{FILM}"'}, 206, MARK),
            ("HEAD", {"Range": mark, "If_Range": '"other"'}, 200, b""),
            ("GET", {"Range": f"bytes={SIZE}-"}, 416, None),
            ("GET", {"If_Match": '"other"'}, 412, None),
        ):
            response, found = ask(connection, method, **headers)
            assert response.status == status
            assert body is None or found == body
            assert connection.sock is opened


def test_head_tells_the_length_and_sends_nothing(connection: http.client.HTTPConnection) -> None:
    response, body = ask(connection, "HEAD")
    assert response.headers["Content-Length"] == str(SIZE)
    assert response.headers["Accept-Ranges"] == "bytes"
    assert body == b""


def test_an_unchanged_file_has_neither_length_nor_type(connection: http.client.HTTPConnection) -> None:
    response, _ = ask(connection, If_None_Match=f'"{FILM}"')
    assert response.status == 304
    assert response.headers["ETag"] == f'"{FILM}"'
    assert response.headers["Content-Length"] is None
    assert response.headers["Transfer-Encoding"] is None


def test_a_viewer_who_leaves_in_the_middle_harms_nobody(server: Server) -> None:
    for _ in range(20):
        leaving = server.connect()
        leaving.request("GET", f"/show/{FILM}")
        leaving.getresponse().read(1000)
        leaving.close()
    staying = server.connect()
    assert ask(staying, Range="bytes=-1")[1] == b"\0"
    staying.close()
