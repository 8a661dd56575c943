"""Put an upload into the vault under a name."""

from collections.abc import Callable

from mediavault.vault.actions.adopt_blob import adopt_blob
from mediavault.vault.actions.owner_lock import owner_lock
from mediavault.vault.actions.place_file import Created, Place, check_place, place_file
from mediavault.vault.actions.prepare_blob import prepared_blob
from mediavault.vault.actions.receive_content import receive_content
from mediavault.vault.models import File
from mediavault.vault.storage.interface import TemporaryObject


def create_file(
    *, place: Place, upload: TemporaryObject, then: Callable[[File], None] = lambda _: None
) -> Created:
    """A file with the bytes of a finished temporary; raises FieldError (name, folder) or NameTaken.

    Everything slow happens before the owner is locked; what is refused is refused before a thumbnail is made.
    `then` is called in the transaction that makes the file.
    """
    name = check_place(place)
    content = receive_content(owner_id=place.owner_id, temporary=upload, name=name)
    with (
        prepared_blob(owner_id=place.owner_id, content=content),
        owner_lock(place.owner_id) as revision,
    ):
        created = place_file(
            place,
            adopt=lambda: adopt_blob(owner_id=place.owner_id, content=content),
            media_type=content.type,
            revision=revision,
        )
        then(created.file)
        return created
