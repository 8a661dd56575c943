"""tus 1.0 at /api/uploads/: what it promises."""

from pathlib import Path
from typing import Any

from rest_framework.test import APIClient

from mediavault.vault.models import File
from tus_requests import CONTENT, begin, content, incoming, metadata, patch, send


def test_a_file_arrives_in_parts(as_ann: APIClient, make_folder: Any, media_root: Path) -> None:
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
    assert incoming(media_root) == 0


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


def test_a_post_may_stand_for_a_patch(as_ann: APIClient) -> None:
    address = begin(as_ann)
    override = {"X-HTTP-Method-Override": "PATCH", "Upload-Offset": "0"}
    assert send(as_ann, "POST", address, CONTENT, **override).status_code == 204
    refused = send(as_ann, "POST", address)
    assert (refused.status_code, list(refused.json()["errors"])) == (400, ["X-HTTP-Method-Override"])
