"""tus 1.0 at /api/uploads/: what it promises, and what it refuses."""

import base64
import hashlib
import uuid
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from mediavault.database.advisory import advisory_lock
from mediavault.vault.actions import append_to_upload
from mediavault.vault.actions.expire_uploads import expire_uploads
from mediavault.vault.actions.upload_writer import lock_key
from mediavault.vault.models import File, Upload

CONTENT = bytes(range(256)) * 40
TUS = {"Tus-Resumable": "1.0.0"}


def b64(value: str | bytes) -> str:
    return base64.b64encode(value.encode() if isinstance(value, str) else value).decode()


def metadata(**told: str) -> dict[str, str]:
    return {"Upload-Metadata": ",".join(f"{key} {b64(value)}" for key, value in told.items())}


def send(client: Any, method: str, path: str, body: Any = b"", **headers: Any) -> Any:
    told: dict[str, str] = {**TUS, **{name.replace("_", "-"): value for name, value in headers.items()}}
    content_type = told.pop("Content-Type", "application/offset+octet-stream")
    return client.generic(method, path, body, content_type=content_type, headers=told)


def begin(client: APIClient, length: int | None = len(CONTENT), **told: str) -> str:
    size = {"Upload-Defer-Length": "1"} if length is None else {"Upload-Length": str(length)}
    response = send(client, "POST", "/api/uploads/", **size, **metadata(**{"filename": "a.bin"} | told))
    assert response.status_code == 201, response.content
    return str(response["Location"]).removeprefix("http://testserver")


def patch(client: APIClient, address: str, offset: int, body: bytes, **headers: str) -> Any:
    return send(client, "PATCH", address, body, Upload_Offset=str(offset), **headers)


def content(client: Any, file_id: object) -> bytes:
    return b"".join(client.get(f"/api/files/{file_id}/download/").streaming_content)


def kind(response: Any) -> str:
    return str(response.json()["type"].rpartition("/")[2])


@pytest.fixture
def incoming(media_root: Path) -> Callable[[], int]:
    return lambda: len(list((media_root / "incoming").glob("*")))


def test_a_file_arrives_in_parts(as_ann: APIClient, make_folder: Any, incoming: Callable[[], int]) -> None:
    folder = make_folder(as_ann, "Holidays")
    address = begin(
        as_ann, filename="bäch.bin", filetype="image/png", folder=str(folder.pk), is_favorite="true"
    )
    half = len(CONTENT) // 2
    first = patch(as_ann, address, 0, CONTENT[:half])
    assert (first.status_code, first["Upload-Offset"]) == (204, str(half))
    told = send(as_ann, "HEAD", address)
    assert (told.status_code, told["Upload-Offset"], told["Upload-Length"]) == (
        200,
        str(half),
        str(len(CONTENT)),
    )
    assert (told["Cache-Control"], told["Tus-Resumable"]) == ("no-store", "1.0.0")
    assert "GMT" in told["Upload-Expires"]
    last = patch(as_ann, address, half, CONTENT[half:])
    assert (last.status_code, last["Upload-Offset"]) == (204, str(len(CONTENT)))
    file = File.objects.get()
    assert last["Content-Location"].endswith(f"/api/files/{file.pk}/")
    assert last["X-File-Id"] == str(file.pk)
    assert (file.name, file.folder_id, file.is_favorite) == ("bäch.bin", folder.pk, True)
    assert content(as_ann, file.pk) == CONTENT
    assert incoming() == 0


def test_the_end_is_found_again_by_who_did_not_hear_of_it(as_ann: APIClient) -> None:
    address = begin(as_ann)
    assert patch(as_ann, address, 0, CONTENT).status_code == 204
    file = File.objects.get()
    told = send(as_ann, "HEAD", address)
    assert (told["Upload-Offset"], told["X-File-Id"]) == (str(len(CONTENT)), str(file.pk))
    again = patch(as_ann, address, len(CONTENT), b"")
    assert (again.status_code, again["X-File-Id"]) == (204, str(file.pk))
    assert as_ann.delete(f"/api/files/{file.pk}/").status_code == 204
    assert send(as_ann, "HEAD", address)["Upload-Offset"] == str(len(CONTENT))
    assert not File.objects.exists()


