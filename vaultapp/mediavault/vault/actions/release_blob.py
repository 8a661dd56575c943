"""Drop one reference to a blob, and remove the bytes that nothing refers to any more."""

import functools
from typing import Any

from django.db import transaction
from django.db.models import F, QuerySet

from mediavault.vault.actions.owner_lock import owner_lock
from mediavault.vault.media.recipe import Size
from mediavault.vault.models import Blob, Hold
from mediavault.vault.storage.current import media_store
from mediavault.vault.storage.keys import blob_key, thumbnail_key

_BATCH = 500


def release_blob(*, owner_id: int, blob_id: int) -> None:
    """One reference less; the caller holds the owner's lock and has let go of its own row's pointer.

    The bytes go after the commit, so that a transaction rolled back has lost nothing.
    """
    Blob.objects.filter(pk=blob_id, owner_id=owner_id).update(references=F("references") - 1)
    transaction.on_commit(functools.partial(collect_blob, owner_id=owner_id, blob_id=blob_id), robust=True)


def collect_blob(*, owner_id: int, blob_id: int) -> bool:
    """Remove the blob and its bytes if nothing refers to it, and say whether it went."""
    with owner_lock(owner_id):
        return bool(_collect(Blob.objects.filter(pk=blob_id, owner_id=owner_id)))


def collect_unreferenced(*, owner_id: int) -> int:
    """Remove all blobs of the owner that nothing refers to, with their bytes, and say how many there were."""
    count = 0
    while True:
        with owner_lock(owner_id):
            collected = _collect(Blob.objects.filter(owner_id=owner_id))
        count += collected
        if collected < _BATCH:
            return count


def _collect(blobs: "QuerySet[Blob, Any]") -> int:
    """A batch of those that nothing refers to and no backup holds; the caller holds the owner's lock."""
    if Hold.stands():
        return 0
    gone = list(blobs.filter(references=0, files=None)[:_BATCH])
    # First the rows: should a file point at one after all, this fails and the bytes stay.
    Blob.objects.filter(pk__in=[blob.pk for blob in gone]).delete()
    for blob in gone:
        media_store().delete(blob_key(blob.owner_id, blob.sha256))
        for size in Size:
            media_store().delete(thumbnail_key(blob.owner_id, blob.sha256, size))
    return len(gone)
