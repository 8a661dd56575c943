"""Delete a file, and its bytes where no other file has them."""

from mediavault.vault.actions.owner_lock import owner_lock
from mediavault.vault.actions.remove_files import remove_files
from mediavault.vault.errors import Gone
from mediavault.vault.models import File


def delete_file(*, owner_id: int, file_id: int) -> None:
    """Remove the file; raises Gone."""
    own = File.objects.filter(pk=file_id, owner_id=owner_id)
    with owner_lock(owner_id) as revision:
        if not own.exists():
            raise Gone
        remove_files(own, owner_id=owner_id, revision=revision)
