"""Say anew what the file of an upload under way is to be."""

import uuid
from datetime import datetime

from mediavault.vault.actions.place_file import Place, check_place
from mediavault.vault.actions.upload_writer import upload_writer


def rename_upload(*, place: Place, upload_id: uuid.UUID, now: datetime) -> None:
    """Raises Gone, UploadExpired, UploadBusy, FieldError (name, folder) or NameTaken."""
    with upload_writer(owner_id=place.owner_id, upload_id=upload_id, now=now) as upload:
        upload.name = check_place(place)
        upload.folder_id = place.folder_id
        upload.on_conflict = place.on_conflict
        upload.is_favorite = place.is_favorite
        upload.save(update_fields=["name", "folder", "on_conflict", "is_favorite"])