def test_the_first_bytes_may_come_with_the_beginning(as_ann: APIClient) -> None:
    headers = {"Upload-Length": str(len(CONTENT)), **metadata(filename="a.bin")}
    response = send(as_ann, "POST", "/api/uploads/", CONTENT[:100], **headers)
    assert (response.status_code, response["Upload-Offset"]) == (201, "100")
    assert patch(as_ann, response["Location"], 100, CONTENT[100:]).status_code == 204
    whole = send(as_ann, "POST", "/api/uploads/", CONTENT, **headers | metadata(filename="b.bin"))
    assert (whole.status_code, content(as_ann, whole["X-File-Id"])) == (201, CONTENT)


def test_an_empty_file_is_there_at_once(as_ann: APIClient) -> None:
    address = begin(as_ann, 0)
    assert (File.objects.get().size, send(as_ann, "HEAD", address)["Upload-Offset"]) == (0, "0")


def test_the_length_may_be_told_late(as_ann: APIClient) -> None:
    address = begin(as_ann, None)
    assert send(as_ann, "HEAD", address)["Upload-Defer-Length"] == "1"
    assert patch(as_ann, address, 0, CONTENT[:10]).status_code == 204
    assert not File.objects.exists()
    assert patch(as_ann, address, 10, CONTENT[10:], Upload_Length=str(len(CONTENT))).status_code == 204
    assert content(as_ann, File.objects.get().pk) == CONTENT


def test_a_known_end_may_be_told_with_no_bytes(as_ann: APIClient) -> None:
    address = begin(as_ann, None)
    patch(as_ann, address, 0, CONTENT)
    assert patch(as_ann, address, len(CONTENT), b"", Upload_Length=str(len(CONTENT))).status_code == 204
    assert content(as_ann, File.objects.get().pk) == CONTENT


def test_what_the_server_can_do_is_told(as_ann: APIClient, settings: Any) -> None:
    settings.MAX_UPLOAD_SIZE = 12345
    response = as_ann.options("/api/uploads/")
    assert (response.status_code, response["Tus-Version"], response["Tus-Max-Size"]) == (
        204,
        "1.0.0",
        "12345",
    )
    assert "checksum" in response["Tus-Extension"].split(",")
    assert response["Tus-Checksum-Algorithm"] == "sha1,sha256,md5"


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


def test_a_file_that_is_not_what_was_meant_is_not_kept(
    as_ann: APIClient, incoming: Callable[[], int]
) -> None:
    address = begin(as_ann, sha256=hashlib.sha256(b"other").hexdigest())
    refused = patch(as_ann, address, 0, CONTENT)
    assert (refused.status_code, kind(refused)) == (460, "checksum-mismatch")
    assert send(as_ann, "HEAD", address).status_code == 404
    assert (incoming(), File.objects.count()) == (0, 0)
    good = begin(as_ann, sha256=hashlib.sha256(CONTENT).hexdigest())
    assert patch(as_ann, good, 0, CONTENT).status_code == 204


def test_a_name_taken_at_the_beginning_is_refused_before_a_byte(as_ann: APIClient, upload: Any) -> None:
    upload(as_ann, "a.bin")
    headers = {"Upload-Length": "5", **metadata(filename="A.bin")}
    assert send(as_ann, "POST", "/api/uploads/", **headers).status_code == 409


def test_a_name_taken_meanwhile_leaves_the_upload_whole_until_it_has_another(
    as_ann: APIClient, upload: Any
) -> None:
    address = begin(as_ann)
    patch(as_ann, address, 0, CONTENT[:10])
    upload(as_ann, "a.bin")
    refused = patch(as_ann, address, 10, CONTENT[10:])
    assert (refused.status_code, kind(refused)) == (409, "name-taken")
    assert send(as_ann, "HEAD", address).status_code == 409
    renamed = patch(as_ann, address, len(CONTENT), b"", **metadata(filename="b.bin"))
    assert (renamed.status_code, File.objects.get(name="b.bin").size) == (204, len(CONTENT))


@pytest.mark.parametrize(("policy", "names"), [("rename", ["a (1).bin", "a.bin"]), ("replace", ["a.bin"])])
def test_a_taken_name_is_renamed_or_replaced(
    as_ann: APIClient, upload: Any, policy: str, names: list[str]
) -> None:
    upload(as_ann, "a.bin")
    patch(as_ann, begin(as_ann, on_conflict=policy), 0, CONTENT)
    assert sorted(File.objects.values_list("name", flat=True)) == names


