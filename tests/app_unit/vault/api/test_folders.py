"""/api/folders/ as the seed's clients use it."""

from collections.abc import Callable

import pytest
from rest_framework.test import APIClient

from mediavault.accounts.models import User
from mediavault.vault.models import File, Folder
from mediavault.vault.paths import MAX_DEPTH

Make = Callable[..., Folder]


def test_a_created_folder_shows_the_seeds_fields(as_ann: APIClient, ann: User, make_folder: Make) -> None:
    parent = make_folder(as_ann, "Holidays")
    response = as_ann.post("/api/folders/", {"name": " 2026 ", "parent_folder": parent.pk})
    body = response.json()
    assert response["Location"] == f"http://testserver/api/folders/{body['id']}/"
    assert set(body) == {"id", "name", "path", "created_at", "updated_at", "owner", "parent_folder"}
    assert (body["name"], body["path"], body["owner"]) == ("2026", "/Holidays/2026", ann.pk)


def test_moving_a_folder_moves_the_paths_below_it(
    as_ann: APIClient, make_folder: Make, upload: Callable[..., File]
) -> None:
    top, other = make_folder(as_ann, "top"), make_folder(as_ann, "other")
    below = make_folder(as_ann, "below", parent_folder=top.pk)
    file = upload(as_ann, folder=below.pk)
    response = as_ann.patch(f"/api/folders/{top.pk}/", {"name": "renamed", "parent_folder": other.pk})
    assert response.json()["path"] == "/other/renamed"
    assert as_ann.get(f"/api/files/{file.pk}/").json()["path"] == "/other/renamed/below/a.txt"


def test_a_folder_is_renamed_in_place_even_if_only_its_case_changes(
    as_ann: APIClient, make_folder: Make
) -> None:
    folder = make_folder(as_ann, "photos")
    assert as_ann.patch(f"/api/folders/{folder.pk}/", {"name": "Photos"}).json()["name"] == "Photos"


@pytest.mark.parametrize("target", ["itself", "below"])
def test_a_folder_cannot_be_moved_into_itself(as_ann: APIClient, make_folder: Make, target: str) -> None:
    folder = make_folder(as_ann, "folder")
    below = make_folder(as_ann, "below", parent_folder=folder.pk)
    into = folder if target == "itself" else below
    response = as_ann.patch(f"/api/folders/{folder.pk}/", {"parent_folder": into.pk})
    assert (response.status_code, list(response.json()["errors"])) == (400, ["parent_folder"])


def test_nesting_ends_at_its_limit(as_ann: APIClient, make_folder: Make) -> None:
    above: int | None = None
    for level in range(MAX_DEPTH):
        above = make_folder(as_ann, f"{level}", parent_folder=above).pk
    response = as_ann.post("/api/folders/", {"name": "too deep", "parent_folder": above})
    assert (response.status_code, list(response.json()["errors"])) == (400, ["parent_folder"])


def test_a_tree_moved_below_may_not_pass_the_limit_either(as_ann: APIClient, make_folder: Make) -> None:
    above: int | None = None
    for level in range(MAX_DEPTH - 1):
        above = make_folder(as_ann, f"{level}", parent_folder=above).pk
    tall = make_folder(as_ann, "tall")
    make_folder(as_ann, "taller", parent_folder=tall.pk)
    response = as_ann.patch(f"/api/folders/{tall.pk}/", {"parent_folder": above})
    assert (response.status_code, list(response.json()["errors"])) == (400, ["parent_folder"])


def test_a_taken_name_is_a_conflict_at_the_root_and_below(as_ann: APIClient, make_folder: Make) -> None:
    first = make_folder(as_ann, "Straße")
    make_folder(as_ann, "x", parent_folder=first.pk)
    for body in ({"name": "STRASSE"}, {"name": "X", "parent_folder": first.pk}):
        response = as_ann.post("/api/folders/", body)
        assert (response.status_code, response.json()["existing"]["kind"]) == (409, "folder")


def test_two_users_may_use_the_same_name(as_ann: APIClient, as_bob: APIClient, make_folder: Make) -> None:
    assert make_folder(as_ann, "same").owner_id != make_folder(as_bob, "same").owner_id


def test_deleting_a_folder_takes_the_folders_below_and_frees_the_files(
    as_ann: APIClient, make_folder: Make, upload: Callable[..., File]
) -> None:
    folder = make_folder(as_ann, "folder")
    below = make_folder(as_ann, "below", parent_folder=folder.pk)
    at_root = upload(as_ann, "a.txt", b"root")
    first = upload(as_ann, "A.txt", b"first", folder=folder.pk)
    second = upload(as_ann, "a.txt", b"second", folder=below.pk)
    free = upload(as_ann, "free.txt", b"free", folder=below.pk)
    assert as_ann.delete(f"/api/folders/{folder.pk}/").status_code == 204
    assert as_ann.get("/api/folders/").json() == []
    shown = {row["id"]: row["path"] for row in as_ann.get("/api/files/").json()}
    assert shown == {
        at_root.pk: "/a.txt",
        first.pk: "/A (1).txt",
        second.pk: "/a (2).txt",
        free.pk: "/free.txt",
    }


def test_a_file_may_take_the_name_of_the_folder_that_goes(
    as_ann: APIClient, make_folder: Make, upload: Callable[..., File]
) -> None:
    folder = make_folder(as_ann, "same")
    file = upload(as_ann, "same", folder=folder.pk)
    as_ann.delete(f"/api/folders/{folder.pk}/")
    assert as_ann.get(f"/api/files/{file.pk}/").json()["path"] == "/same"


def test_deleting_a_folder_leaves_the_others_alone(
    as_ann: APIClient, make_folder: Make, upload: Callable[..., File]
) -> None:
    goes, stays = make_folder(as_ann, "goes"), make_folder(as_ann, "stays")
    file = upload(as_ann, folder=stays.pk)
    as_ann.delete(f"/api/folders/{goes.pk}/")
    assert as_ann.get(f"/api/files/{file.pk}/").json()["path"] == "/stays/a.txt"
