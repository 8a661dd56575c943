"""Delete files and folders, all of them or none."""

import enum

from mediavault.vault.actions.bury import bury
from mediavault.vault.actions.keep_files import keep_files
from mediavault.vault.actions.owner_lock import owner_lock
from mediavault.vault.actions.remove_files import remove_files
from mediavault.vault.actions.selection import Selection, find
from mediavault.vault.models import File, Folder, Tombstone, Upload


class Contents(enum.StrEnum):
    """What becomes of the files in a folder that goes: they live on at the root, or go with it."""

    KEEP = "keep"
    DELETE = "delete"


def delete_rows(*, owner_id: int, selection: Selection, contents: Contents = Contents.KEEP) -> None:
    """Remove the rows, and all folders below the folders; raises FieldError (files, folders).

    However many rows go, the number of statements is that of their batches.
    """
    with owner_lock(owner_id) as revision:
        found = find(owner_id, selection)
        tree = found.tree_ids
        remove_files(File.objects.filter(pk__in=selection.files), owner_id=owner_id, revision=revision)
        if contents is Contents.DELETE:
            remove_files(File.objects.filter(folder__in=tree), owner_id=owner_id, revision=revision)
        elif tree:
            keep_files(owner_id=owner_id, tree=tree, revision=revision)
        Upload.objects.filter(owner_id=owner_id, folder__in=tree).update(folder=None)
        Folder.objects.filter(owner_id=owner_id, pk__in=tree).delete()
        bury(owner_id=owner_id, kind=Tombstone.Kind.FOLDER, row_ids=tree, revision=revision)
