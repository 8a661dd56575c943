"""What becomes of a change that wants a name which is taken: in PATCH, PUT and the making of folders."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from rest_framework.test import APIClient

from mediavault.vault.models import Blob, File, Folder, Tombstone

Make = Callable[..., Folder]
Upload = Callable[..., File]


@pytest.fixture
def into(as_ann: APIClient, make_folder: Make) -> Folder:
    return make_folder(as_ann, "into")


@pytest.fixture
def taken(as_ann: APIClient, upload: Upload, into: Folder) -> File:
    """The file that has the name already."""
    return upload(as_ann, "A.txt", b"taken", folder=into.pk)


@pytest.fixture
def taken_by_folder(as_ann: APIClient, make_folder: Make, into: Folder) -> Folder:
    """The folder that has the name already."""
    return make_folder(as_ann, "Photos", parent_folder=into.pk)


def existing(response: Any) -> tuple[int, dict[str, Any]]:
    return response.status_code, response.json()["existing"]


@pytest.mark.parametrize("method", ["patch", "put"])
@pytest.mark.parametrize("policy", [{}, {"on_conflict": "fail"}])
def test_a_file_that_would_take_a_name_is_refused_and_stays(
    as_ann: APIClient, upload: Upload, into: Folder, taken: File, method: str, policy: dict[str, str]
) -> None:
    file = upload(as_ann, "a.txt")
    response = getattr(as_ann, method)(f"/api/files/{file.pk}/", {"folder": into.pk, **policy})
    assert existing(response) == (409, {"kind": "file", "id": taken.pk})
    assert as_ann.get(f"/api/files/{file.pk}/").json()["path"] == "/a.txt"


def test_a_file_takes_the_next_free_number(
    as_ann: APIClient, upload: Upload, into: Folder, taken: File
) -> None:
    file = upload(as_ann, "a.txt")
    body = {"folder": into.pk, "on_conflict": "rename"}
    assert as_ann.patch(f"/api/files/{file.pk}/", body).json()["path"] == "/into/a (1).txt"
    other = upload(as_ann, "other.txt", folder=into.pk)
    body = {"name": "A.TXT", "on_conflict": "rename"}
    assert as_ann.patch(f"/api/files/{other.pk}/", body).json()["name"] == "A (2).TXT"


def test_a_file_takes_the_place_of_another_which_goes(
    as_ann: APIClient,
    upload: Upload,
    into: Folder,
    taken: File,
    media_root: Path,
    django_capture_on_commit_callbacks: Any,
) -> None:
    file, gone = upload(as_ann, "b.txt", b"new"), taken.file.sha256
    body = {"name": "a.txt", "folder": into.pk, "on_conflict": "replace", "is_favorite": True}
    with django_capture_on_commit_callbacks(execute=True):
        changed = as_ann.patch(f"/api/files/{file.pk}/", body).json()
    assert (changed["id"], changed["path"], changed["is_favorite"]) == (file.pk, "/into/a.txt", True)
    assert as_ann.get(f"/api/files/{taken.pk}/").status_code == 404
    assert Tombstone.objects.filter(kind="file", row_id=taken.pk).exists()
    assert not Blob.objects.filter(sha256=gone).exists()
    assert [each for each in media_root.rglob(gone) if each.is_file()] == []


def test_a_file_may_take_a_place_and_new_bytes_at_once(
    as_ann: APIClient, upload: Upload, into: Folder, taken: File
) -> None:
    file, source = upload(as_ann, "b.txt", b"new"), upload(as_ann, "c.txt", b"taken")
    body = {
        "name": "a.txt",
        "folder": into.pk,
        "on_conflict": "replace",
        "file": SimpleUploadedFile("x", b"taken"),
    }
    changed = as_ann.patch(f"/api/files/{file.pk}/", body, format="multipart").json()
    assert (changed["path"], changed["sha256"]) == ("/into/a.txt", source.file.sha256)
    assert Blob.objects.get(sha256=source.file.sha256).references == 2


@pytest.mark.parametrize("kind", ["files", "folders"])
def test_a_folder_never_gives_way(
    as_ann: APIClient, upload: Upload, make_folder: Make, into: Folder, taken_by_folder: Folder, kind: str
) -> None:
    row = upload(as_ann, "photos") if kind == "files" else make_folder(as_ann, "photos")
    body = {"folder": into.pk, "parent_folder": into.pk, "on_conflict": "replace"}
    response = as_ann.patch(f"/api/{kind}/{row.pk}/", body)
    assert existing(response) == (409, {"kind": "folder", "id": taken_by_folder.pk})
    assert as_ann.get(f"/api/{kind}/{row.pk}/").json()["path"] == "/photos"


def test_a_folder_takes_the_place_of_no_file(
    as_ann: APIClient, make_folder: Make, into: Folder, taken: File
) -> None:
    folder = make_folder(as_ann, "a.txt")
    body = {"parent_folder": into.pk, "on_conflict": "replace"}
    response = as_ann.patch(f"/api/folders/{folder.pk}/", body)
    assert existing(response) == (409, {"kind": "file", "id": taken.pk})


def test_a_folder_that_is_moved_takes_the_next_free_number(
    as_ann: APIClient, make_folder: Make, into: Folder, taken_by_folder: Folder
) -> None:
    folder = make_folder(as_ann, "photos")
    body = {"parent_folder": into.pk, "on_conflict": "rename"}
    assert as_ann.patch(f"/api/folders/{folder.pk}/", body).json()["path"] == "/into/photos (1)"
    body = {"name": "PHOTOS", "on_conflict": "rename"}
    assert as_ann.patch(f"/api/folders/{folder.pk}/", body).json()["name"] == "PHOTOS (2)"


@pytest.mark.parametrize(
    ("policy", "answer"), [("fail", 409), ("replace", 409), ("rename", "/into/PHOTOS (1)")]
)
def test_a_new_folder_wants_a_taken_name(
    as_ann: APIClient, into: Folder, taken_by_folder: Folder, policy: str, answer: int | str
) -> None:
    body = {"name": "PHOTOS", "parent_folder": into.pk, "on_conflict": policy}
    response = as_ann.post("/api/folders/", body)
    if answer == 409:
        assert existing(response) == (409, {"kind": "folder", "id": taken_by_folder.pk})
    else:
        assert (response.status_code, response.json()["path"]) == (201, answer)


@pytest.mark.parametrize("policy", ["fail", "rename", "replace"])
@pytest.mark.parametrize("kind", ["files", "folders"])
def test_a_row_is_not_in_its_own_way(
    as_ann: APIClient, upload: Upload, make_folder: Make, kind: str, policy: str
) -> None:
    row = upload(as_ann, "photos") if kind == "files" else make_folder(as_ann, "photos")
    body = {"name": "Photos", "on_conflict": policy}
    assert as_ann.patch(f"/api/{kind}/{row.pk}/", body).json()["path"] == "/Photos"


@pytest.mark.parametrize("address", ["/api/folders/", "/api/folders/{}/", "/api/files/{}/"])
def test_another_policy_is_refused_by_name(
    as_ann: APIClient, upload: Upload, into: Folder, address: str
) -> None:
    row = upload(as_ann, "a") if "files" in address else into
    send = as_ann.patch if "{}" in address else as_ann.post
    response = send(address.format(row.pk), {"name": "b", "on_conflict": "perhaps"})
    assert (response.status_code, list(response.json()["errors"])) == (400, ["on_conflict"])
