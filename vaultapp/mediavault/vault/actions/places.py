"""What must hold of a place before something is put there; asked while the owner's lock is held."""

from mediavault.vault import paths
from mediavault.vault.errors import FieldError, NameTaken
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


def check_name_free(
    *,
    owner_id: int,
    folder_id: int | None,
    name: str,
    file_id: int | None = None,
    folder_row_id: int | None = None,
) -> None:
    """No other file and no other folder there may have the name; raises NameTaken.

    `file_id` or `folder_row_id` is the row that is being named itself.
    """
    key = paths.name_key(name)
    files = File.objects.filter(owner_id=owner_id, folder=folder_id, name_key=key).exclude(
        pk__in=_some(file_id)
    )
    if (taken_by := files.values_list("pk", flat=True).first()) is not None:
        raise NameTaken(name=name, kind="file", existing_id=taken_by)
    folders = Folder.objects.filter(owner_id=owner_id, parent_folder=folder_id, name_key=key)
    if (
        taken_by := folders.exclude(pk__in=_some(folder_row_id)).values_list("pk", flat=True).first()
    ) is not None:
        raise NameTaken(name=name, kind="folder", existing_id=taken_by)


def _some(row_id: int | None) -> tuple[int, ...]:
    return () if row_id is None else (row_id,)


def names_in(*, owner_id: int, folder_id: int | None) -> set[str]:
    """The keys of all names that the folder has, or the root."""
    files = File.objects.filter(owner_id=owner_id, folder=folder_id).values_list("name_key", flat=True)
    folders = Folder.objects.filter(owner_id=owner_id, parent_folder=folder_id)
    return {*files, *folders.values_list("name_key", flat=True)}
