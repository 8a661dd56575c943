"""Move files and folders into a folder, all of them or none."""

from collections.abc import Sequence
from datetime import datetime

from django.utils import timezone

from mediavault.vault import paths
from mediavault.vault.actions.check_tree import check_depth
from mediavault.vault.actions.fitting import Coming, fit
from mediavault.vault.actions.on_conflict import OnConflict
from mediavault.vault.actions.owner_lock import owner_lock
from mediavault.vault.actions.places import check_folder
from mediavault.vault.actions.remove_files import remove_files
from mediavault.vault.actions.selection import Found, Selection, find
from mediavault.vault.errors import FieldError
from mediavault.vault.models import File, Folder

_BATCH = 500
_FILE_FIELDS = ("folder", "name", "name_key", "updated_at", "revision")
_FOLDER_FIELDS = ("parent_folder", "name", "name_key", "updated_at", "revision")


def move_rows(
    *, owner_id: int, selection: Selection, folder_id: int | None, on_conflict: OnConflict = OnConflict.FAIL
) -> None:
    """Raises FieldError (files, folders, folder) or NameTaken, everything unchanged.

    What is in the folder already stays as it is.
    """
    with owner_lock(owner_id) as revision:
        check_folder(owner_id=owner_id, folder_id=folder_id, field="folder")
        found = find(owner_id, selection)
        if folder_id in set(found.tree_ids):
            raise FieldError("folder", "A folder cannot be moved into itself or into a folder below it.")
        if found.folders:
            check_depth(folder_id, height=found.height, field="folder")
        _move(found, owner_id=owner_id, folder_id=folder_id, on_conflict=on_conflict, revision=revision)


def _move(
    found: Found, *, owner_id: int, folder_id: int | None, on_conflict: OnConflict, revision: int
) -> None:
    folders = [folder for folder in found.folders if folder.parent_folder_id != folder_id]
    files = [file for file in found.files if file.folder_id != folder_id]
    coming = rows_coming(folders, files)
    fitted = fit(owner_id=owner_id, folder_id=folder_id, coming=coming, on_conflict=on_conflict)
    remove_files(File.objects.filter(pk__in=fitted.replaced), owner_id=owner_id, revision=revision)
    now = timezone.now()
    names = iter(fitted.names)
    for folder in folders:
        folder.parent_folder_id = folder_id
        _touch(folder, next(names), now, revision)
    for file in files:
        file.folder_id = folder_id
        _touch(file, next(names), now, revision)
    Folder.objects.bulk_update(folders, _FOLDER_FIELDS, batch_size=_BATCH)
    File.objects.bulk_update(files, _FILE_FIELDS, batch_size=_BATCH)


def _touch(row: File | Folder, name: str, now: datetime, revision: int) -> None:
    row.name, row.name_key = name, paths.name_key(name)
    row.updated_at, row.revision = now, revision


def rows_coming(folders: Sequence[Folder], files: Sequence[File]) -> list[Coming]:
    """Folders before files, as `fit` takes them."""
    return [
        *(Coming("folder", folder.name, folder.pk) for folder in folders),
        *(Coming("file", file.name, file.pk) for file in files),
    ]
