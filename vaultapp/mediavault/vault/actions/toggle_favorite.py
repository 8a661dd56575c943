"""Turn a file's favourite mark around."""

from django.db.models import F
from django.utils import timezone

from mediavault.vault.actions.owner_lock import owner_lock
from mediavault.vault.errors import Gone
from mediavault.vault.models import File


def toggle_favorite(*, owner_id: int, file_id: int) -> None:
    """Two toggles at once undo each other, and neither is lost to a rename at the same time; raises Gone."""
    own = File.objects.filter(pk=file_id, owner_id=owner_id)
    with owner_lock(owner_id) as revision:
        if not own.update(is_favorite=~F("is_favorite"), updated_at=timezone.now(), revision=revision):
            raise Gone
