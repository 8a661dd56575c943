"""Make a folder."""

from mediavault.vault import paths
from mediavault.vault.actions.check_tree import check_depth
from mediavault.vault.actions.fitting import Coming, fit_one
from mediavault.vault.actions.on_conflict import OnConflict
from mediavault.vault.actions.owner_lock import owner_lock
from mediavault.vault.actions.places import check_folder, usable_name
from mediavault.vault.models import Folder


def create_folder(
    *,
    owner_id: int,
    parent_folder_id: int | None,
    name: str,
    on_conflict: OnConflict = OnConflict.FAIL,
) -> Folder:
    """A new folder; raises FieldError (name, parent_folder) or NameTaken."""
    name = usable_name(name)
    with owner_lock(owner_id) as revision:
        check_folder(owner_id=owner_id, folder_id=parent_folder_id, field="parent_folder")
        check_depth(parent_folder_id, height=1, field="parent_folder")
        row = Coming("folder", name)
        name, _ = fit_one(owner_id=owner_id, folder_id=parent_folder_id, row=row, on_conflict=on_conflict)
        return Folder.objects.create(
            owner_id=owner_id,
            parent_folder_id=parent_folder_id,
            name=name,
            name_key=paths.name_key(name),
            revision=revision,
        )