def test_an_upload_is_given_up(as_ann: APIClient, incoming: Callable[[], int]) -> None:
    address = begin(as_ann)
    patch(as_ann, address, 0, CONTENT[:10])
    assert send(as_ann, "DELETE", address).status_code == 204
    assert send(as_ann, "HEAD", address).status_code == 404
    assert patch(as_ann, address, 10, CONTENT[10:]).status_code == 404
    assert incoming() == 0


def test_an_upload_that_nobody_goes_on_with_ends(as_ann: APIClient, incoming: Callable[[], int]) -> None:
    address = begin(as_ann)
    patch(as_ann, address, 0, CONTENT[:10])
    Upload.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    for response in (send(as_ann, "HEAD", address), patch(as_ann, address, 10, b"x")):
        assert response.status_code == 410
    assert as_ann.get("/api/uploads/").json() == []
    assert expire_uploads(now=timezone.now()) == 1
    assert (incoming(), Upload.objects.count()) == (0, 0)


def test_a_second_writer_is_turned_away(as_ann: APIClient) -> None:
    address = begin(as_ann)
    with advisory_lock(lock_key(Upload.objects.get().pk)):
        for response in (patch(as_ann, address, 0, CONTENT), send(as_ann, "DELETE", address)):
            assert (response.status_code, kind(response)) == (423, "upload-busy")
            assert int(response["Retry-After"]) > 0
    assert patch(as_ann, address, 0, CONTENT).status_code == 204


def test_a_post_may_stand_for_a_patch(as_ann: APIClient) -> None:
    address = begin(as_ann)
    override = {"X-HTTP-Method-Override": "PATCH", "Upload-Offset": "0"}
    assert send(as_ann, "POST", address, CONTENT, **override).status_code == 204
    assert send(as_ann, "POST", address).status_code == 405


def test_others_see_nothing_of_it(as_ann: APIClient, as_bob: APIClient) -> None:
    address = begin(as_ann)
    unknown = f"/api/uploads/{uuid.uuid4()}/"
    for method in ("GET", "HEAD", "PATCH", "DELETE"):
        foreign = send(as_bob, method, address, Upload_Offset="0")
        assert foreign.status_code == 404
        assert foreign.content == send(as_bob, method, unknown, Upload_Offset="0").content
    assert as_bob.get("/api/uploads/").json() == []
    assert [each["url"] for each in as_ann.get("/api/uploads/").json()] == [f"http://testserver{address}"]


def test_bytes_that_the_store_has_lost_are_asked_for_again(as_ann: APIClient, media_root: Path) -> None:
    address = begin(as_ann)
    patch(as_ann, address, 0, CONTENT[:10])
    (media_root / "incoming" / Upload.objects.get().temporary).unlink()
    refused = patch(as_ann, address, 10, CONTENT[10:])
    assert (refused.status_code, refused["Upload-Offset"]) == (409, "0")
    assert patch(as_ann, address, 0, CONTENT).status_code == 204


@pytest.mark.parametrize("step", ["finish_upload._create", "place_file.File.objects.create"])
def test_a_file_whose_making_was_cut_off_is_made_when_asked_for(
    as_ann: APIClient, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    address = begin(as_ann)

    def cut(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(f"mediavault.vault.actions.{step}", cut)
        with pytest.raises(KeyboardInterrupt):
            patch(as_ann, address, 0, CONTENT)
    told = send(as_ann, "HEAD", address)
    assert (told["Upload-Offset"], content(as_ann, told["X-File-Id"])) == (str(len(CONTENT)), CONTENT)


def test_a_long_part_is_safe_before_its_end(as_ann: APIClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(append_to_upload, "CHECKPOINT_BYTES", 1000)
    seen: list[int] = []
    real = append_to_upload._save

    def save(upload: Upload, temporary: Any) -> None:
        real(upload, temporary)
        seen.append(Upload.objects.get().offset)

    monkeypatch.setattr(append_to_upload, "_save", save)
    monkeypatch.setattr("mediavault.http.bodies._LARGEST_BUFFER", 600)
    assert patch(as_ann, begin(as_ann), 0, CONTENT).status_code == 204
    assert seen[:2] == [1200, 2400]
