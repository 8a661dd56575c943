"""Let what an examination found stand with the blob: its pictures in the store, its facts in the row."""

from typing import Any, Final

from mediavault.vault.media.examination import Examination
from mediavault.vault.models import Blob
from mediavault.vault.storage.current import media_store
from mediavault.vault.storage.keys import thumbnail_key

EXAMINED_FIELDS: Final = ("state", "reason", "has_thumbnail", "facts", "camera", "latitude", "longitude")


def publish_examination(*, blob: Blob, examination: Examination) -> None:
    """Publish the pictures and fill the row's EXAMINED_FIELDS, which the caller saves in its transaction."""
    for size, picture in examination.pictures.items():
        with media_store().create_temporary() as temporary:
            temporary.write(picture)
            temporary.finish()
            media_store().publish(temporary, key=thumbnail_key(blob.owner_id, blob.sha256, size))
    blob.state, blob.reason = Blob.State(examination.state), examination.reason[:255]
    blob.has_thumbnail = bool(examination.pictures)
    facts: dict[str, Any] = examination.facts
    blob.facts = facts
    blob.camera = facts.get("camera", "")
    blob.latitude, blob.longitude = facts.get("latitude"), facts.get("longitude")
