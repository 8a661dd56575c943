"""Several requests of one owner at once, on PostgreSQL, where our locks and constraints alone order them."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.db import connections

from mediavault.accounts.models import User
from mediavault.vault import trees
from mediavault.vault.actions import update_file as update_file_action
from mediavault.vault.actions.create_file import create_file
from mediavault.vault.actions.create_folder import create_folder
from mediavault.vault.actions.delete_file import delete_file
from mediavault.vault.actions.delete_rows import delete_rows
from mediavault.vault.actions.place_file import Place
from mediavault.vault.actions.selection import Selection
from mediavault.vault.actions.toggle_favorite import toggle_favorite
from mediavault.vault.actions.update_file import update_file
from mediavault.vault.actions.update_folder import update_folder
from mediavault.vault.errors import VaultError
from mediavault.vault.models import Blob, File, Folder
from mediavault.vault.storage.current import media_store
from mediavault.vault.storage.keys import blob_key

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
AT_ONCE = 8


def all_at_once(*calls: Callable[[], object]) -> list[object]:
    """What each call gave: its result, or the refusal it raised."""
    start = threading.Barrier(len(calls))

    def run(call: Callable[[], object]) -> object:
        start.wait(10)
        try:
            return call()
        except VaultError as error:
            return error
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


def put(owner: User, name: str, content: bytes = b"same", folder_id: int | None = None) -> File:
    with media_store().create_temporary() as temporary:
        temporary.write(content)
        temporary.finish()
        return create_file(
            place=Place(owner_id=owner.pk, folder_id=folder_id, name=name), upload=temporary
        ).file


def refusals(results: list[object]) -> list[object]:
    return [result for result in results if isinstance(result, VaultError)]


def check_store(owner: User, media_root: Path) -> None:
    """Counts equal pointers, and the store holds exactly what is counted."""
    for blob in Blob.objects.all():
        assert blob.references == blob.files.count() > 0
        assert media_store().exists(blob_key(owner.pk, blob.sha256))
    assert sum(path.is_file() for path in media_root.rglob("*")) == Blob.objects.count()


def test_one_name_is_given_once(ann: User, media_root: Path) -> None:
    names = ["Photo.jpg", "photo.JPG"] * (AT_ONCE // 2)
    results = all_at_once(*[lambda name=name: put(ann, name) for name in names])
    assert len(refusals(results)) == AT_ONCE - 1
    assert File.objects.count() == 1
    check_store(ann, media_root)


def test_a_file_and_a_folder_do_not_get_the_same_name(ann: User) -> None:
    results = all_at_once(
        lambda: put(ann, "same"), lambda: create_folder(owner_id=ann.pk, parent_folder_id=None, name="SAME")
    )
    assert len(refusals(results)) == 1
    assert File.objects.count() + Folder.objects.count() == 1


def test_uploads_of_the_same_bytes_share_one_blob(ann: User, media_root: Path) -> None:
    all_at_once(*[lambda n=n: put(ann, f"{n}") for n in range(AT_ONCE)])
    assert Blob.objects.get().references == AT_ONCE
    check_store(ann, media_root)


def test_deleting_and_uploading_the_same_bytes_never_loses_them(ann: User, media_root: Path) -> None:
    for turn in range(10):
        old = put(ann, f"old {turn}")
        all_at_once(
            lambda old=old: delete_file(owner_id=ann.pk, file_id=old.pk),  # type: ignore[misc]
            lambda turn=turn: put(ann, f"new {turn}"),  # type: ignore[misc]
        )
        check_store(ann, media_root)
        File.objects.get(name=f"new {turn}")
        delete_file(owner_id=ann.pk, file_id=File.objects.get().pk)
        assert not Blob.objects.exists()


def test_replacing_and_deleting_one_file_leaves_counts_right(ann: User, media_root: Path) -> None:
    for turn in range(5):
        file = put(ann, "a", b"first")
        put(ann, f"keeper {turn}", b"first")

        def replace(file: File = file) -> object:
            with media_store().create_temporary() as temporary:
                temporary.write(b"second")
                temporary.finish()
                return update_file(owner_id=ann.pk, file_id=file.pk, upload=temporary)

        all_at_once(replace, lambda file=file: delete_file(owner_id=ann.pk, file_id=file.pk))  # type: ignore[misc]
        assert not File.objects.filter(name="a").exists()
        check_store(ann, media_root)


def test_two_moves_make_no_cycle(ann: User) -> None:
    for _ in range(10):
        one, other = (create_folder(owner_id=ann.pk, parent_folder_id=None, name=name).pk for name in "ab")
        results = all_at_once(
            lambda a=one, b=other: update_folder(owner_id=ann.pk, folder_id=a, parent_folder_id=b),  # type: ignore[misc]
            lambda a=one, b=other: update_folder(owner_id=ann.pk, folder_id=b, parent_folder_id=a),  # type: ignore[misc]
        )
        assert len(refusals(results)) == 1
        assert sorted(trees.folder_paths([one, other]).values(), key=len)[1] in ("/a/b", "/b/a")
        Folder.objects.all().delete()


def test_a_file_put_into_a_folder_that_is_being_deleted_is_refused_or_saved(
    ann: User, media_root: Path
) -> None:
    for turn in range(10):
        folder = create_folder(owner_id=ann.pk, parent_folder_id=None, name="f").pk
        results = all_at_once(
            lambda folder=folder: delete_rows(  # type: ignore[misc]
                owner_id=ann.pk, selection=Selection(folders=(folder,))
            ),
            lambda folder=folder, turn=turn: put(ann, f"{turn}", folder_id=folder),  # type: ignore[misc]
        )
        assert File.objects.filter(name=f"{turn}", folder=None).exists() or len(refusals(results)) == 1
        check_store(ann, media_root)


def test_as_many_toggles_as_there_are(ann: User) -> None:
    file = put(ann, "a")
    all_at_once(*[lambda: toggle_favorite(owner_id=ann.pk, file_id=file.pk)] * (AT_ONCE + 1))
    file.refresh_from_db()
    assert file.is_favorite


def test_owners_do_not_wait_for_each_other(ann: User, bob: User) -> None:
    results = all_at_once(*[lambda who=who: put(who, "same") for who in (ann, bob)])
    assert not refusals(results)
    assert Blob.objects.count() == 2


def test_a_mark_is_not_lost_to_a_rename_at_the_same_time(ann: User, monkeypatch: pytest.MonkeyPatch) -> None:
    file = put(ann, "a")
    reading, read = threading.Event(), update_file_action._own

    def own(*, owner_id: int, file_id: int) -> File:
        found = read(owner_id=owner_id, file_id=file_id)
        reading.set()
        time.sleep(0.3)
        return found

    def mark() -> None:
        reading.wait(10)
        toggle_favorite(owner_id=ann.pk, file_id=file.pk)

    monkeypatch.setattr(update_file_action, "_own", own)
    assert not refusals(all_at_once(lambda: update_file(owner_id=ann.pk, file_id=file.pk, name="b"), mark))
    file.refresh_from_db()
    assert (file.name, file.is_favorite) == ("b", True)
