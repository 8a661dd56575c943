"""Delete a file, and its bytes where no other file has them."""

from mediavault.vault.actions.bury import bury
from mediavault.vault.actions.owner_lock import owner_lock
from mediavault.vault.actions.release_blob import release_blob
from mediavault.vault.errors import Gone
from mediavault.vault.models import File, Tombstone


def delete_file(*, owner_id: int, file_id: int) -> None:
    """Remove the file; raises Gone."""
    with owner_lock(owner_id) as revision:
        file = File.objects.filter(pk=file_id, owner_id=owner_id).first()
        if file is None:
            raise Gone
        blob_id = file.file_id
        file.delete()
        bury(owner_id=owner_id, kind=Tombstone.Kind.FILE, row_ids=[file_id], revision=revision)
        release_blob(owner_id=owner_id, blob_id=blob_id)
