"""What a file looks like to a client that fetches its bytes."""

from drf_spectacular.utils import OpenApiParameter
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request

from mediavault.http.delivery import Representation
from mediavault.vault.media.recipe import Size
from mediavault.vault.models import File
from mediavault.vault.storage.keys import THUMBNAIL_RECIPE, blob_key, thumbnail_key

PICTURE_SIZE = OpenApiParameter(
    "size", enum=list(Size), default=Size.SMALL, description="Its longest side: at most 256 or 1440 pixels."
)


def picture_size(request: Request) -> Size:
    """The size of picture that a request asks for (ValidationError where there is none such)."""
    try:
        return Size(request.query_params.get("size") or Size.SMALL)
    except ValueError:
        raise ValidationError({"size": [f"Must be one of {', '.join(Size)}."]}) from None


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


def thumbnail_of(file: File, size: Size) -> Representation:
    """The small or the large picture of the file."""
    return Representation(
        key=thumbnail_key(file.owner_id, file.file.sha256, size),
        size=None,
        content_type="image/webp",
        etag=f"{file.file.sha256}-{THUMBNAIL_RECIPE}-{size}",
        last_modified=file.updated_at,
        filename=f"{file.name}.webp",
    )
