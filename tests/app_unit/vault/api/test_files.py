"""/api/files/ as the seed's clients use it."""

import hashlib
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from rest_framework.test import APIClient

from mediavault.accounts.models import User
from mediavault.vault.models import Blob, File, Folder

Upload = Callable[..., File]


def stored(media_root: Path) -> list[str]:
    return sorted(str(path.relative_to(media_root)) for path in media_root.rglob("*") if path.is_file())


def test_a_created_file_shows_the_seeds_fields(as_ann: APIClient, ann: User) -> None:
    response = as_ann.post("/api/files/", {"file": SimpleUploadedFile("a.txt", b"hello")}, format="multipart")
    assert response.status_code == 201
    body = response.json()
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT[\d:.]+Z", body.pop("created_at"))
    assert body.pop("updated_at")
    for ours in ("taken_at", "sha256", "state", "reason", "media"):
        del body[ours]
    file_id = body.pop("id")
    assert response["Location"] == f"http://testserver/api/files/{file_id}/"
    assert body == {
        "name": "a.txt",
        "file": f"http://testserver/api/files/{file_id}/download/",
        "size": 5,
        "type": "text/plain",
        "path": "/a.txt",
        "owner": ann.pk,
        "folder": None,
        "is_favorite": False,
        "thumbnail": None,
    }


def test_the_bytes_come_back(as_ann: APIClient, upload: Upload) -> None:
    file = upload(as_ann, content=b"hello")
    response = as_ann.get(f"/api/files/{file.pk}/download/")
    assert b"".join(response) == b"hello"
    assert response["Content-Disposition"].startswith("attachment")


def test_fields_sent_along_are_taken(
    as_ann: APIClient, upload: Upload, make_folder: Callable[..., Folder]
) -> None:
    folder = make_folder(as_ann, "Holidays")
    file = upload(as_ann, "IMG_1.txt", name="beach.txt", folder=folder.pk, is_favorite="true")
    assert (file.name, file.folder, file.is_favorite, file.path) == (
        "beach.txt",
        folder,
        True,
        "/Holidays/beach.txt",
    )


@pytest.mark.parametrize("field", ["path", "size", "type", "owner", "created_at", "thumbnail"])
def test_what_the_server_knows_better_is_ignored(
    as_ann: APIClient, ann: User, field: str, upload: Upload
) -> None:
    file = upload(as_ann, **{field: "999"})
    assert (file.path, file.size, file.type, file.owner) == ("/a.txt", 10, "text/plain", ann)


def test_an_empty_file_is_a_file(as_ann: APIClient, upload: Upload) -> None:
    assert upload(as_ann, content=b"").size == 0


def test_two_files_with_the_same_bytes_share_one_blob(
    as_ann: APIClient, upload: Upload, media_root: Path
) -> None:
    first, second = upload(as_ann, "a.txt"), upload(as_ann, "b.txt")
    assert first.file == second.file
    assert second.file.references == 2
    assert len(stored(media_root)) == 1


def test_owners_never_share_a_blob(as_ann: APIClient, as_bob: APIClient, upload: Upload) -> None:
    assert upload(as_ann).file != upload(as_bob).file


def test_a_taken_name_is_a_conflict_that_names_the_file(
    as_ann: APIClient, upload: Upload, media_root: Path
) -> None:
    file = upload(as_ann, "Übung.txt")
    body = {"file": SimpleUploadedFile("u\u0308BUNG.TXT", b"other")}
    response = as_ann.post("/api/files/", body, format="multipart")
    assert response.status_code == 409
    assert response.json()["existing"] == {"kind": "file", "id": file.pk}
    assert response.json()["type"].endswith("/name-taken")
    assert len(stored(media_root)) == 1


def test_a_folders_name_is_taken_for_files_too(
    as_ann: APIClient, upload: Upload, make_folder: Callable[..., Folder]
) -> None:
    folder = make_folder(as_ann, "notes")
    response = as_ann.post("/api/files/", {"file": SimpleUploadedFile("Notes", b"x")}, format="multipart")
    assert response.json()["existing"] == {"kind": "folder", "id": folder.pk}


def test_without_a_file_nothing_is_created(as_ann: APIClient) -> None:
    response = as_ann.post("/api/files/", {"name": "a.txt"})
    assert response.status_code == 400
    assert list(response.json()["errors"]) == ["file"]


def test_a_text_in_place_of_the_file_is_refused(as_ann: APIClient) -> None:
    response = as_ann.post("/api/files/", {"file": "/etc/passwd"})
    assert (response.status_code, list(response.json()["errors"])) == (400, ["file"])


