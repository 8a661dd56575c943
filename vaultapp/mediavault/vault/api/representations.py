"""What a file looks like to a client that fetches its bytes."""

from mediavault.http.delivery import Representation
from mediavault.vault.models import File
from mediavault.vault.storage.keys import THUMBNAIL_RECIPE, blob_key, thumbnail_key


def content_of(file: File) -> Representation:
    """The file's own bytes."""
    return Representation(
        key=blob_key(file.owner_id, file.file.sha256),
        size=file.size,
        content_type=file.type,
        etag=file.file.sha256,
        last_modified=file.updated_at,
        filename=file.name,
    )


def thumbnail_of(file: File) -> Representation:
    """The small picture of the file."""
    return Representation(
        key=thumbnail_key(file.owner_id, file.file.sha256),
        size=None,
        content_type="image/webp",
        etag=f"{file.file.sha256}-{THUMBNAIL_RECIPE}",
        last_modified=file.updated_at,
        filename=f"{file.name}.webp",
    )
