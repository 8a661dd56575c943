"""Remove the uploads that nobody has gone on with in time."""

from datetime import datetime

from mediavault.database.advisory import LockTaken, advisory_lock
from mediavault.vault.actions.cancel_upload import discard_upload
from mediavault.vault.actions.upload_writer import lock_key
from mediavault.vault.models import Upload


def expire_uploads(*, now: datetime) -> int:
    """Say how many went; one that is being written to stays."""
    removed = 0
    for upload in Upload.objects.filter(expires_at__lte=now).iterator():
        try:
            with advisory_lock(lock_key(upload.pk)):
                if Upload.objects.filter(pk=upload.pk, expires_at__lte=now).exists():
                    upload.refresh_from_db()
                    discard_upload(upload)
                    removed += 1
        except LockTaken:
            continue
    return removed
