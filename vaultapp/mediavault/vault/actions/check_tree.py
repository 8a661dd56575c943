"""What must hold of a tree of folders that comes into a folder."""

from mediavault.vault import paths, trees
from mediavault.vault.errors import FieldError


def check_depth(folder_id: int | None, *, height: int, field: str) -> None:
    """A tree of `height` levels must fit under the folder; raises FieldError naming `field`."""
    above = len(trees.folder_paths([folder_id]))
    if above + height > paths.MAX_DEPTH:
        raise FieldError(field, f"Folders may be nested {paths.MAX_DEPTH} deep; this would be deeper.")
