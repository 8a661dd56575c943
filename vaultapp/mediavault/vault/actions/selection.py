"""Several files and folders at once, found under the owner's lock."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from mediavault.vault.errors import FieldError
from mediavault.vault.models import File, Folder
from mediavault.vault.trees import TreeFolder, folders_below


@dataclass(frozen=True)
class Selection:
    """Ids of files and folders of one owner."""

    files: tuple[int, ...] = ()
    folders: tuple[int, ...] = ()


@dataclass(frozen=True)
class Found:
    """The rows of a selection, but for those that lie in a folder of it: they go with the folder.

    `trees` are the folders with all below them, parents first.
    """

    files: Sequence[File]
    folders: Sequence[Folder]
    trees: Sequence[TreeFolder]

    @property
    def tree_ids(self) -> list[int]:
        """The ids of all folders of the trees."""
        return [folder.id for folder in self.trees]

    @property
    def height(self) -> int:
        """How many levels of folders the highest tree has."""
        levels = {folder.id: 1 for folder in self.folders}
        for folder in self.trees:
            above = levels.get(folder.parent_folder_id or 0)
            if folder.id not in levels and above is not None:
                levels[folder.id] = above + 1
        return max(levels.values(), default=0)


def find(owner_id: int, selection: Selection) -> Found:
    """The rows, in three queries; raises FieldError (files, folders) for an id that is not the owner's."""
    files = File.objects.filter(owner_id=owner_id, pk__in=selection.files).order_by("name_key", "pk")
    folders = Folder.objects.filter(owner_id=owner_id, pk__in=selection.folders).order_by("name_key", "pk")
    _check("files", "file", selection.files, (file.pk for file in files))
    _check("folders", "folder", selection.folders, (folder.pk for folder in folders))
    trees = folders_below(selection.folders)
    within = {folder.id for folder in trees}
    return Found(
        files=[file for file in files if file.folder_id not in within],
        folders=[folder for folder in folders if folder.parent_folder_id not in within],
        trees=trees,
    )


def _check(field: str, kind: str, wanted: Iterable[int], found: Iterable[int]) -> None:
    missing = sorted(set(wanted) - set(found))
    if missing:
        raise FieldError(field, f"No {kind} of yours has the id {missing[0]}.")
