"""Bring an upload to where its blob will look for it, before the owner's lock is taken."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress

from django.db import DatabaseError

from mediavault.vault.actions.receive_content import Content
from mediavault.vault.actions.remove_orphans import remove_orphans
from mediavault.vault.errors import VaultError
from mediavault.vault.storage.current import media_store
from mediavault.vault.storage.errors import StorageError
from mediavault.vault.storage.keys import blob_key


@contextmanager
def prepared_blob(*, owner_id: int, content: Content) -> Iterator[None]:
    """Inside, to adopt the content takes little time; what is refused there leaves nothing in the store.

    Where a kill or a failure ends it, bytes without a row may stay: an upload in parts goes on from them.
    """
    if content.examination is None:  # the owner has these bytes
        yield
        return
    sha256 = content.temporary.sha256
    key = blob_key(owner_id, sha256)
    was_put = media_store().prepare(content.temporary, key=key)
    try:
        yield
    except VaultError:
        if was_put:
            with suppress(DatabaseError, StorageError):  # then the sweep will find it
                remove_orphans(owner_id=owner_id, suspects=[(sha256, key)])
        raise
