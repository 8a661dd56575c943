"""Rename a file, move it, mark it, give it other bytes: any of them, all at once."""

from collections.abc import Callable
from contextlib import nullcontext

from mediavault.vault import paths
from mediavault.vault.actions.adopt_blob import adopt_blob
from mediavault.vault.actions.fitting import Coming, fit_one
from mediavault.vault.actions.keep import KEEP, Keep
from mediavault.vault.actions.on_conflict import OnConflict
from mediavault.vault.actions.owner_lock import owner_lock
from mediavault.vault.actions.places import check_folder, usable_name
from mediavault.vault.actions.prepare_blob import prepared_blob
from mediavault.vault.actions.receive_content import Content, receive_content
from mediavault.vault.actions.release_blob import release_blob
from mediavault.vault.actions.remove_files import remove_files
from mediavault.vault.errors import Changed, Gone
from mediavault.vault.models import File
from mediavault.vault.storage.interface import TemporaryObject


def update_file(
    *,
    owner_id: int,
    file_id: int,
    name: str | Keep = KEEP,
    folder_id: int | Keep | None = KEEP,
    is_favorite: bool | Keep = KEEP,
    on_conflict: OnConflict = OnConflict.FAIL,
    upload: TemporaryObject | None = None,
    only_if: Callable[[File], bool] = lambda _: True,
) -> File:
    """The file as it is afterwards; raises Gone, Changed, FieldError (name, folder) or NameTaken.

    `only_if` is asked under the lock about the file as it is before.
    """
    content = _receive(owner_id=owner_id, file_id=file_id, name=name, upload=upload) if upload else None
    prepared = prepared_blob(owner_id=owner_id, content=content) if content else nullcontext()
    with prepared, owner_lock(owner_id) as revision:
        file = _own(owner_id=owner_id, file_id=file_id)
        if not only_if(file):
            raise Changed
        _put(file, name=name, folder_id=folder_id, on_conflict=on_conflict, revision=revision)
        if not isinstance(is_favorite, Keep):
            file.is_favorite = is_favorite
        former_id, file.revision = file.file_id, revision
        if content:
            _point_at(file, content)
        file.save()
        if content:
            release_blob(owner_id=owner_id, blob_id=former_id)
        return file


def _own(*, owner_id: int, file_id: int) -> File:
    file = File.objects.select_related("file").filter(pk=file_id, owner_id=owner_id).first()
    if file is None:
        raise Gone
    return file


def _put(
    file: File, *, name: str | Keep, folder_id: int | Keep | None, on_conflict: OnConflict, revision: int
) -> None:
    """Give the file its new place, which another file may have to leave; the row is not yet saved."""
    before = file.folder_id, file.name_key
    if not isinstance(name, Keep):
        file.name = usable_name(name)
    if not isinstance(folder_id, Keep):
        check_folder(owner_id=file.owner_id, folder_id=folder_id, field="folder")
        file.folder_id = folder_id
    if before != (file.folder_id, paths.name_key(file.name)):
        file.name, replaced_id = fit_one(
            owner_id=file.owner_id,
            folder_id=file.folder_id,
            row=Coming("file", file.name, file.pk),
            on_conflict=on_conflict,
        )
        if replaced_id is not None:
            remove_files(File.objects.filter(pk=replaced_id), owner_id=file.owner_id, revision=revision)
    file.name_key = paths.name_key(file.name)


def _receive(*, owner_id: int, file_id: int, name: str | Keep, upload: TemporaryObject) -> Content:
    told = _own(owner_id=owner_id, file_id=file_id).name if isinstance(name, Keep) else usable_name(name)
    return receive_content(owner_id=owner_id, temporary=upload, name=told)


def _point_at(file: File, content: Content) -> None:
    file.file = adopt_blob(owner_id=file.owner_id, content=content)
    file.size = file.file.size
    file.type = content.type
    file.taken_at = file.file.taken_at
