"""One writer per upload, over all processes and pods."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Final

from mediavault.database.advisory import LockTaken, advisory_lock
from mediavault.vault.errors import Gone, UploadBusy, UploadExpired
from mediavault.vault.models import Upload

_HALF: Final = 2**63


@contextmanager
def upload_writer(*, owner_id: int, upload_id: uuid.UUID, now: datetime) -> Iterator[Upload]:
    """The owner's upload, which nobody else writes to meanwhile; raises Gone, UploadExpired or UploadBusy.

    No transaction is held, so that a client may take its time.
    """
    try:
        with advisory_lock(lock_key(upload_id)):
            upload = Upload.objects.filter(pk=upload_id, owner_id=owner_id).first()
            if upload is None:
                raise Gone
            if upload.expires_at <= now:
                raise UploadExpired
            yield upload
    except LockTaken as error:
        raise UploadBusy from error


def lock_key(upload_id: uuid.UUID) -> int:
    """The number of the upload's lock: 64 of its random bits, signed."""
    return upload_id.int % (2 * _HALF) - _HALF
