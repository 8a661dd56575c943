"""Uploads that are too large, cut short, or meet a full or broken disk."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from rest_framework.test import APIClient

from mediavault.vault.models import Blob, File
from mediavault.vault.storage.errors import StorageFull, StorageUnavailable
from mediavault.vault.storage.files import FileStore
from mediavault.vault.storage.temporary_files import TemporaryFile


def post(client: APIClient, content: bytes = b"x" * 1000, **fields: Any) -> Any:
    body = {"file": SimpleUploadedFile("a.txt", content), **fields}
    return client.post("/api/files/", body, format="multipart")


@pytest.fixture
def nothing_was_kept(media_root: Path) -> Callable[[], bool]:
    def check() -> bool:
        stray = [path for path in media_root.rglob("*") if path.is_file()]
        return not stray and not File.objects.exists() and not Blob.objects.exists()

    return check


def test_a_file_of_the_largest_size_is_taken(as_ann: APIClient, settings: Any) -> None:
    settings.MAX_UPLOAD_SIZE = 1000
    assert post(as_ann).status_code == 201


def test_one_byte_more_is_too_large(
    as_ann: APIClient, settings: Any, nothing_was_kept: Callable[[], bool]
) -> None:
    settings.MAX_UPLOAD_SIZE = 999
    response = post(as_ann)
    assert response.status_code == 413
    assert response.json()["limit"] == 999
    assert list(response.json()["errors"]) == ["file"]
    assert nothing_was_kept()


def test_a_length_that_cannot_fit_is_refused_before_a_byte_is_stored(
    as_ann: APIClient, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.MAX_UPLOAD_SIZE = 10
    monkeypatch.setattr(FileStore, "create_temporary", None)
    assert post(as_ann, b"x" * 2_000_000).status_code == 413


@pytest.mark.parametrize(
    ("error", "status", "type_"),
    [(StorageFull("full"), 507, "storage-full"), (StorageUnavailable("gone"), 503, "storage-unavailable")],
)
@pytest.mark.parametrize("step", ["create_temporary", "publish"])
def test_a_failing_disk_is_told_and_nothing_stays(
    as_ann: APIClient,
    monkeypatch: pytest.MonkeyPatch,
    nothing_was_kept: Callable[[], bool],
    error: Exception,
    status: int,
    type_: str,
    step: str,
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(FileStore, step, fail)
    response = post(as_ann)
    assert (response.status_code, response.json()["type"].rpartition("/")[2]) == (status, type_)
    assert nothing_was_kept()


def test_a_disk_that_fills_up_on_the_way_is_told(
    as_ann: APIClient, monkeypatch: pytest.MonkeyPatch, nothing_was_kept: Callable[[], bool]
) -> None:
    def fail(*_: object) -> None:
        raise StorageFull("full")

    monkeypatch.setattr(TemporaryFile, "write", fail)
    assert post(as_ann).status_code == 507
    assert nothing_was_kept()


def test_a_second_file_is_refused(as_ann: APIClient, nothing_was_kept: Callable[[], bool]) -> None:
    response = post(as_ann, other=SimpleUploadedFile("b", b"b"))
    assert (response.status_code, list(response.json()["errors"])) == (400, ["other"])
    assert nothing_was_kept()


def test_a_body_that_ends_early_is_refused(as_ann: APIClient, nothing_was_kept: Callable[[], bool]) -> None:
    body = '--x\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\nhalf of it'
    response = as_ann.generic("POST", "/api/files/", body, content_type="multipart/form-data; boundary=x")
    assert response.status_code == 400
    assert nothing_was_kept()


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\ann\\photo.jpg", "photo.jpg"),
        ("u\u0308.txt", "ü.txt"),
        ("a.txt;b", "a.txt;b"),
        ("photo\u202egpj.exe", "photogpj.exe"),
        ("x" * 260 + ".jpg", "x" * 251 + ".jpg"),
    ],
)
def test_the_uploads_name_is_made_safe(as_ann: APIClient, sent: str, kept: str) -> None:
    body = f'--x\r\nContent-Disposition: form-data; name="file"; filename="{sent}"\r\n\r\nx\r\n--x--\r\n'
    response = as_ann.generic("POST", "/api/files/", body, content_type="multipart/form-data; boundary=x")
    assert (response.status_code, response.json().get("name")) == (201, kept), response.content


@pytest.mark.parametrize("sent", ["dots...", "é" * 200])
def test_an_upload_whose_name_cannot_be_used_is_refused_by_name(as_ann: APIClient, sent: str) -> None:
    response = as_ann.post("/api/files/", {"file": SimpleUploadedFile(sent, b"x")}, format="multipart")
    assert (response.status_code, list(response.json()["errors"])) == (400, ["name"])


def test_fields_too_large_for_memory_are_refused(as_ann: APIClient, settings: Any) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
    assert as_ann.post("/api/folders/", {"name": "x" * 2000}).status_code == 413
    assert post(as_ann, b"x", name="y" * 2000).status_code == 413
