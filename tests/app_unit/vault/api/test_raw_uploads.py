"""PUT of a whole body: as a new file, as other bytes of a file, and checked against what the client says."""

import base64
import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from rest_framework.test import APIClient

from mediavault.vault.models import Blob, File

CONTENT = b"some bytes\n" * 1000
SHA256 = hashlib.sha256(CONTENT).hexdigest()
DIGEST = f"sha-256=:{base64.b64encode(bytes.fromhex(SHA256)).decode()}:"
OTHER = "0" * 64


def put(client: Any, path: str, content: bytes = CONTENT, headers: dict[str, str] | None = None) -> Any:
    return client.generic("PUT", path, content, content_type="image/jpeg", headers=headers)


def content(client: APIClient, file: dict[str, Any]) -> bytes:
    return b"".join(client.get(f"/api/files/{file['id']}/download/").streaming_content)  # type: ignore[attr-defined]


@pytest.fixture
def bytes_kept(media_root: Path) -> Callable[[], int]:
    return lambda: sum(path.stat().st_size for path in media_root.rglob("*") if path.is_file())


def test_a_body_becomes_a_file_of_the_name_in_the_address(as_ann: APIClient, make_folder: Any) -> None:
    folder = make_folder(as_ann, "Holidays")
    response = put(as_ann, f"/api/upload/b%C3%A4ch.txt?folder={folder.pk}&favorite=true")
    told = response.json()
    assert response.status_code == 201, told
    assert (told["name"], told["folder"], told["is_favorite"]) == ("bäch.txt", folder.pk, True)
    assert (told["size"], told["type"]) == (len(CONTENT), "text/plain")
    assert response["Location"].endswith(f"/api/files/{told['id']}/")
    assert response["ETag"] == f'"{SHA256}"'
    assert content(as_ann, told) == CONTENT


def test_an_empty_body_is_a_file(as_ann: APIClient) -> None:
    response = as_ann.generic("PUT", "/api/upload/empty", "", content_type="", CONTENT_LENGTH="0")
    assert (response.status_code, response.json()["size"]) == (201, 0)


def test_a_taken_name_is_refused_renamed_or_given_the_bytes(as_ann: APIClient, upload: Any) -> None:
    file = upload(as_ann, "a.txt", b"old", is_favorite=True)
    refused = put(as_ann, "/api/upload/A.txt")
    assert (refused.status_code, refused.json()["existing"]) == (409, {"kind": "file", "id": file.pk})
    renamed = put(as_ann, "/api/upload/A.txt?on_conflict=rename&folder=&sha256=")
    assert (renamed.status_code, renamed.json()["name"]) == (201, "A (1).txt")
    replaced = put(as_ann, "/api/upload/A.txt?on_conflict=replace")
    assert (replaced.status_code, replaced.json()["id"]) == (200, file.pk)
    assert (replaced.json()["name"], replaced.json()["is_favorite"]) == ("a.txt", True)
    assert content(as_ann, replaced.json()) == CONTENT
    assert Blob.objects.get(references__gt=0).references == 2


def test_a_folder_is_never_replaced(as_ann: APIClient, make_folder: Any) -> None:
    make_folder(as_ann, "a.txt")
    response = put(as_ann, "/api/upload/a.txt?on_conflict=replace")
    assert (response.status_code, response.json()["existing"]["kind"]) == (409, "folder")


@pytest.mark.parametrize(
    ("path", "field"),
    [
        ("", "name"),
        ("a/b", "name"),
        ("..", "name"),
        ("a%0Ab", "name"),
        ("a.txt/", "name"),
        ("a?folder=x", "folder"),
        ("a?folder=999999", "folder"),
        ("a?on_conflict=maybe", "on_conflict"),
        ("a?favorite=maybe", "favorite"),
        ("a?sha256=12", "sha256"),
    ],
)
def test_what_cannot_be_used_is_named(
    as_ann: APIClient, path: str, field: str, bytes_kept: Callable[[], int]
) -> None:
    response = put(as_ann, f"/api/upload/{path}")
    assert (response.status_code, list(response.json()["errors"])) == (400, [field])
    assert bytes_kept() == 0


def test_a_body_of_unknown_length_is_refused(as_ann: APIClient) -> None:
    response = as_ann.put("/api/upload/a")
    assert response.status_code == 411
    assert response.json()["type"].endswith("/length-required")


def test_a_body_too_large_is_refused_unread(
    as_ann: APIClient, settings: Any, bytes_kept: Callable[[], int]
) -> None:
    settings.MAX_UPLOAD_SIZE = len(CONTENT) - 1
    response = put(as_ann, "/api/upload/a")
    assert (response.status_code, response.json()["limit"]) == (413, len(CONTENT) - 1)
    assert bytes_kept() == 0


