"""Rename a folder, move it, or both at once."""

from mediavault.vault import paths
from mediavault.vault.actions.check_tree import check_depth
from mediavault.vault.actions.fitting import Coming, fit_one
from mediavault.vault.actions.keep import KEEP, Keep
from mediavault.vault.actions.on_conflict import OnConflict
from mediavault.vault.actions.owner_lock import owner_lock
from mediavault.vault.actions.places import check_folder, usable_name
from mediavault.vault.errors import FieldError, Gone
from mediavault.vault.models import Folder
from mediavault.vault.trees import folders_below


def update_folder(
    *,
    owner_id: int,
    folder_id: int,
    name: str | Keep = KEEP,
    parent_folder_id: int | Keep | None = KEEP,
    on_conflict: OnConflict = OnConflict.FAIL,
) -> Folder:
    """The folder as it is afterwards; raises Gone, FieldError (name, parent_folder) or NameTaken."""
    with owner_lock(owner_id) as revision:
        folder = Folder.objects.filter(pk=folder_id, owner_id=owner_id).first()
        if folder is None:
            raise Gone
        before = folder.parent_folder_id, folder.name_key
        if not isinstance(name, Keep):
            folder.name = usable_name(name)
        if not isinstance(parent_folder_id, Keep) and parent_folder_id != folder.parent_folder_id:
            _check_move(folder, parent_folder_id)
            folder.parent_folder_id = parent_folder_id
        if before != (folder.parent_folder_id, paths.name_key(folder.name)):
            folder.name, _ = fit_one(
                owner_id=owner_id,
                folder_id=folder.parent_folder_id,
                row=Coming("folder", folder.name, folder.pk),
                on_conflict=on_conflict,
            )
        folder.name_key = paths.name_key(folder.name)
        folder.revision = revision
        folder.save()
        return folder


def _check_move(folder: Folder, parent_folder_id: int | None) -> None:
    check_folder(owner_id=folder.owner_id, folder_id=parent_folder_id, field="parent_folder")
    levels = {each.id: each.level for each in folders_below([folder.pk])}
    if parent_folder_id in levels:
        raise FieldError("parent_folder", "A folder cannot be moved into itself or into a folder below it.")
    check_depth(parent_folder_id, height=max(levels.values()), field="parent_folder")
