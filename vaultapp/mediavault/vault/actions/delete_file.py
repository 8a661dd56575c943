"""Delete a file, and its bytes where no other file has them."""

from mediavault.vault.actions.owner_lock import owner_lock
from mediavault.vault.actions.release_blob import release_blob
from mediavault.vault.errors import Gone
from mediavault.vault.models import File


def delete_file(*, owner_id: int, file_id: int) -> None:
    """Remove the file; raises Gone."""
    with owner_lock(owner_id):
        file = File.objects.filter(pk=file_id, owner_id=owner_id).first()
        if file is None:
            raise Gone
        blob_id = file.file_id
        file.delete()
        release_blob(owner_id=owner_id, blob_id=blob_id)
