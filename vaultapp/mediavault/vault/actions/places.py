"""What must hold of a place before something is put there; asked while the owner's lock is held."""

from mediavault.vault import paths
from mediavault.vault.errors import FieldError
from mediavault.vault.models import File, Folder


def usable_name(text: str) -> str:
    """`text` as a name; raises FieldError naming `name`."""
    try:
        return paths.clean_name(text)
    except paths.InvalidName as error:
        raise FieldError("name", str(error)) from error


def check_folder(*, owner_id: int, folder_id: int | None, field: str) -> None:
    """The folder must be the owner's; raises FieldError naming `field`, as for an id that never was."""
    if folder_id is not None and not Folder.objects.filter(pk=folder_id, owner_id=owner_id).exists():
        raise FieldError(field, f"No folder of yours has the id {folder_id}.")


def names_in(*, owner_id: int, folder_id: int | None) -> set[str]:
    """The keys of all names that the folder has, or the root."""
    files = File.objects.filter(owner_id=owner_id, folder=folder_id).values_list("name_key", flat=True)
    folders = Folder.objects.filter(owner_id=owner_id, parent_folder=folder_id)
    return {*files, *folders.values_list("name_key", flat=True)}
