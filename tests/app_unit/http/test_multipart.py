"""Multipart bodies into the store."""

import errno
import hashlib
import mmap
import os
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent
from django.core.handlers.wsgi import WSGIRequest
from django.http.request import UnreadablePostError
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart
from rest_framework.exceptions import ParseError
from rest_framework.request import Request

from mediavault.http.multipart import UploadParser
from mediavault.vault.storage.errors import StorageFull
from mediavault.vault.storage.temporary_files import TemporaryFile
from mediavault.vault.storage.uploads import (
    RefusingUploadHandler,
    UnexpectedFile,
    UploadedObject,
    UploadTooLarge,
)

LIMIT = 300_000
CONTENT = bytes(range(256)) * 1024


@pytest.fixture(autouse=True)
def incoming(settings: Any, media_root: Path) -> Path:
    settings.MAX_UPLOAD_SIZE = LIMIT
    settings.FILE_UPLOAD_MAX_MEMORY_SIZE = 100 * 1024 * 1024
    (media_root / "incoming").mkdir()
    return media_root / "incoming"


def named(content: bytes, name: str = "holiday.jpg") -> BytesIO:
    file = BytesIO(content)
    file.name = name
    return file


def posted(
    fields: dict[str, object],
    *,
    body: bytes | None = None,
    cut: int | None = None,
) -> Request:
    content = encode_multipart(BOUNDARY, fields) if body is None else body
    environ = {
        "REQUEST_METHOD": "POST",
        "CONTENT_TYPE": MULTIPART_CONTENT,
        "CONTENT_LENGTH": str(len(content)),
        "wsgi.input": BytesIO(content[:cut]),
    }
    return Request(WSGIRequest(environ), parsers=[UploadParser()])


def received(request: Request) -> UploadedObject:
    uploaded = request.FILES["file"]
    assert isinstance(uploaded, UploadedObject)
    return uploaded


def closed(request: Request) -> None:
    """What Django does at the end of a request."""
    request._request.close()


def part(disposition: str, content: str = "x", headers: str = "") -> bytes:
    return (
        f"--{BOUNDARY}\r\nContent-Disposition: form-data; {disposition}\r\n{headers}\r\n{content}\r\n"
        f"--{BOUNDARY}--\r\n"
    ).encode()


def left(incoming: Path) -> list[Path]:
    return list(incoming.iterdir())


def test_a_file_arrives_whole_hashed_and_beside_the_other_fields() -> None:
    request = posted({"name": "x", "file": named(CONTENT), "folder": "7"})
    uploaded = received(request)
    assert (uploaded.name, uploaded.size) == ("holiday.jpg", len(CONTENT))
    assert uploaded.temporary.sha256 == hashlib.sha256(CONTENT).hexdigest()
    assert uploaded.temporary.head == CONTENT[:65536]
    with uploaded.temporary.open() as source:
        assert source.read() == CONTENT
    assert (request.POST["name"], request.POST["folder"]) == ("x", "7")
    closed(request)


def test_what_nobody_published_is_gone_with_the_request(incoming: Path) -> None:
    request = posted({"file": named(CONTENT)})
    received(request)
    assert len(left(incoming)) == 1
    closed(request)
    assert left(incoming) == []


def test_an_empty_file_is_a_file() -> None:
    request = posted({"file": named(b"")})
    assert received(request).size == 0
    closed(request)


def test_a_body_that_says_it_is_too_large_is_refused_unread(incoming: Path) -> None:
    request = posted({"file": named(bytes(LIMIT + 2 * 1024 * 1024))}, cut=0)
    with pytest.raises(UploadTooLarge) as refused:
        received(request)
    assert refused.value.limit == LIMIT
    assert left(incoming) == []


@pytest.mark.parametrize(("size", "fits"), [(LIMIT, True), (LIMIT + 1, False)])
def test_the_limit_is_that_of_the_file_to_the_byte(size: int, fits: bool, incoming: Path) -> None:
    request = posted({"file": named(bytes(size))})
    if fits:
        assert received(request).size == size
        closed(request)
    else:
        with pytest.raises(UploadTooLarge):
            received(request)
    assert left(incoming) == []


def test_a_second_file_is_refused_and_takes_the_first_with_it(incoming: Path) -> None:
    with pytest.raises(UnexpectedFile) as refused:
        received(posted({"file": [named(b"1"), named(b"2")]}))
    assert refused.value.field == "file"
    assert left(incoming) == []


def test_a_file_in_another_field_is_refused_by_the_fields_name(incoming: Path) -> None:
    with pytest.raises(UnexpectedFile) as refused:
        received(posted({"avatar": named(b"1")}))
    assert refused.value.field == "avatar"
    assert left(incoming) == []


