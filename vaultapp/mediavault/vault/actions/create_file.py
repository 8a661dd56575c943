"""Put an upload into the vault under a name."""

from mediavault.vault import paths
from mediavault.vault.actions.adopt_blob import adopt_blob
from mediavault.vault.actions.owner_lock import owner_lock
from mediavault.vault.actions.places import check_folder, check_name_free, usable_name
from mediavault.vault.actions.receive_content import receive_content
from mediavault.vault.models import File
from mediavault.vault.storage.interface import TemporaryObject


def create_file(
    *, owner_id: int, folder_id: int | None, name: str, upload: TemporaryObject, is_favorite: bool = False
) -> File:
    """A new file with the bytes of a finished temporary; raises FieldError (name, folder) or NameTaken.

    Everything slow happens before the owner is locked; what is refused is refused before a thumbnail is made.
    """
    name = usable_name(name)
    check_folder(owner_id=owner_id, folder_id=folder_id, field="folder")
    check_name_free(owner_id=owner_id, folder_id=folder_id, name=name)
    content = receive_content(owner_id=owner_id, temporary=upload, name=name)
    with owner_lock(owner_id) as revision:
        check_folder(owner_id=owner_id, folder_id=folder_id, field="folder")
        check_name_free(owner_id=owner_id, folder_id=folder_id, name=name)
        blob = adopt_blob(owner_id=owner_id, content=content)
        return File.objects.create(
            owner_id=owner_id,
            folder_id=folder_id,
            name=name,
            name_key=paths.name_key(name),
            file=blob,
            size=blob.size,
            type=content.type,
            taken_at=blob.taken_at,
            is_favorite=is_favorite,
            revision=revision,
        )
