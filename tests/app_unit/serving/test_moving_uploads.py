"""A resumable upload to a bucket whose replica is killed, and that goes on at another one, there and back."""

import http.client
import os
import time
from collections.abc import Iterator
from contextlib import closing
from hashlib import sha256
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import requests

from mediavault.config import S3Config
from mediavault.vault.storage.s3.bucket import Bucket
from mediavault.vault.storage.s3.store import SMALLEST_PART as PART
from mediavault.vault.storage.s3.store import S3Store
from served_app import ServedApp, served_app
from tus_requests import TUS, metadata

pytestmark = pytest.mark.postgres
CONTENT = os.urandom(3 * PART + PART // 2)
SECONDS = 60


@pytest.fixture
def app(django_db_modify_db_settings: None, s3: S3Config, tmp_path: Path) -> Iterator[ServedApp]:
    bucket = {
        "S3_BUCKET": s3.bucket,
        "S3_PREFIX": s3.prefix,
        "S3_ENDPOINT_URL": str(s3.endpoint_url),
        "S3_ACCESS_KEY_ID": s3.access_key_id,
        "S3_SECRET_ACCESS_KEY": s3.secret_access_key,
        "S3_ADDRESSING_STYLE": s3.addressing_style,
    }
    with served_app(tmp_path, **bucket) as running:
        yield running


@pytest.fixture
def other(app: ServedApp) -> Iterator[ServedApp]:
    replica = app.beside()
    replica.start()
    yield replica
    replica.stop()


def ask(app: ServedApp, method: str, path: str, **headers: str) -> requests.Response:
    told = {**app.headers, **TUS, **{name.replace("_", "-"): value for name, value in headers.items()}}
    return requests.request(method, f"{app.url}{path}", headers=told, timeout=SECONDS)


def sending(app: ServedApp, path: str, start: int, *, until: int, end: int) -> http.client.HTTPConnection:
    """The connection of a client that will send the bytes from `start` to `end`, and has come to `until`."""
    connection = http.client.HTTPConnection("127.0.0.1", app.port, timeout=SECONDS)
    connection.putrequest("PATCH", path)
    kind, length = "application/offset+octet-stream", str(end - start)
    told = {"Content-Type": kind, "Upload-Offset": str(start), "Content-Length": length}
    for name, value in {**app.headers, **TUS, **told}.items():
        connection.putheader(name, value)
    connection.endheaders()
    connection.send(CONTENT[start:until])
    return connection


def send(app: ServedApp, path: str, start: int, end: int) -> http.client.HTTPResponse:
    with closing(sending(app, path, start, until=end, end=end)) as connection:
        response = connection.getresponse()
        response.read()
        return response


def kill_while_sending(app: ServedApp, bucket: Bucket, path: str, start: int, *, parts: int) -> None:
    """Kill the replica in the middle of a request, once the bucket has so many parts of the upload."""
    with closing(sending(app, path, start, until=parts * PART + 1, end=len(CONTENT))):
        deadline = time.monotonic() + SECONDS
        while parts_in(bucket) < parts:
            assert time.monotonic() < deadline, "the part never came"
            time.sleep(0.02)
        app.kill()


def parts_in(bucket: Bucket) -> int:
    return sum(len(bucket.parts(key, upload_id)) for key, upload_id, _ in bucket.uploads("incoming/"))


def offset(app: ServedApp, path: str) -> int:
    return int(ask(app, "HEAD", path).headers["Upload-Offset"])


def test_an_upload_goes_on_at_the_replica_that_is_left(
    app: ServedApp, other: ServedApp, s3: S3Config, tmp_path: Path
) -> None:
    bucket = Bucket(s3)
    named = metadata(filename="a.bin")["Upload-Metadata"]
    made = ask(app, "POST", "/api/uploads/", Upload_Length=str(len(CONTENT)), Upload_Metadata=named)
    path = urlsplit(made.headers["Location"]).path

    first = PART // 2
    assert send(app, path, 0, first).status == 204
    kill_while_sending(app, bucket, path, first, parts=1)
    assert offset(other, path) == first

    second = 2 * PART + 5
    assert send(other, path, first, second).status == 204
    app.start()
    kill_while_sending(other, bucket, path, second, parts=3)
    assert offset(app, path) == second

    last = send(app, path, second, len(CONTENT))
    assert last.status == 204
    file = f"/api/files/{last.headers['X-File-Id']}"
    assert ask(app, "GET", f"{file}/download/").content == CONTENT
    assert ask(app, "GET", f"{file}/").json()["sha256"] == sha256(CONTENT).hexdigest()
    assert [key for key, _ in bucket.stored("incoming/")] == []
    # Of the first kill, parts are left that no point knows of.
    assert S3Store(s3, tmp_path, largest=0).sweep_temporaries(now=time.time() + 48 * 3600, keep=()) == 1
    assert parts_in(bucket) == 0
