"""tus 1.0 at /api/uploads/: what is refused, and in which words."""

import hashlib
import uuid
from typing import Any

import pytest
from rest_framework.test import APIClient

from mediavault.database.advisory import advisory_lock
from mediavault.vault.actions import upload_writer
from mediavault.vault.actions.upload_writer import lock_key
from mediavault.vault.models import File, Upload
from tus_requests import CONTENT, b64, begin, content, kind, metadata, patch, send


@pytest.mark.parametrize("version", [None, "0.2.2"])
def test_another_version_is_refused(as_ann: APIClient, version: str | None) -> None:
    headers = {"Tus-Resumable": version} if version else {}
    response: Any = as_ann.post("/api/uploads/", headers=headers)
    assert (response.status_code, response["Tus-Version"]) == (412, "1.0.0")


def test_bytes_at_another_offset_are_refused(as_ann: APIClient) -> None:
    address = begin(as_ann)
    patch(as_ann, address, 0, CONTENT[:10])
    for offset in (0, 9, 11):
        refused = patch(as_ann, address, offset, CONTENT[offset:])
        assert (refused.status_code, kind(refused), refused["Upload-Offset"]) == (
            409,
            "offset-mismatch",
            "10",
        )
    assert send(as_ann, "HEAD", address)["Upload-Offset"] == "10"


def test_more_than_was_told_of_is_refused(as_ann: APIClient, settings: Any) -> None:
    settings.MAX_UPLOAD_SIZE = 100
    refused = send(as_ann, "POST", "/api/uploads/", Upload_Length="101", **metadata(filename="a"))
    assert refused.status_code == 413
    assert patch(as_ann, begin(as_ann, 10), 0, bytes(11)).status_code == 413
    deferred = begin(as_ann, None, filename="b")
    assert patch(as_ann, deferred, 0, bytes(101)).status_code == 413
    assert patch(as_ann, deferred, 0, bytes(10), Upload_Length="101").status_code == 413


@pytest.mark.parametrize(
    ("headers", "status", "named"),
    [
        ({"Content-Type": "text/plain", "Upload-Offset": "0"}, 415, None),
        ({}, 400, "Upload-Offset"),
        ({"Upload-Offset": "x"}, 400, "Upload-Offset"),
        ({"Upload-Offset": "0", "Upload-Checksum": "crc32 AAAA"}, 400, "Upload-Checksum"),
        ({"Upload-Offset": "0", "Upload-Length": "x"}, 400, "Upload-Length"),
        ({"Upload-Offset": "0", "Upload-Metadata": "!"}, 400, "filename"),
    ],
)
def test_a_part_that_cannot_be_used_is_refused_by_name(
    as_ann: APIClient, headers: dict[str, str], status: int, named: str | None
) -> None:
    response = send(as_ann, "PATCH", begin(as_ann), b"x", **headers)
    assert response.status_code == status
    assert named is None or list(response.json()["errors"]) == [named]


@pytest.mark.parametrize(
    ("told", "named"),
    [
        ({}, "filename"),
        ({"filename": "a/b"}, "filename"),
        ({"filename": "a", "folder": "999999"}, "folder"),
        ({"filename": "a", "folder": "x"}, "folder"),
        ({"filename": "a", "on_conflict": "maybe"}, "on_conflict"),
        ({"filename": "a", "is_favorite": "maybe"}, "is_favorite"),
        ({"filename": "a", "sha256": "12"}, "sha256"),
    ],
)
def test_a_beginning_that_cannot_be_used_is_refused_by_name(
    as_ann: APIClient, told: dict[str, str], named: str
) -> None:
    response = send(as_ann, "POST", "/api/uploads/", Upload_Length="1", **metadata(**told))
    assert (response.status_code, list(response.json()["errors"])) == (400, [named])
    assert not Upload.objects.exists()


@pytest.mark.parametrize("algorithm", ["sha1", "sha256", "md5"])
def test_a_part_with_a_checksum_counts_only_when_it_fits(as_ann: APIClient, algorithm: str) -> None:
    address = begin(as_ann)
    patch(as_ann, address, 0, CONTENT[:10])
    told = f"{algorithm} {b64(hashlib.new(algorithm, CONTENT[10:]).digest())}"
    refused = patch(as_ann, address, 10, CONTENT[11:], Upload_Checksum=told)
    assert (refused.status_code, kind(refused)) == (460, "checksum-mismatch")
    assert send(as_ann, "HEAD", address)["Upload-Offset"] == "10"
    assert patch(as_ann, address, 10, CONTENT[10:], Upload_Checksum=told).status_code == 204
    assert content(as_ann, File.objects.get().pk) == CONTENT


def test_a_second_writer_is_turned_away(as_ann: APIClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(upload_writer, "_PATIENCE_SECONDS", 0.0)
    address = begin(as_ann)
    with advisory_lock(lock_key(Upload.objects.get().pk)):
        for response in (patch(as_ann, address, 0, CONTENT), send(as_ann, "DELETE", address)):
            assert (response.status_code, kind(response)) == (423, "upload-busy")
            assert int(response["Retry-After"]) > 0
    assert patch(as_ann, address, 0, CONTENT).status_code == 204


def test_others_see_nothing_of_it(as_ann: APIClient, as_bob: APIClient) -> None:
    address = begin(as_ann)
    unknown = f"/api/uploads/{uuid.uuid4()}/"
    for method in ("GET", "HEAD", "PATCH", "DELETE"):
        foreign = send(as_bob, method, address, Upload_Offset="0")
        assert foreign.status_code == 404
        assert foreign.content == send(as_bob, method, unknown, Upload_Offset="0").content
    assert as_bob.get("/api/uploads/").json() == []
    assert [each["url"] for each in as_ann.get("/api/uploads/").json()] == [f"http://testserver{address}"]
