"""Mark files as favourites, or take the mark away."""

from collections.abc import Collection

from django.utils import timezone

from mediavault.vault.actions.owner_lock import owner_lock
from mediavault.vault.actions.selection import Selection, find
from mediavault.vault.models import File


def set_favorite(*, owner_id: int, file_ids: Collection[int], is_favorite: bool) -> None:
    """All of them or none; those that are so already stay unchanged. Raises FieldError (files)."""
    with owner_lock(owner_id) as revision:
        find(owner_id, Selection(files=tuple(file_ids)))
        others = File.objects.filter(pk__in=file_ids, is_favorite=not is_favorite)
        others.update(is_favorite=is_favorite, updated_at=timezone.now(), revision=revision)
