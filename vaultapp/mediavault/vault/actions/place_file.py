"""Give bytes a name in a folder: a new file, or other bytes for the one that is there."""

from collections.abc import Callable
from dataclasses import dataclass

from mediavault.vault import paths
from mediavault.vault.actions.on_conflict import OnConflict
from mediavault.vault.actions.places import check_folder, check_name_free, names_in, usable_name
from mediavault.vault.actions.release_blob import release_blob
from mediavault.vault.errors import NameTaken
from mediavault.vault.models import Blob, File


@dataclass(frozen=True)
class Created:
    """The file, and whether it stood there before and has other bytes now."""

    file: File
    replaced: bool


@dataclass(frozen=True)
class Place:
    """Where a file is to stand, and how; a file that is replaced keeps its id and its name."""

    owner_id: int
    folder_id: int | None
    name: str
    on_conflict: OnConflict = OnConflict.FAIL
    is_favorite: bool = False


def check_place(place: Place) -> str:
    """The name as it would be kept; raises what `place_file` would raise now, before any byte has come."""
    name = usable_name(place.name)
    check_folder(owner_id=place.owner_id, folder_id=place.folder_id, field="folder")
    _in_the_way(place, name)
    return name


def place_file(place: Place, *, adopt: Callable[[], Blob], media_type: str, revision: int) -> Created:
    """The caller holds the owner's lock; `adopt` gives the blob, with one more reference for this file.

    Raises FieldError (name, folder) or NameTaken.
    """
    name = usable_name(place.name)
    check_folder(owner_id=place.owner_id, folder_id=place.folder_id, field="folder")
    taken = _in_the_way(place, name)
    if taken is not None and place.on_conflict is OnConflict.REPLACE:
        return Created(_replace(place, taken, adopt(), media_type, revision), replaced=True)
    if taken is not None:
        name, _ = paths.free_name(name, names_in(owner_id=place.owner_id, folder_id=place.folder_id))
    blob = adopt()
    file = File.objects.create(
        owner_id=place.owner_id,
        folder_id=place.folder_id,
        name=name,
        name_key=paths.name_key(name),
        file=blob,
        size=blob.size,
        type=media_type,
        taken_at=blob.taken_at,
        is_favorite=place.is_favorite,
        revision=revision,
    )
    return Created(file, replaced=False)


def _in_the_way(place: Place, name: str) -> NameTaken | None:
    """Who has the name, where that is no error: a folder cannot be replaced by a file."""
    try:
        check_name_free(owner_id=place.owner_id, folder_id=place.folder_id, name=name)
    except NameTaken as taken:
        by_folder = place.on_conflict is OnConflict.REPLACE and taken.kind != "file"
        if by_folder or place.on_conflict is OnConflict.FAIL:
            raise
        return taken
    return None


def _replace(place: Place, taken: NameTaken, blob: Blob, media_type: str, revision: int) -> File:
    file = File.objects.get(pk=taken.existing_id)
    former_id = file.file_id
    file.file, file.size, file.type, file.revision = blob, blob.size, media_type, revision
    file.taken_at = blob.taken_at
    file.is_favorite = file.is_favorite or place.is_favorite
    file.save()
    release_blob(owner_id=file.owner_id, blob_id=former_id)
    return file
