"""Delivery: every header of every answer, for GET and HEAD, over a real store."""

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.http.response import HttpResponseBase
from django.test import RequestFactory

from mediavault.config import S3Config
from mediavault.http.delivery import Representation, deliver
from mediavault.vault.storage.current import media_store
from mediavault.vault.storage.errors import ObjectMissing
from mediavault.vault.storage.interface import Store
from mediavault.vault.storage.keys import blob_key

# Closing a response lets Django look after its database connections.
pytestmark = pytest.mark.django_db

CONTENT = bytes(range(256)) * 4096
SHA256 = hashlib.sha256(CONTENT).hexdigest()
MOMENT = datetime(2026, 3, 1, 12, 30, 15, 999999, tzinfo=UTC)
LAST_MODIFIED = "Sun, 01 Mar 2026 12:30:15 GMT"


@pytest.fixture(autouse=True, params=["file", "s3"])
def store(request: pytest.FixtureRequest, settings: Any) -> Store:
    settings.S3 = request.getfixturevalue("s3") if request.param == "s3" else None
    store = media_store()
    with store.create_temporary() as temporary:
        temporary.write(CONTENT)
        temporary.finish()
        store.publish(temporary, key=blob_key(7, SHA256))
    return store


def answer(
    method: str = "GET",
    *,
    media_type: str = "video/mp4",
    inline: bool = True,
    size: int | None = len(CONTENT),
    headers: dict[str, str] | None = None,
) -> HttpResponseBase:
    request = RequestFactory().generic(method, "/", headers=headers or {})
    film = Representation(
        key=blob_key(7, SHA256),
        size=size,
        content_type=media_type,
        etag=SHA256,
        last_modified=MOMENT,
        filename="Grüße.mp4",
    )
    return deliver(request, film, inline=inline)


def body(response: HttpResponseBase) -> bytes:
    content = b"".join(response) if response.streaming else getattr(response, "content", b"")
    response.close()
    return bytes(content)


@pytest.mark.parametrize("size", [len(CONTENT), None])
def test_the_whole_file_is_described_and_sent(size: int | None) -> None:
    response = answer(size=size)
    assert response.status_code == 200
    assert dict(response.headers) == {
        "Content-Type": "video/mp4",
        "Content-Length": str(len(CONTENT)),
        "Content-Disposition": "inline; filename=\"Gru_e.mp4\"; filename*=UTF-8''Gr%C3%BC%C3%9Fe.mp4",
        "ETag": f'"{SHA256}"',
        "Last-Modified": LAST_MODIFIED,
        "Accept-Ranges": "bytes",
        "Cache-Control": "private, no-cache",
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": (
            "sandbox allow-same-origin; default-src 'none'; img-src 'self'; media-src 'self';"
            " style-src 'unsafe-inline'"
        ),
        "Cross-Origin-Resource-Policy": "same-site",
    }
    assert body(response) == CONTENT


@pytest.mark.parametrize("headers", [{}, {"Range": "bytes=1000-1999"}, {"Range": "bytes=-5"}])
def test_head_tells_what_get_would_send(headers: dict[str, str]) -> None:
    head, get = answer("HEAD", headers=headers), answer("GET", headers=headers)
    assert head.status_code == get.status_code
    assert dict(head.headers) == dict(get.headers)
    assert body(head) == b""
    assert len(body(get)) == int(head.headers["Content-Length"])


def test_a_range_is_sent_alone_and_says_where_it_belongs() -> None:
    response = answer(headers={"Range": "bytes=1000-1999"})
    assert response.status_code == 206
    assert response.headers["Content-Range"] == f"bytes 1000-1999/{len(CONTENT)}"
    assert response.headers["Content-Length"] == "1000"
    assert body(response) == CONTENT[1000:2000]


def test_a_range_is_never_longer_than_it_says_even_without_the_kernels_help() -> None:
    response = answer(headers={"Range": f"bytes=300000-{300000 + 262144}"})
    assert body(response) == CONTENT[300000 : 300000 + 262145]


def test_an_unchanged_file_is_told_so_without_a_body_or_a_length() -> None:
    response = answer(headers={"If-None-Match": f'"{SHA256}"'})
    assert response.status_code == 304
    assert response.headers["ETag"] == f'"{SHA256}"'
    assert response.headers["Last-Modified"] == LAST_MODIFIED
    assert "Content-Length" not in response.headers
    assert "Content-Type" not in response.headers
    assert body(response) == b""


@pytest.mark.parametrize(
    ("headers", "status"),
    [({"If-Match": '"other"'}, 412), ({"Range": "bytes=99999999-"}, 416)],
)
def test_refusals_are_problem_documents_that_still_name_the_file(
    headers: dict[str, str], status: int
) -> None:
    response = answer(headers=headers)
    assert response.status_code == status
    assert response.headers["Content-Type"] == "application/problem+json"
    assert response.headers["ETag"] == f'"{SHA256}"'
    assert response.headers.get("Content-Range") == (f"bytes */{len(CONTENT)}" if status == 416 else None)
    assert b'"detail"' in body(response)


def test_a_download_is_an_attachment_of_the_same_bytes() -> None:
    response = answer(inline=False)
    assert response.headers["Content-Disposition"].startswith("attachment; ")
    assert response.headers["Content-Type"] == "video/mp4"
    assert body(response) == CONTENT


@pytest.mark.parametrize("media_type", ["application/pdf", "text/plain", "text/html", "application/zip"])
def test_what_is_not_merely_looked_at_has_no_origin(media_type: str) -> None:
    response = answer(media_type=media_type)
    assert response.headers["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
    response.close()


@pytest.mark.parametrize("media_type", ["text/html", "image/svg+xml", "text/javascript", "application/xml"])
def test_what_a_browser_could_run_is_an_attachment_whatever_was_asked(media_type: str) -> None:
    response = answer(media_type=media_type, inline=True)
    assert response.headers["Content-Disposition"].startswith("attachment; ")
    assert response.headers["Content-Type"] == "application/octet-stream"
    response.close()


def test_bytes_that_are_gone_are_not_an_empty_file(store: Store) -> None:
    store.delete(blob_key(7, SHA256))
    with pytest.raises(ObjectMissing):
        answer()


def test_a_bucket_that_may_be_read_elsewhere_is_pointed_to(settings: Any, s3: S3Config) -> None:
    settings.S3 = replace(s3, presigned_redirects=True)
    response = answer(headers={"Range": "bytes=0-9"})
    assert response.status_code == 302
    assert response.headers["Location"].startswith(f"{s3.endpoint_url}/{s3.bucket}/{s3.prefix}blobs/7/")
    assert answer(headers={"If-None-Match": f'"{SHA256}"'}).status_code == 304


@pytest.fixture
def descriptors() -> Iterator[None]:
    def opened() -> int:
        return len(list(Path("/proc/self/fd").iterdir()))

    before = opened()
    yield
    assert opened() <= before


@pytest.mark.usefixtures("descriptors")
@pytest.mark.parametrize(
    "headers",
    [{}, {"Range": "bytes=0-0"}, {"Range": "bytes=9999999-"}, {"If-None-Match": "*"}, {"If-Match": '"x"'}],
)
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_no_answer_leaves_a_file_open(method: str, headers: dict[str, str]) -> None:
    answer(method, headers=headers).close()
