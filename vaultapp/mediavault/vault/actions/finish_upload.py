"""Make a file of an upload whose bytes are all there."""

from typing import Final

from mediavault.vault.actions.create_file import create_file
from mediavault.vault.actions.on_conflict import OnConflict
from mediavault.vault.actions.place_file import Place
from mediavault.vault.errors import OffsetMismatch, ScanRefused, WholeMismatch
from mediavault.vault.models import File, Upload
from mediavault.vault.storage.current import media_store
from mediavault.vault.storage.errors import ObjectMissing
from mediavault.vault.storage.interface import TemporaryObject
from mediavault.vault.storage.keys import blob_key

_BLOCK: Final = 1024 * 1024


def receive_whole(upload: Upload, temporary: TemporaryObject) -> None:
    """Write down that all bytes are safe, and which they are; then make the file of them.

    Raises WholeMismatch or ScanRefused, and then the upload is gone, or what `create_file` raises: then the
    upload stays whole, and can be finished under another name or once more. A kill between the two leaves it
    so as well.
    """
    temporary.checkpoint()
    temporary.finish()
    if upload.sha256 not in ("", temporary.sha256):
        upload.delete()
        temporary.discard()
        raise WholeMismatch
    ours = Upload.objects.filter(pk=upload.pk, offset=upload.offset, temporary=upload.temporary)
    whole = {
        "offset": temporary.size,
        "temporary": temporary.name,
        "sha256": temporary.sha256,
        "length": temporary.size,
        "expires_at": upload.expires_at,
    }
    if not ours.update(**whole):
        raise OffsetMismatch(None)
    for field, value in whole.items():
        setattr(upload, field, value)
    _create(upload, temporary)


def finish_upload(upload: Upload) -> None:
    """Make the file of an upload that was received whole and not finished; else nothing is left to do.

    The caller is its only writer.
    """
    if upload.is_finished:
        return
    try:
        temporary = media_store().resume_temporary(upload.temporary, size=upload.offset)
    except ObjectMissing:
        temporary = _published_before(upload)
    with temporary:
        temporary.finish()
        _create(upload, temporary)


def _published_before(upload: Upload) -> TemporaryObject:
    """A copy of the bytes under the address that a killed process gave them before it could say so."""
    temporary = media_store().create_temporary()
    try:
        with media_store().open(blob_key(upload.owner_id, upload.sha256)) as source:
            while block := source.read(_BLOCK):
                temporary.write(block)
    except ObjectMissing as error:
        temporary.discard()
        Upload.objects.filter(pk=upload.pk).update(offset=0, temporary="")
        raise OffsetMismatch(0) from error
    except BaseException:
        temporary.discard()
        raise
    return temporary


def _create(upload: Upload, temporary: TemporaryObject) -> None:
    def finished(file: File) -> None:
        Upload.objects.filter(pk=upload.pk).update(file=file, temporary="")

    place = Place(
        owner_id=upload.owner_id,
        folder_id=upload.folder_id,
        name=upload.name,
        on_conflict=OnConflict(upload.on_conflict),
        is_favorite=upload.is_favorite,
    )
    try:
        upload.file = create_file(place=place, upload=temporary, then=finished).file
    except ScanRefused:
        upload.delete()
        temporary.discard()
        raise
    upload.temporary = ""