def test_a_body_that_is_packed_or_a_part_is_refused(as_ann: APIClient) -> None:
    assert put(as_ann, "/api/upload/a", headers={"Content-Encoding": "gzip"}).status_code == 415
    assert put(as_ann, "/api/upload/a", headers={"Content-Range": "bytes 0-1/9"}).status_code == 400


@pytest.mark.parametrize("path", ["/api/upload/a", "/api/files/{}/content/"])
@pytest.mark.parametrize("header", ["Repr-Digest", "Content-Digest", "sha256"])
def test_bytes_that_are_not_those_that_were_meant_are_not_kept(
    as_ann: APIClient, upload: Any, path: str, header: str, bytes_kept: Callable[[], int]
) -> None:
    address, kept = path.format(upload(as_ann, "b", b"old").pk), bytes_kept()
    told = {} if header == "sha256" else {header: DIGEST}
    query = f"?sha256={SHA256}" if header == "sha256" else ""
    refused = put(as_ann, address + query, b"others", headers=told)
    assert (refused.status_code, list(refused.json()["errors"])) == (400, [header])
    assert refused.json()["type"].endswith("/checksum-mismatch")
    assert bytes_kept() == kept
    assert put(as_ann, address + query, headers=told).status_code in (200, 201)


def test_a_file_gets_other_bytes_under_its_condition(as_ann: APIClient, upload: Any) -> None:
    file = upload(as_ann, "a.txt", b"old")
    address = f"/api/files/{file.pk}/content/"
    former = f'"{hashlib.sha256(b"old").hexdigest()}"'
    assert put(as_ann, address, headers={"If-Match": f'"{OTHER}"'}).status_code == 412
    assert put(as_ann, address, headers={"If-None-Match": "*"}).status_code == 412
    response = put(as_ann, address, headers={"If-Match": former})
    assert (response.status_code, response.json()["id"], response.json()["name"]) == (200, file.pk, "a.txt")
    assert content(as_ann, response.json()) == CONTENT
    assert put(as_ann, address, headers={"If-Match": former}).status_code == 412
    assert Blob.objects.get(references=1).sha256 == SHA256


def test_a_form_is_checked_against_its_field(as_ann: APIClient, bytes_kept: Callable[[], int]) -> None:
    def post(sha256: str) -> Any:
        body = {"file": SimpleUploadedFile("a.txt", CONTENT), "sha256": sha256}
        return as_ann.post("/api/files/", body, format="multipart")

    refused = post(OTHER)
    assert (refused.status_code, list(refused.json()["errors"])) == (400, ["sha256"])
    assert bytes_kept() == 0
    assert post(SHA256).status_code == 201


def test_bytes_are_found_by_their_hash_by_their_owner_only(
    as_ann: APIClient, as_bob: APIClient, upload: Any
) -> None:
    upload(as_ann, "a.txt", CONTENT)
    upload(as_ann, "b.txt", CONTENT)
    address = f"/api/files/by-hash/{SHA256.upper()}/"
    assert [each["name"] for each in as_ann.get(address).json()] == ["a.txt", "b.txt"]
    assert as_ann.head(address).status_code == 200
    assert as_bob.get(address).status_code == as_bob.head(address).status_code == 404
    assert as_ann.get(f"/api/files/by-hash/{OTHER}/").status_code == 404
    refused = as_ann.get("/api/files/by-hash/zz/")
    assert (refused.status_code, list(refused.json()["errors"])) == (400, ["sha256"])


def test_known_bytes_become_another_file_without_being_sent(
    as_ann: APIClient, as_bob: APIClient, upload: Any
) -> None:
    upload(as_ann, "a.txt", CONTENT)
    made = as_ann.post("/api/files/", {"sha256": SHA256, "name": "b.csv", "is_favorite": True})
    assert made.status_code == 201, made.content
    assert (made.json()["size"], made.json()["type"]) == (len(CONTENT), "text/csv")
    assert Blob.objects.get(references__gt=0).references == 2
    assert content(as_ann, made.json()) == CONTENT
    foreign = as_bob.post("/api/files/", {"sha256": SHA256, "name": "b"})
    assert (foreign.status_code, list(foreign.json()["errors"])) == (400, ["sha256"])
    assert File.objects.count() == 2


@pytest.mark.parametrize(
    ("body", "field"),
    [({"name": "b"}, "file"), ({"sha256": OTHER}, "name"), ({"sha256": "x", "name": "b"}, "sha256")],
)
def test_a_file_of_no_bytes_is_refused(as_ann: APIClient, body: dict[str, str], field: str) -> None:
    response = as_ann.post("/api/files/", body)
    assert (response.status_code, list(response.json()["errors"])) == (400, [field])
