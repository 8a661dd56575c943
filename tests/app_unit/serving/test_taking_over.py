"""A client of tus that lost its connection and comes back, before the server has noticed that it was gone."""

import http.client
import os
import socket
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from served_app import ServedApp, served_app
from tus_requests import TUS, metadata

CONTENT = os.urandom(300_000)
HALF = len(CONTENT) // 2


@pytest.fixture
def app(django_db_modify_db_settings: None, tmp_path: Path) -> Iterator[ServedApp]:
    with served_app(tmp_path) as running:
        yield running


def ask(
    app: ServedApp, method: str, path: str, body: bytes = b"", **headers: str
) -> http.client.HTTPResponse:
    told = {name.replace("_", "-"): value for name, value in headers.items()}
    with closing(http.client.HTTPConnection("127.0.0.1", app.port, timeout=30)) as asking:
        asking.request(method, path, body, {**app.headers, **TUS, **told})
        response = asking.getresponse()
        response.read()
        return response


def patch(app: ServedApp, path: str, offset: int) -> http.client.HTTPResponse:
    kind = "application/offset+octet-stream"
    return ask(app, "PATCH", path, CONTENT[offset:], Content_Type=kind, Upload_Offset=str(offset))


def vanished(app: ServedApp, path: str) -> socket.socket:
    """The connection of a client that sent a half and says nothing more."""
    gone = socket.create_connection(("127.0.0.1", app.port), timeout=30)
    told = {**app.headers, **TUS, "Upload-Offset": "0", "Content-Length": str(len(CONTENT))}
    lines = [f"PATCH {path} HTTP/1.1", "Host: localhost", "Content-Type: application/offset+octet-stream"]
    lines += [f"{name}: {value}" for name, value in told.items()]
    gone.sendall("\r\n".join([*lines, "", ""]).encode() + CONTENT[:HALF])
    return gone


@pytest.mark.parametrize(
    "elsewhere",
    [
        pytest.param(False, id="at the same replica"),
        # On SQLite there is one process.
        pytest.param(True, id="at another", marks=pytest.mark.postgres),
    ],
)
def test_who_comes_back_goes_on_at_once_with_all_that_arrived(app: ServedApp, elsewhere: bool) -> None:
    named = metadata(filename="a.bin")["Upload-Metadata"]
    made = ask(app, "POST", "/api/uploads/", Upload_Length=str(len(CONTENT)), Upload_Metadata=named)
    path = urlsplit(made.headers["Location"]).path
    other = app.beside() if elsewhere else app
    if elsewhere:
        other.start()
    try:
        with vanished(app, path) as gone:
            while (reached := ask(other, "HEAD", path).headers["Upload-Offset"]) == "0":
                """The half may not have reached the app yet."""
            assert int(reached) == HALF
            assert patch(other, path, HALF).status == 204
            assert gone.recv(12) == b"HTTP/1.1 423"
    finally:
        if elsewhere:
            other.stop()
