"""Judge an upload that has arrived, before anything is locked: what it is, and the small picture of it."""

from dataclasses import dataclass

from mediavault.database.release import release_connection
from mediavault.vault.media.sniffing import sniff_type
from mediavault.vault.media.thumbnails import Thumbnail, make_thumbnail
from mediavault.vault.models import Blob
from mediavault.vault.storage.interface import TemporaryObject


@dataclass(frozen=True)
class Content:
    """An upload and what it is; `thumbnail` is None where `state` says why there is none.

    `state` is None where the owner has these bytes already, with their thumbnail or without.
    """

    temporary: TemporaryObject
    type: str
    thumbnail: bytes | None = None
    state: Blob.State | None = None
    reason: str = ""


def receive_content(*, owner_id: int, temporary: TemporaryObject, name: str) -> Content:
    """The upload under the type its bytes show; with a thumbnail, unless the owner has the bytes already."""
    media_type = sniff_type(temporary.head, name=name)
    known = Blob.objects.filter(owner_id=owner_id, sha256=temporary.sha256, references__gt=0).exists()
    content = Content(temporary, media_type)
    release_connection()
    return content if known else with_thumbnail(content)


def with_thumbnail(content: Content) -> Content:
    """The same content with its thumbnail; bad media gives a state, never an error."""
    with content.temporary.open() as source:
        made = make_thumbnail(source, content_type=content.type)
    if isinstance(made, Thumbnail):
        return Content(content.temporary, content.type, made.data, Blob.State.READY)
    state = Blob.State.FAILED if made.failed else Blob.State.UNSUPPORTED
    return Content(content.temporary, content.type, None, state, made.reason)
