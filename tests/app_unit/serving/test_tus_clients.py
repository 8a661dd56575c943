"""Uploads by clients that others wrote, through servers that are killed on the way."""

import hashlib
import json
import os
import shutil
import socket
import subprocess
import urllib.request
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from tusclient.client import TusClient
from tusclient.exceptions import TusCommunicationError, TusUploadFailed

from served_app import ServedApp, served_app

MEBIBYTE = 1024 * 1024
SIZE = 6 * MEBIBYTE + 17
CONTENT = os.urandom(SIZE)
BUILD = Path(__file__).resolve().parents[3] / "build" / "tus-js-client"
JAVASCRIPT = Path(__file__).resolve().parents[2] / "application" / "tus_upload.cjs"
PACKAGE = "tus-js-client@4.3.1"
SECONDS = 120


@pytest.fixture(scope="module")
def app(django_db_modify_db_settings: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedApp]:
    with served_app(tmp_path_factory.mktemp("served")) as running:
        yield running


@pytest.fixture
def film(tmp_path: Path) -> Path:
    path = tmp_path / f"{tmp_path.name}.bin"
    path.write_bytes(CONTENT)
    return path


@pytest.fixture(scope="module")
def javascript() -> dict[str, str]:
    """The environment of a node that has tus-js-client."""
    if shutil.which("npm") is None:
        if os.environ.get("CI"):
            pytest.fail("npm is missing: install the package npm")
        pytest.skip("npm is missing, so tus-js-client was not tried")
    if not (BUILD / "node_modules" / "tus-js-client").exists():
        BUILD.mkdir(parents=True, exist_ok=True)
        install = ["npm", "install", "--prefix", str(BUILD), "--no-audit", "--no-fund", PACKAGE]
        subprocess.run(install, check=True, timeout=SECONDS, stdout=subprocess.DEVNULL)
    return {**os.environ, "NODE_PATH": str(BUILD / "node_modules")}


def asked(app: ServedApp, path: str) -> Any:
    request = urllib.request.Request(f"{app.url}{path}", headers=app.headers)
    return urllib.request.urlopen(request, timeout=SECONDS)


def found(app: ServedApp, name: str) -> dict[str, Any]:
    with asked(app, "/api/files/") as answer:
        (file,) = (each for each in json.load(answer) if each["name"] == name)
    return dict(file)


def assert_whole(app: ServedApp, name: str) -> None:
    with asked(app, f"/api/files/{found(app, name)['id']}/download/") as answer:
        assert hashlib.sha256(answer.read()).digest() == hashlib.sha256(CONTENT).digest()


def uploader(app: ServedApp, film: Path, **options: Any) -> Any:
    client = TusClient(f"{app.url}/api/uploads/", headers=app.headers)
    options = {"chunk_size": MEBIBYTE, "metadata": {"filename": film.name}, **options}
    return client.uploader(file_stream=BytesIO(film.read_bytes()), **options)


def test_the_python_client_uploads_in_parts_and_in_one(app: ServedApp, film: Path) -> None:
    uploader(app, film).upload()
    assert_whole(app, film.name)
    whole = uploader(app, film, chunk_size=SIZE, metadata={"filename": "one.bin"})
    whole.upload()
    assert_whole(app, "one.bin")


def test_the_python_clients_checksums_fit(app: ServedApp, film: Path) -> None:
    uploader(app, film, upload_checksum=True).upload()
    assert_whole(app, film.name)


def test_the_python_client_goes_on_at_another_process_after_a_kill(app: ServedApp, film: Path) -> None:
    first = uploader(app, film)
    first.upload(stop_at=3 * MEBIBYTE)
    app.kill()
    with pytest.raises((TusUploadFailed, TusCommunicationError, OSError)):
        first.upload()
    app.start()
    again = uploader(app, film, url=first.url)
    assert again.offset == 3 * MEBIBYTE
    again.upload()
    assert_whole(app, film.name)


def test_the_javascript_client_does_not_notice_that_its_server_was_killed(
    app: ServedApp, film: Path, javascript: dict[str, str]
) -> None:
    command = ["node", str(JAVASCRIPT), f"{app.url}/api/uploads/", str(film), app.token]
    with subprocess.Popen(command, env=javascript, stdout=subprocess.PIPE, text=True) as client:
        assert client.stdout is not None
        for line in client.stdout:
            if int(line) >= 2 * MEBIBYTE:
                break
        app.kill()
        app.start()
        assert client.stdout.read().split()[-1] == str(SIZE)
    assert client.returncode == 0
    assert_whole(app, film.name)


def test_the_javascript_client_starts_without_a_length(
    app: ServedApp, film: Path, javascript: dict[str, str]
) -> None:
    command = ["node", str(JAVASCRIPT), f"{app.url}/api/uploads/", str(film), app.token, "deferred"]
    subprocess.run(command, env=javascript, check=True, timeout=SECONDS, stdout=subprocess.DEVNULL)
    assert_whole(app, film.name)


def test_a_part_that_was_being_sent_at_the_kill_is_sent_again(app: ServedApp, film: Path) -> None:
    first = uploader(app, film)
    first.upload(stop_at=MEBIBYTE)
    connection = sending(app, first.url, MEBIBYTE)
    app.kill()
    connection.close()
    app.start()
    again = uploader(app, film, url=first.url)
    assert again.offset == MEBIBYTE
    again.upload()
    assert_whole(app, film.name)


def test_a_part_cut_off_by_the_client_is_kept_as_far_as_it_came(app: ServedApp, film: Path) -> None:
    first = uploader(app, film)
    first.upload(stop_at=MEBIBYTE)
    connection = sending(app, first.url, MEBIBYTE)
    connection.shutdown(socket.SHUT_WR)
    assert connection.recv(12) == b"HTTP/1.1 408"
    connection.close()
    again = uploader(app, film, url=first.url)
    assert again.offset == 2 * MEBIBYTE
    again.upload()
    assert_whole(app, film.name)


def sending(app: ServedApp, url: str, offset: int) -> socket.socket:
    """A connection that sends one mebibyte of a longer part, and then no more."""
    connection = socket.create_connection(("127.0.0.1", app.port), timeout=SECONDS)
    connection.sendall(
        f"PATCH {url.removeprefix(app.url)} HTTP/1.1\r\nHost: localhost\r\nTus-Resumable: 1.0.0\r\n"
        f"Authorization: Token {app.token}\r\nContent-Type: application/offset+octet-stream\r\n"
        f"Upload-Offset: {offset}\r\nContent-Length: {SIZE - offset}\r\n\r\n".encode()
        + CONTENT[offset : offset + MEBIBYTE]
    )
    return connection
