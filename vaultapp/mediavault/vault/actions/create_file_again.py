"""Put bytes that the vault has already into it once more, without sending them."""

from mediavault.vault.actions.owner_lock import owner_lock
from mediavault.vault.actions.place_file import Created, Place, place_file
from mediavault.vault.errors import FieldError
from mediavault.vault.media.sniffing import sniff_type
from mediavault.vault.models import Blob
from mediavault.vault.storage.current import media_store
from mediavault.vault.storage.interface import HEAD_SIZE
from mediavault.vault.storage.keys import blob_key


def create_file_again(*, place: Place, sha256: str) -> Created:
    """A file of the owner's bytes with this hash; raises FieldError (sha256, name, folder) or NameTaken."""
    with owner_lock(place.owner_id) as revision:
        blob = Blob.objects.filter(owner_id=place.owner_id, sha256=sha256, references__gt=0).first()
        if blob is None:
            raise FieldError("sha256", "No file of yours has these bytes; send them.")
        with media_store().open(blob_key(blob.owner_id, blob.sha256)) as source:
            media_type = sniff_type(source.read(HEAD_SIZE), name=place.name)
        return place_file(place, adopt=lambda: _once_more(blob), media_type=media_type, revision=revision)


def _once_more(blob: Blob) -> Blob:
    blob.references += 1
    blob.save(update_fields=["references"])
    return blob
