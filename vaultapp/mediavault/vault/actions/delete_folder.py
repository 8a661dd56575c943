"""Delete a folder: the folders below go with it, the files in all of them live on at the root."""

from django.utils import timezone

from mediavault.vault import paths, querysets
from mediavault.vault.actions.bury import bury
from mediavault.vault.actions.owner_lock import owner_lock
from mediavault.vault.errors import Gone
from mediavault.vault.models import File, Folder, Tombstone


def delete_folder(*, owner_id: int, folder_id: int) -> None:
    """Remove the tree of folders; a file whose name the root has already gets a number. Raises Gone."""
    with owner_lock(owner_id) as revision:
        if not Folder.objects.filter(pk=folder_id, owner_id=owner_id).exists():
            raise Gone
        tree = list(querysets.descendants(folder_id))
        _move_files_to_root(owner_id=owner_id, folder_id=folder_id, tree=tree, revision=revision)
        Folder.objects.filter(pk__in=tree, owner_id=owner_id).delete()
        bury(owner_id=owner_id, kind=Tombstone.Kind.FOLDER, row_ids=tree, revision=revision)


def _move_files_to_root(*, owner_id: int, folder_id: int, tree: list[int], revision: int) -> None:
    taken = _root_names(owner_id=owner_id, leaving_folder_id=folder_id)
    now = timezone.now()
    renamed: list[File] = []
    numbers: dict[str, int] = {}
    for file in (
        File.objects.filter(owner_id=owner_id, folder_id__in=tree).order_by("created_at", "pk").iterator()
    ):
        if (key := file.name_key) in taken:
            # On from the last number of this name: from 1 each time, a thousand README.md take minutes.
            file.name, numbers[key] = paths.free_name(file.name, taken, beyond=numbers.get(key, 0))
            file.name_key = paths.name_key(file.name)
            file.folder_id = None
            file.updated_at = now
            file.revision = revision
            renamed.append(file)
        taken.add(file.name_key)
    # NB: in this order no two rows ever share a name at the root, not even between the two statements.
    File.objects.bulk_update(
        renamed, ["name", "name_key", "folder", "updated_at", "revision"], batch_size=500
    )
    File.objects.filter(owner_id=owner_id, folder_id__in=tree).update(
        folder=None, updated_at=now, revision=revision
    )


def _root_names(*, owner_id: int, leaving_folder_id: int) -> set[str]:
    files = File.objects.filter(owner_id=owner_id, folder=None).values_list("name_key", flat=True)
    folders = Folder.objects.filter(owner_id=owner_id, parent_folder=None).exclude(pk=leaving_folder_id)
    return set(files) | set(folders.values_list("name_key", flat=True))