@pytest.mark.parametrize("method", ["put", "patch"])
def test_a_file_is_renamed_and_moved(
    as_ann: APIClient, upload: Upload, make_folder: Callable[..., Folder], method: str
) -> None:
    file, folder = upload(as_ann), make_folder(as_ann, "f")
    body = {"name": "b.txt", "folder": folder.pk, "is_favorite": True}
    response = getattr(as_ann, method)(f"/api/files/{file.pk}/", body)
    assert response.status_code == 200, response.content
    shown = response.json()
    assert (shown["name"], shown["path"], shown["folder"]) == ("b.txt", "/f/b.txt", folder.pk)
    assert shown["is_favorite"] is True


def test_what_is_left_out_stays(
    as_ann: APIClient, upload: Upload, make_folder: Callable[..., Folder]
) -> None:
    file = upload(as_ann, folder=make_folder(as_ann, "f").pk, is_favorite="true")
    shown = as_ann.patch(f"/api/files/{file.pk}/", {"name": "b.txt"}, format="multipart").json()
    assert (shown["path"], shown["is_favorite"]) == ("/f/b.txt", True)


def test_a_null_folder_means_the_root(
    as_ann: APIClient, upload: Upload, make_folder: Callable[..., Folder]
) -> None:
    file = upload(as_ann, folder=make_folder(as_ann, "f").pk)
    assert as_ann.patch(f"/api/files/{file.pk}/", {"folder": None}).json()["path"] == "/a.txt"


def test_other_bytes_replace_the_former_ones(
    as_ann: APIClient, upload: Upload, media_root: Path, django_capture_on_commit_callbacks: Any
) -> None:
    file = upload(as_ann)
    content = {"file": SimpleUploadedFile("ignored.html", b"%PDF-1.7 new")}
    with django_capture_on_commit_callbacks(execute=True):
        shown = as_ann.patch(f"/api/files/{file.pk}/", content, format="multipart").json()
    assert (shown["name"], shown["size"], shown["type"]) == ("a.txt", 12, "application/pdf")
    digest = hashlib.sha256(b"%PDF-1.7 new").hexdigest()
    assert [path.rpartition("/")[2] for path in stored(media_root)] == [digest]
    assert Blob.objects.get().sha256 == digest


def test_a_refused_replacement_leaves_the_file_as_it_was(
    as_ann: APIClient, upload: Upload, media_root: Path
) -> None:
    file, _ = upload(as_ann), upload(as_ann, "b.txt", b"b")
    before = stored(media_root)
    content = {"name": "b.txt", "file": SimpleUploadedFile("x", b"new bytes")}
    assert as_ann.put(f"/api/files/{file.pk}/", content, format="multipart").status_code == 409
    assert b"".join(as_ann.get(f"/api/files/{file.pk}/stream/")) == b"some text\n"
    assert stored(media_root) == before


def test_a_deleted_file_is_gone_with_its_bytes(
    as_ann: APIClient, upload: Upload, media_root: Path, django_capture_on_commit_callbacks: Any
) -> None:
    file = upload(as_ann)
    with django_capture_on_commit_callbacks(execute=True):
        assert as_ann.delete(f"/api/files/{file.pk}/").status_code == 204
    assert as_ann.get(f"/api/files/{file.pk}/").status_code == 404
    assert stored(media_root) == []
    assert not Blob.objects.exists()


def test_deleting_one_of_two_files_keeps_the_bytes_they_share(
    as_ann: APIClient, upload: Upload, django_capture_on_commit_callbacks: Any
) -> None:
    first, second = upload(as_ann, "a.txt"), upload(as_ann, "b.txt")
    with django_capture_on_commit_callbacks(execute=True):
        as_ann.delete(f"/api/files/{first.pk}/")
    assert b"".join(as_ann.get(f"/api/files/{second.pk}/stream/")) == b"some text\n"


def test_toggling_answers_as_the_seed_does(as_ann: APIClient, upload: Upload) -> None:
    file = upload(as_ann)
    response = as_ann.post(f"/api/files/{file.pk}/toggle_favorite/")
    assert response.json() == {"status": "favorite updated"}
    file.refresh_from_db()
    assert file.is_favorite
    as_ann.post(f"/api/files/{file.pk}/toggle_favorite/")
    file.refresh_from_db()
    assert not file.is_favorite


def test_a_method_that_no_route_takes_is_told_so(as_ann: APIClient) -> None:
    response = as_ann.options("/api/files/")
    assert response.status_code == 405
    assert "OPTIONS" not in response["Allow"]
