"""stream, download and thumbnail as routes; their ranges and conditions are tested with mediavault.http."""

import io
from typing import Any

import pytest
from PIL import Image
from rest_framework.test import APIClient


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
    assert max(picture.size) <= 640


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