def test_a_client_that_goes_away_leaves_nothing(incoming: Path) -> None:
    whole = len(encode_multipart(BOUNDARY, {"file": named(CONTENT)}))
    for cut in (10, 200, whole // 2, whole - 60, whole - 45):
        with pytest.raises(UnreadablePostError):
            received(posted({"file": named(CONTENT)}, cut=cut))
        assert left(incoming) == [], cut


@pytest.mark.parametrize(
    "body",
    [
        b"no form at all",
        part('name="file"; filename="a"', headers="Content-Transfer-Encoding: base64\r\n"),
        part('name="file"; filename="a"', headers="X" * 5000 + ": y\r\n"),
        part('name="file"; filename="a"').replace(b"--\r\n", b"\r\n"),
        part('name="file"; filename="a"').replace(b"form-data", b"attachment"),
    ],
    ids=["no form", "packed", "long header", "no end", "no form part"],
)
def test_a_broken_body_is_refused_and_leaves_nothing(body: bytes, incoming: Path) -> None:
    with pytest.raises(ParseError):
        received(posted({}, body=body))
    assert left(incoming) == []


@pytest.mark.parametrize(
    ("disposition", "name"),
    [
        ('name="file"; filename="a%22b.txt"', 'a"b.txt'),
        ('name="file"; filename="../../b.txt"', "b.txt"),
        ("name=file; filename*=UTF-8''%C3%BC.txt", "ü.txt"),
        ('name="file"; filename="\u65e5\u672c.png"', "日本.png"),
    ],
)
def test_the_file_has_the_name_that_the_client_means(disposition: str, name: str) -> None:
    request = posted({}, body=part(disposition))
    assert received(request).name == name
    closed(request)


def test_a_form_where_no_file_was_chosen_has_none() -> None:
    assert "file" not in posted({}, body=part('name="file"; filename=""', "")).FILES


def test_a_field_too_large_for_memory_is_refused_while_it_comes(settings: Any) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
    with pytest.raises(RequestDataTooBig):
        posted({"name": "x" * 2000}).FILES  # noqa: B018 reading it is the act


def test_too_many_fields_are_refused(settings: Any) -> None:
    settings.DATA_UPLOAD_MAX_NUMBER_FIELDS = 3
    with pytest.raises(TooManyFieldsSent):
        posted({"name": list("abcd")}).FILES  # noqa: B018 reading it is the act


@pytest.mark.parametrize("step", ["pwrite", "fsync"])
def test_a_disk_that_fills_up_leaves_nothing(
    step: str, incoming: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = getattr(os, step)

    def full(descriptor: int, *arguments: object) -> object:
        if Path(f"/proc/self/fd/{descriptor}").is_file():
            raise OSError(errno.ENOSPC, "No space left on device")
        return real(descriptor, *arguments)

    request = posted({"file": named(CONTENT)})
    with monkeypatch.context() as patched:
        patched.setattr(os, step, full)
        with pytest.raises(StorageFull):
            received(request)
    assert left(incoming) == []


def test_no_more_of_a_file_is_in_memory_than_the_settings_allow(
    settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.FILE_UPLOAD_MAX_MEMORY_SIZE = 4096
    sizes: list[int] = []
    real = TemporaryFile.write

    def counted(temporary: TemporaryFile, chunk: bytes) -> None:
        sizes.append(len(chunk))
        real(temporary, chunk)

    monkeypatch.setattr(TemporaryFile, "write", counted)
    request = posted({"file": named(CONTENT)})
    assert received(request).size == len(CONTENT)
    assert max(sizes) <= 4096 + len(BOUNDARY) + 4
    closed(request)


@pytest.mark.parametrize("size", [1, 2, 7, 47, 64, 100, 333, 5000])
def test_what_is_nearly_a_boundary_arrives_wherever_the_body_is_cut(size: int, settings: Any) -> None:
    settings.FILE_UPLOAD_MAX_MEMORY_SIZE = size
    boundary = f"\r\n--{BOUNDARY}".encode()
    content = b"".join(boundary[:length] + b"x" for length in range(len(boundary))) + boundary[:-1]
    request = posted({"file": named(content), "folder": "7"})
    uploaded = received(request)
    with uploaded.temporary.open() as source:
        assert source.read() == content
    assert uploaded.temporary.sha256 == hashlib.sha256(content).hexdigest()
    assert request.POST["folder"] == "7"
    closed(request)


def test_a_large_file_is_stored_by_whole_pages_from_where_it_was_received(
    settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.FILE_UPLOAD_MAX_MEMORY_SIZE = 4 * mmap.PAGESIZE
    pages: list[int] = []
    real = TemporaryFile.write

    def seen(temporary: TemporaryFile, chunk: bytes | memoryview) -> None:
        if isinstance(chunk, memoryview) and temporary.size % mmap.PAGESIZE == 0:
            pages.append(len(chunk) // mmap.PAGESIZE)
        real(temporary, chunk)

    monkeypatch.setattr(TemporaryFile, "write", seen)
    request = posted({"file": named(CONTENT)})
    received(request)
    assert sum(pages) >= len(CONTENT) // mmap.PAGESIZE - 8
    closed(request)


def test_other_routes_take_no_file_at_all(incoming: Path) -> None:
    request = posted({"file": named(b"1")})._request
    request.upload_handlers = [RefusingUploadHandler(request)]
    with pytest.raises(UnexpectedFile):
        request.FILES  # noqa: B018 reading it is the act
    assert left(incoming) == []
