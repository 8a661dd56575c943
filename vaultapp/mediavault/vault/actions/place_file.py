"""Give bytes a name in a folder: a new file, or other bytes for the one that is there."""

from collections.abc import Callable
from dataclasses import dataclass

from mediavault.vault import paths
from mediavault.vault.actions.fitting import Coming, fit_one
from mediavault.vault.actions.on_conflict import OnConflict
from mediavault.vault.actions.places import check_folder, usable_name
from mediavault.vault.actions.release_blob import release_blob
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
    _fit(place, name)
    return name


def place_file(place: Place, *, adopt: Callable[[], Blob], media_type: str, revision: int) -> Created:
    """The caller holds the owner's lock; `adopt` gives the blob, with one more reference for this file.

    Raises FieldError (name, folder) or NameTaken.
    """
    name, replaced_id = _fit(place, usable_name(place.name))
    if replaced_id is not None:
        return Created(_replace(place, replaced_id, adopt(), media_type, revision), replaced=True)
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


def _fit(place: Place, name: str) -> tuple[str, int | None]:
    check_folder(owner_id=place.owner_id, folder_id=place.folder_id, field="folder")
    return fit_one(
        owner_id=place.owner_id,
        folder_id=place.folder_id,
        row=Coming("file", name),
        on_conflict=place.on_conflict,
    )


def _replace(place: Place, file_id: int, blob: Blob, media_type: str, revision: int) -> File:
    file = File.objects.get(pk=file_id)
    former_id = file.file_id
    file.file, file.size, file.type, file.revision = blob, blob.size, media_type, revision
    file.taken_at = blob.taken_at
    file.is_favorite = file.is_favorite or place.is_favorite
    file.save()
    release_blob(owner_id=file.owner_id, blob_id=former_id)
    return file
