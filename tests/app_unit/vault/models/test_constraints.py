"""What the database itself refuses, should an action ever forget."""

import pytest
from django.db import IntegrityError, transaction
from django.db.models import RestrictedError

from mediavault.accounts.models import User
from mediavault.vault.models import Blob, File, Folder


def new_blob(owner: User, **values: object) -> Blob:
    return Blob.objects.create(**{"owner": owner, "sha256": "0" * 64, "size": 1, **values})


def new_file(owner: User, blob: Blob, **values: object) -> File:
    given = {"owner": owner, "file": blob, "name": "a", "name_key": "a", "size": 1, "type": "text/plain"}
    return File.objects.create(**{**given, **values})


def new_folder(owner: User, **values: object) -> Folder:
    return Folder.objects.create(**{"owner": owner, "name": "f", "name_key": "f", **values})


def test_a_name_stands_once_at_the_root_and_once_in_a_folder(ann: User) -> None:
    blob, folder = new_blob(ann), new_folder(ann)
    new_file(ann, blob)
    new_file(ann, blob, folder=folder)
    for place in (None, folder):
        with pytest.raises(IntegrityError), transaction.atomic():
            new_file(ann, blob, folder=place, name="A")
    new_folder(ann, parent_folder=folder)
    for place in (None, folder):
        with pytest.raises(IntegrityError), transaction.atomic():
            new_folder(ann, parent_folder=place, name="F")


def test_owners_do_not_share_names_or_hashes(ann: User, bob: User) -> None:
    assert new_folder(ann).pk != new_folder(bob).pk
    assert new_blob(ann).pk != new_blob(bob).pk
    with pytest.raises(IntegrityError), transaction.atomic():
        new_blob(ann)


@pytest.mark.parametrize("values", [{"references": -1}, {"size": -1, "sha256": "1" * 64}])
def test_a_blob_counts_from_zero(ann: User, values: dict[str, object]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        new_blob(ann, **values)


def test_a_folder_is_not_its_own_parent(ann: User) -> None:
    folder = new_folder(ann)
    with pytest.raises(IntegrityError), transaction.atomic():
        Folder.objects.filter(pk=folder.pk).update(parent_folder=folder)


def test_nothing_goes_without_a_name(ann: User) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        new_folder(ann, name="")
    with pytest.raises(IntegrityError), transaction.atomic():
        new_file(ann, new_blob(ann), name="")


def test_a_blob_that_a_file_points_at_stays(ann: User) -> None:
    blob = new_blob(ann)
    new_file(ann, blob)
    with pytest.raises(RestrictedError):
        blob.delete()


def test_an_owner_goes_with_all_that_is_theirs(ann: User) -> None:
    new_file(ann, new_blob(ann), folder=new_folder(ann))
    ann.delete()
    assert [model.objects.count() for model in (File, Folder, Blob)] == [0, 0, 0]


def test_sizes_beyond_two_gibibytes_are_kept(ann: User) -> None:
    blob = new_blob(ann, size=5 * 1024**4)
    file = new_file(ann, blob, size=blob.size)
    file.refresh_from_db()
    assert file.size == 5 * 1024**4


def test_users_whose_names_differ_in_case_only_are_refused(ann: User) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.create_user("ANN")
