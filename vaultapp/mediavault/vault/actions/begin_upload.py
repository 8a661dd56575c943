"""Make room for a file that will come in parts."""

from datetime import datetime

from mediavault.vault.actions.create_file import create_file
from mediavault.vault.actions.place_file import Place, check_place
from mediavault.vault.errors import WholeMismatch
from mediavault.vault.models import File, Upload
from mediavault.vault.storage.current import media_store


def begin_upload(*, place: Place, length: int | None, sha256: str, expires_at: datetime) -> Upload:
    """An upload without bytes; that of an empty file is finished at once. `sha256` of the whole may be empty.

    Raises FieldError (name, folder), NameTaken or, of an empty file, WholeMismatch.
    """
    upload = Upload(
        owner_id=place.owner_id,
        folder_id=place.folder_id,
        name=check_place(place),
        is_favorite=place.is_favorite,
        on_conflict=place.on_conflict,
        length=length,
        sha256=sha256,
        expires_at=expires_at,
    )
    if length == 0:
        _finish_empty(upload, place)
    else:
        upload.save(force_insert=True)
    return upload


def _finish_empty(upload: Upload, place: Place) -> None:
    def save_with(file: File) -> None:
        upload.file = file
        upload.save(force_insert=True)

    with media_store().create_temporary() as nothing:
        if upload.sha256 not in ("", nothing.sha256):
            raise WholeMismatch
        nothing.finish()
        create_file(place=place, upload=nothing, then=save_with)
