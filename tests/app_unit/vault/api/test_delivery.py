"""stream, download and thumbnail as routes; their ranges and conditions are tested with mediavault.http."""

import io
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, BinaryIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image
from rest_framework.test import APIClient

from mediavault.vault.storage.files import FileStore


@pytest.fixture
def photo() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (640, 480), "teal").save(out, "JPEG")
    return out.getvalue()


@pytest.mark.parametrize(("route", "disposition"), [("stream", "inline"), ("download", "attachment")])
def test_the_bytes_leave_whole_and_in_ranges(
    as_ann: APIClient, upload: Any, photo: bytes, route: str, disposition: str
) -> None:
    file = upload(as_ann, "beach.jpg", photo)
    url = f"/api/files/{file.pk}/{route}/"
    whole = as_ann.get(url)
    assert b"".join(whole) == photo
    assert whole["Content-Type"] == "image/jpeg"
    assert whole["Content-Disposition"] == f'{disposition}; filename="beach.jpg"'
    assert whole["ETag"] == f'"{file.file.sha256}"'
    part = as_ann.get(url, HTTP_RANGE="bytes=2-5")
    assert (part.status_code, b"".join(part)) == (206, photo[2:6])


@pytest.mark.parametrize("accept", ["image/avif,image/webp", "video/*;q=0.9", "text/html", "nonsense"])
def test_what_a_player_accepts_does_not_matter(
    as_ann: APIClient, upload: Any, photo: bytes, accept: str
) -> None:
    file = upload(as_ann, "beach.jpg", photo)
    for route in ("stream", "download", "thumbnail"):
        response = as_ann.get(f"/api/files/{file.pk}/{route}/", HTTP_ACCEPT=accept)
        assert response.status_code == 200
        assert b"".join(response)


def test_a_photo_has_a_thumbnail_as_soon_as_it_is_uploaded(
    as_ann: APIClient, upload: Any, photo: bytes
) -> None:
    file = upload(as_ann, "beach.jpg", photo)
    shown = as_ann.get(f"/api/files/{file.pk}/").json()
    response = as_ann.get(shown["thumbnail"])
    picture = Image.open(io.BytesIO(b"".join(response)))
    assert (response["Content-Type"], picture.format) == ("image/webp", "WEBP")
    assert max(picture.size) == 256


def test_there_is_a_large_picture_too(as_ann: APIClient, upload: Any, photo: bytes) -> None:
    address = f"/api/files/{upload(as_ann, 'beach.jpg', photo).pk}/thumbnail/"
    small, large, default = (as_ann.get(address, {"size": size}) for size in ("small", "large", ""))
    pictures = [Image.open(io.BytesIO(b"".join(response))) for response in (small, large, default)]
    assert max(pictures[0].size) < max(pictures[1].size)
    assert small["ETag"] != large["ETag"]
    assert small["ETag"] == default["ETag"]


@pytest.mark.parametrize("size", ["huge", "Small", "1440", "small\0"])
def test_another_size_of_picture_is_refused(as_ann: APIClient, upload: Any, photo: bytes, size: str) -> None:
    file = upload(as_ann, "beach.jpg", photo)
    response = as_ann.get(f"/api/files/{file.pk}/thumbnail/", {"size": size})
    assert (response.status_code, list(response.json()["errors"])) == (400, ["size"])


def test_what_the_camera_tells_stands_in_the_row(as_ann: APIClient, upload: Any) -> None:
    content, exif = io.BytesIO(), Image.Exif()
    exif[0x0110] = "Box Brownie"
    exif.get_ifd(0x8769)[0x9003] = "2024:05:06 07:08:09"
    exif.get_ifd(0x8769)[0x9011] = "+02:00"
    Image.new("RGB", (40, 30)).save(content, "JPEG", exif=exif)
    file = upload(as_ann, "box.jpg", content.getvalue())
    assert file.taken_at == datetime(2024, 5, 6, 5, 8, 9, tzinfo=UTC)
    assert (file.file.camera, file.file.facts["width"], file.file.facts["height"]) == ("Box Brownie", 40, 30)


def test_a_text_has_none(as_ann: APIClient, upload: Any) -> None:
    file = upload(as_ann)
    assert as_ann.get(f"/api/files/{file.pk}/").json()["thumbnail"] is None
    assert as_ann.get(f"/api/files/{file.pk}/thumbnail/").status_code == 404


def test_a_broken_picture_is_kept_without_one(as_ann: APIClient, upload: Any, photo: bytes) -> None:
    file = upload(as_ann, "broken.jpg", photo[:200])
    assert file.type == "image/jpeg"
    assert not file.has_thumbnail


def test_bytes_that_were_lost_are_an_error_of_ours(as_ann: APIClient, upload: Any, media_root: Any) -> None:
    file = upload(as_ann)
    next(path for path in media_root.rglob("*") if path.is_file()).unlink()
    response = as_ann.get(f"/api/files/{file.pk}/stream/")
    assert (response.status_code, response.json()["type"].rpartition("/")[2]) == (500, "blob-missing")


def test_an_upload_of_the_same_bytes_heals_what_was_lost(
    as_ann: APIClient, upload: Any, media_root: Any
) -> None:
    file = upload(as_ann)
    next(path for path in media_root.rglob("*") if path.is_file()).unlink()
    upload(as_ann, "b.txt")
    assert b"".join(as_ann.get(f"/api/files/{file.pk}/stream/")) == b"some text\n"


@pytest.mark.django_db(transaction=True)
def test_bytes_that_change_while_they_are_opened_are_the_new_ones(
    as_ann: APIClient, upload: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = upload(as_ann)
    body = {"file": SimpleUploadedFile("a.txt", b"other text\n")}
    before_opening(monkeypatch, lambda: as_ann.patch(f"/api/files/{file.pk}/", body, format="multipart"))
    assert b"".join(as_ann.get(f"/api/files/{file.pk}/stream/")) == b"other text\n"


@pytest.mark.django_db(transaction=True)
def test_a_file_that_is_deleted_while_it_is_opened_is_not_there(
    as_ann: APIClient, upload: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = upload(as_ann)
    before_opening(monkeypatch, lambda: as_ann.delete(f"/api/files/{file.pk}/"))
    assert as_ann.get(f"/api/files/{file.pk}/stream/").status_code == 404


def before_opening(monkeypatch: pytest.MonkeyPatch, happens: Callable[[], object]) -> None:
    """Let something happen between the row that a request has read and the bytes that it then opens."""
    opened = FileStore.open

    def open_later(store: FileStore, key: str) -> BinaryIO:
        monkeypatch.setattr(FileStore, "open", opened)
        happens()
        return opened(store, key)

    monkeypatch.setattr(FileStore, "open", open_later)
