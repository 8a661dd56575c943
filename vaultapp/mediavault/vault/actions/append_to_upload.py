"""Write the next bytes of an upload; the last of them make the file."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from mediavault.database.release import release_connection
from mediavault.vault.actions.finish_upload import finish_upload, receive_whole
from mediavault.vault.actions.upload_writer import upload_writer
from mediavault.vault.errors import OffsetMismatch, PartMismatch
from mediavault.vault.models import Upload
from mediavault.vault.storage.current import media_store
from mediavault.vault.storage.errors import ObjectMissing
from mediavault.vault.storage.interface import Chunk, TemporaryObject
from mediavault.vault.storage.uploads import UploadTooLarge

# What a killed process loses of an upload at most.
CHECKPOINT_BYTES: Final = 64 * 1024 * 1024
# For so long after its last byte an upload can be gone on with.
LIFETIME: Final = timedelta(days=7)


@dataclass(frozen=True)
class Part:
    """`size` bytes that belong at `offset`; `length` is that of the whole, where it is only told now.

    `hasher` and `digest` say what the part must hash to, if anything.
    """

    offset: int
    size: int
    chunks: Iterable[Chunk]
    length: int | None = None
    hasher: Any = None
    digest: bytes = b""


def append_to_upload(*, owner_id: int, upload_id: uuid.UUID, part: Part, limit: int, now: datetime) -> Upload:
    """The upload with the part; what arrives of a part that is cut short is kept, but where it has a digest.

    Raises Gone, UploadExpired, UploadBusy, OffsetMismatch, UploadTooLarge (of `limit` bytes), PartMismatch
    and, with the last part, what `finish_upload` raises.
    """
    with upload_writer(owner_id=owner_id, upload_id=upload_id, now=now) as upload:
        _check(upload, part, limit)
        upload.expires_at = now + LIFETIME
        if part.size:
            _receive(upload, part)
        elif upload.length is not None and upload.offset == upload.length:
            finish_upload(upload)
        else:
            upload.save(update_fields=["length", "expires_at"])
        return upload


def _check(upload: Upload, part: Part, limit: int) -> None:
    if part.offset != upload.offset:
        raise OffsetMismatch(upload.offset)
    if upload.length is None and part.length is not None:
        if part.length > limit:
            raise UploadTooLarge(limit)
        if part.length < upload.offset:
            raise OffsetMismatch(upload.offset)
        upload.length = part.length
    largest = limit if upload.length is None else upload.length
    if part.offset + part.size > largest:
        raise UploadTooLarge(largest)


def _receive(upload: Upload, part: Part) -> None:
    release_connection()
    with _opened(upload) as temporary:
        try:
            _write(upload, temporary, part)
        except Exception:
            if part.hasher is None and temporary.size > upload.offset:
                temporary.suspend()
                _save(upload, temporary)
            raise
        if part.hasher is not None and part.hasher.digest() != part.digest:
            raise PartMismatch
        if temporary.size == upload.length:
            receive_whole(upload, temporary)
        else:
            temporary.suspend()
            _save(upload, temporary)


def _opened(upload: Upload) -> TemporaryObject:
    if not upload.temporary:
        return media_store().create_temporary()
    try:
        return media_store().resume_temporary(upload.temporary, size=upload.offset)
    except ObjectMissing as error:
        # The store has lost them: the client can begin again.
        Upload.objects.filter(pk=upload.pk, temporary=upload.temporary).update(offset=0, temporary="")
        raise OffsetMismatch(0) from error


def _write(upload: Upload, temporary: TemporaryObject, part: Part) -> None:
    for chunk in part.chunks:
        temporary.write(chunk)
        if part.hasher is not None:
            part.hasher.update(chunk)
        elif temporary.size - upload.offset >= CHECKPOINT_BYTES and temporary.size != upload.length:
            temporary.checkpoint()
            _save(upload, temporary)
            release_connection()


def _save(upload: Upload, temporary: TemporaryObject) -> None:
    """Write down what is safe in the store, unless somebody else has done so in our place."""
    ours = Upload.objects.filter(pk=upload.pk, offset=upload.offset, temporary=upload.temporary)
    if not ours.update(
        offset=temporary.size,
        temporary=temporary.name,
        length=upload.length,
        expires_at=upload.expires_at,
    ):
        raise OffsetMismatch(None)
    upload.offset, upload.temporary = temporary.size, temporary.name
