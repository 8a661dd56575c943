"""Drop one reference to a blob, and remove the bytes that nothing refers to any more."""

import functools

from django.db import transaction
from django.db.models import F

from mediavault.vault.actions.owner_lock import owner_lock
from mediavault.vault.media.recipe import Size
from mediavault.vault.models import Blob
from mediavault.vault.storage.current import media_store
from mediavault.vault.storage.keys import blob_key, thumbnail_key


def release_blob(*, owner_id: int, blob_id: int) -> None:
    """One reference less; the caller holds the owner's lock and has let go of its own row's pointer.

    The bytes go after the commit, so that a transaction rolled back has lost nothing.
    """
    Blob.objects.filter(pk=blob_id, owner_id=owner_id).update(references=F("references") - 1)
    transaction.on_commit(functools.partial(collect_blob, owner_id=owner_id, blob_id=blob_id), robust=True)


def collect_blob(*, owner_id: int, blob_id: int) -> bool:
    """Remove the blob and its bytes if nothing refers to it, and say whether it went."""
    with owner_lock(owner_id):
        blob = Blob.objects.filter(pk=blob_id, owner_id=owner_id, references=0, files=None).first()
        if blob is None:
            return False
        keys = [
            blob_key(owner_id, blob.sha256),
            *(thumbnail_key(owner_id, blob.sha256, size) for size in Size),
        ]
        blob.delete()  # first: should a file point here after all, this fails and the bytes stay
        for key in keys:
            media_store().delete(key)
        return True
