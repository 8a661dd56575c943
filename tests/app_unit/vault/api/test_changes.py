"""The changes feed: what it says, in which order, and when a client must begin anew."""

from datetime import timedelta
from typing import Any

import pytest
from django.core import signing
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from rest_framework.test import APIClient

from mediavault.accounts.models import User
from mediavault.vault.actions.create_folder import create_folder
from mediavault.vault.actions.delete_file import delete_file
from mediavault.vault.actions.delete_rows import delete_rows
from mediavault.vault.actions.forget_tombstones import KEPT, forget_tombstones
from mediavault.vault.actions.move_rows import move_rows
from mediavault.vault.actions.selection import Selection
from mediavault.vault.actions.toggle_favorite import toggle_favorite
from mediavault.vault.actions.update_folder import update_folder
from mediavault.vault.models import Blob, File, Folder, Ledger

pytestmark = pytest.mark.django_db


@pytest.fixture
def folders(ann: User) -> list[Folder]:
    return [create_folder(owner_id=ann.pk, parent_folder_id=None, name=name) for name in "abc"]


def page(client: APIClient, **query: Any) -> dict[str, Any]:
    response = client.get("/api/changes/", query)
    assert response.status_code == 200, response.content
    return dict(response.json())


def test_changes_come_in_order_and_as_the_lists_show_them(as_ann: APIClient, folders: list[Folder]) -> None:
    body = page(as_ann)
    assert [change["folder"] for change in body["changes"]] == as_ann.get("/api/folders/").json()
    assert body["more"] is False


def test_what_was_renamed_and_deleted_follows(as_ann: APIClient, ann: User, folders: list[Folder]) -> None:
    cursor = page(as_ann, cursor="latest")["cursor"]
    update_folder(owner_id=ann.pk, folder_id=folders[2].pk, name="z")
    delete_rows(owner_id=ann.pk, selection=Selection(folders=(folders[0].pk,)))
    seen = page(as_ann, cursor=cursor)["changes"]
    assert [(each["id"], each["deleted"]) for each in seen] == [
        (folders[2].pk, False),
        (folders[0].pk, True),
    ]


def test_pages_of_one_change_leave_none_out(as_ann: APIClient, folders: list[Folder]) -> None:
    seen, body = [], page(as_ann, page_size=1)
    while body["changes"]:
        seen += [change["id"] for change in body["changes"]]
        body = page(as_ann, page_size=1, cursor=body["cursor"])
    assert seen == [folder.pk for folder in folders]


def test_a_forged_or_foreign_cursor_is_refused(as_ann: APIClient, ann: User) -> None:
    foreign = signing.dumps([ann.pk + 1, 0, "", 0, 0], salt="mediavault.changes")
    for cursor in ("forged", foreign):
        response = as_ann.get("/api/changes/", {"cursor": cursor})
        assert response.status_code == 400
        assert "cursor" in response.json()["errors"]


def test_a_cursor_before_what_is_forgotten_has_expired(
    as_ann: APIClient, ann: User, folders: list[Folder]
) -> None:
    cursor = page(as_ann)["cursor"]
    Ledger.objects.filter(owner=ann).update(revision=9, forgotten=8)
    response = as_ann.get("/api/changes/", {"cursor": cursor})
    assert response.status_code == 410
    assert response.json()["type"].endswith("/cursor-expired")


def test_the_sweep_forgets_what_went_long_ago(as_ann: APIClient, ann: User, folders: list[Folder]) -> None:
    before = page(as_ann)["cursor"]
    delete_rows(owner_id=ann.pk, selection=Selection(folders=(folders[0].pk,)))
    after = page(as_ann, cursor=before)["cursor"]
    now = timezone.now()
    assert forget_tombstones(now=now + KEPT - timedelta(minutes=1)) == 0
    assert forget_tombstones(now=now + KEPT + timedelta(minutes=1)) == 1
    assert as_ann.get("/api/changes/", {"cursor": before}).status_code == 410
    assert page(as_ann, cursor=after)["changes"] == []


def test_a_page_costs_the_same_however_long(as_ann: APIClient, folders: list[Folder]) -> None:
    counts = []
    for size in (1, 3):
        with CaptureQueriesContext(connection) as seen:
            page(as_ann, page_size=size)
        counts.append(len(seen))
    assert counts[0] == counts[1]


