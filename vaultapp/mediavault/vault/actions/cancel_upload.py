"""Give up an upload; the file that it may have become stays."""

import uuid
from datetime import datetime

from mediavault.vault.actions.upload_writer import upload_writer
from mediavault.vault.models import Upload
from mediavault.vault.storage.current import media_store


def cancel_upload(*, owner_id: int, upload_id: uuid.UUID, now: datetime) -> None:
    """Remove the upload and its bytes; raises Gone, UploadExpired or UploadBusy."""
    with upload_writer(owner_id=owner_id, upload_id=upload_id, now=now) as upload:
        discard_upload(upload)


def discard_upload(upload: Upload) -> None:
    """Remove the row, then the bytes; a kill in between leaves bytes that the sweep takes."""
    name = upload.temporary
    upload.delete()
    if name:
        media_store().discard_temporary(name)
