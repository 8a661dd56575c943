"""Multipart bodies through Django's own parser into the store."""

import errno
import hashlib
import os
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.core.handlers.wsgi import WSGIRequest
from django.http.multipartparser import MultiPartParserError
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart

from mediavault.vault.storage.errors import StorageFull
from mediavault.vault.storage.uploads import (
    ObjectUploadHandler,
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
    handler: type[ObjectUploadHandler | RefusingUploadHandler] = ObjectUploadHandler,
) -> WSGIRequest:
    content = encode_multipart(BOUNDARY, fields) if body is None else body
    environ = {
        "REQUEST_METHOD": "POST",
        "CONTENT_TYPE": MULTIPART_CONTENT,
        "CONTENT_LENGTH": str(len(content)),
        "wsgi.input": BytesIO(content[:cut]),
    }
    request = WSGIRequest(environ)
    request.upload_handlers = [handler(request)]
    return request


def received(request: WSGIRequest) -> UploadedObject:
    uploaded = request.FILES["file"]
    assert isinstance(uploaded, UploadedObject)
    return uploaded


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
    request.close()


def test_what_nobody_published_is_gone_with_the_request(incoming: Path) -> None:
    request = posted({"file": named(CONTENT)})
    received(request)
    assert len(left(incoming)) == 1
    request.close()
    assert left(incoming) == []


def test_an_empty_file_is_a_file() -> None:
    request = posted({"file": named(b"")})
    assert received(request).size == 0
    request.close()


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
        request.close()
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
        request = posted({"file": named(CONTENT)}, cut=cut)
        assert "file" not in request.FILES, cut
        request.close()
        assert left(incoming) == [], cut


def test_a_broken_body_leaves_nothing(incoming: Path) -> None:
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n'
    body = f"{head}Content-Transfer-Encoding: base64\r\n\r\n!!!!!\r\n--{BOUNDARY}--\r\n".encode()
    request = posted({}, body=body)
    with pytest.raises(MultiPartParserError):
        received(request)
    request.close()
    assert left(incoming) == []


@pytest.mark.parametrize("step", ["write", "fsync"])
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
    real = ObjectUploadHandler.receive_data_chunk

    def counted(handler: ObjectUploadHandler, raw_data: bytes, start: int) -> None:
        sizes.append(len(raw_data))
        real(handler, raw_data, start)

    monkeypatch.setattr(ObjectUploadHandler, "receive_data_chunk", counted)
    request = posted({"file": named(CONTENT)})
    assert received(request).size == len(CONTENT)
    assert max(sizes) <= 4096
    request.close()


def test_other_routes_take_no_file_at_all(incoming: Path) -> None:
    with pytest.raises(UnexpectedFile):
        received(posted({"file": named(b"1")}, handler=RefusingUploadHandler))
    assert posted({"name": "x"}, handler=RefusingUploadHandler).POST["name"] == "x"
    assert left(incoming) == []
