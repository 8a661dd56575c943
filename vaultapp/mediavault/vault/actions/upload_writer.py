"""One writer per upload, over all processes and pods."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from typing import Final

from mediavault.database.advisory import LockTaken, advisory_lock, is_wished
from mediavault.vault.errors import Gone, UploadBusy, UploadExpired
from mediavault.vault.models import Upload

_HALF: Final = 2**63
# A writer whose client has fallen silent gives way within a second or two.
_PATIENCE_SECONDS: Final = 3.0


@contextmanager
def upload_writer(*, owner_id: int, upload_id: uuid.UUID, now: datetime) -> Iterator[Upload]:
    """The owner's upload, which nobody else writes to meanwhile; raises Gone, UploadExpired or UploadBusy.

    No transaction is held, so that a client may take its time.
    """
    try:
        with advisory_lock(lock_key(upload_id), patience=_PATIENCE_SECONDS):
            upload = Upload.objects.filter(pk=upload_id, owner_id=owner_id).first()
            if upload is None:
                raise Gone
            if upload.expires_at <= now:
                raise UploadExpired
            yield upload
    except LockTaken as error:
        raise UploadBusy from error


def give_way(upload_id: uuid.UUID) -> None:
    """For the writer, while its client is silent: UploadBusy where another request waits to go on instead.

    It may be the same client, which lost its connection long before this end of it shows that.
    """
    if is_wished(lock_key(upload_id)):
        raise UploadBusy


def let_settle(upload_id: uuid.UUID) -> None:
    """Wait for a writer that gives way, so that all it received counts; one that still receives is let be."""
    with suppress(LockTaken), advisory_lock(lock_key(upload_id), patience=_PATIENCE_SECONDS):
        pass


def lock_key(upload_id: uuid.UUID) -> int:
    """The number of the upload's lock: 64 of its random bits, signed."""
    return upload_id.int % (2 * _HALF) - _HALF
