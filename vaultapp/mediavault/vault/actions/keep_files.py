"""Let files live on at the root when their folders go, as the seed does."""

from collections.abc import Collection

from django.utils import timezone

from mediavault.vault import paths
from mediavault.vault.models import File, Folder


def keep_files(*, owner_id: int, tree: Collection[int], revision: int) -> None:
    """Move the files of all folders of `tree` to the root; one whose name is taken there gets a number.

    The caller holds the owner's lock, and deletes the folders.
    """
    taken = _root_names(owner_id=owner_id, leaving=tree)
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


def _root_names(*, owner_id: int, leaving: Collection[int]) -> set[str]:
    files = File.objects.filter(owner_id=owner_id, folder=None).values_list("name_key", flat=True)
    folders = Folder.objects.filter(owner_id=owner_id, parent_folder=None).exclude(pk__in=leaving)
    return set(files) | set(folders.values_list("name_key", flat=True))