def test_a_favourite_and_a_deleted_file_follow(as_ann: APIClient, ann: User, folders: list[Folder]) -> None:
    blob = Blob.objects.create(owner=ann, sha256="0" * 64, size=1, references=1)
    file = File.objects.create(owner=ann, folder=folders[0], name="f", name_key="f", file=blob, size=1)
    cursor = page(as_ann, cursor="latest")["cursor"]
    toggle_favorite(owner_id=ann.pk, file_id=file.pk)
    body = page(as_ann, cursor=cursor)
    assert [change["file"] for change in body["changes"]] == as_ann.get("/api/files/").json()
    assert body["changes"][0]["file"]["is_favorite"] is True
    delete_file(owner_id=ann.pk, file_id=file.pk)
    (gone,) = page(as_ann, cursor=body["cursor"])["changes"]
    assert (gone["kind"], gone["id"], gone["deleted"]) == ("file", file.pk, True)


def test_a_move_is_a_change_of_what_was_moved_alone(
    as_ann: APIClient, ann: User, folders: list[Folder]
) -> None:
    """What lies below keeps its folder: only its path follows, which a copy works out by itself."""
    blob = Blob.objects.create(owner=ann, sha256="0" * 64, size=1, references=2)
    inside, moved = (
        File.objects.create(owner=ann, folder=folder, name=name, name_key=name, file=blob, size=1)
        for name, folder in (("inside", folders[0]), ("moved", None))
    )
    cursor = page(as_ann, cursor="latest")["cursor"]
    move_rows(
        owner_id=ann.pk,
        selection=Selection(files=(moved.pk,), folders=(folders[0].pk,)),
        folder_id=folders[1].pk,
    )
    seen = page(as_ann, cursor=cursor)["changes"]
    assert [(each["kind"], each["id"]) for each in seen] == [("file", moved.pk), ("folder", folders[0].pk)]
    assert seen[0]["file"]["path"] == "/b/moved"
    assert seen[1]["folder"]["path"] == "/b/a"
    assert seen[1]["folder"]["parent_folder"] == folders[1].pk
    assert as_ann.get(f"/api/files/{inside.pk}/").json()["path"] == "/b/a/inside"


@pytest.mark.parametrize("size", [1, 2, 3, 5])
def test_pages_of_files_folders_and_deletions_are_one_sequence(
    as_ann: APIClient, ann: User, folders: list[Folder], size: int
) -> None:
    blob = Blob.objects.create(owner=ann, sha256="0" * 64, size=1, references=3)
    files = [
        File.objects.create(owner=ann, name=name, name_key=name, file=blob, size=1)
        for name in ("f", "g", "h")
    ]
    cursor = start = page(as_ann, cursor="latest")["cursor"]
    toggle_favorite(owner_id=ann.pk, file_id=files[0].pk)
    update_folder(owner_id=ann.pk, folder_id=folders[0].pk, name="x")
    delete_rows(
        owner_id=ann.pk, selection=Selection(files=(files[1].pk,), folders=(folders[1].pk, folders[2].pk))
    )
    toggle_favorite(owner_id=ann.pk, file_id=files[2].pk)
    whole = page(as_ann, cursor=start)["changes"]
    assert sorted((each["kind"], each["deleted"]) for each in whole) == [
        *[("file", False), ("file", False), ("file", True)],
        *[("folder", False), ("folder", True), ("folder", True)],
    ]
    assert [each["revision"] for each in whole] == sorted(each["revision"] for each in whole)
    seen, more = [], True
    while more:
        body = page(as_ann, cursor=cursor, page_size=size)
        assert len(body["changes"]) <= size
        seen += body["changes"]
        cursor, more = body["cursor"], body["more"]
    assert seen == whole
    assert page(as_ann, cursor=cursor)["changes"] == []


def test_a_cursor_beyond_the_newest_revision_has_expired(
    as_ann: APIClient, ann: User, folders: list[Folder]
) -> None:
    """As after a restore of an older copy, whose next changes have numbers that were seen already."""
    cursor = page(as_ann)["cursor"]
    Ledger.objects.filter(owner=ann).update(revision=1)
    response = as_ann.get("/api/changes/", {"cursor": cursor})
    assert response.status_code == 410
    assert response.json()["type"].endswith("/cursor-expired")
