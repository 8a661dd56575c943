"""What the entries of an archive are called. Pure."""

from collections import defaultdict
from collections.abc import Mapping

from mediavault.vault import paths


class Names:
    """Names for each folder's content, of which no two are the same to a system that ignores case."""

    def __init__(self) -> None:
        self._taken: defaultdict[int | None, set[str]] = defaultdict(set)
        self._numbers: dict[tuple[int | None, str], int] = {}

    def claim(self, folder_id: int | None, name: str) -> str:
        """`name`, with a number where another one of the folder has it; None is the archive's own root."""
        taken, wanted = self._taken[folder_id], (folder_id, paths.name_key(name))
        if wanted[1] in taken:
            name, self._numbers[wanted] = paths.free_name(name, taken, beyond=self._numbers.get(wanted, 0))
        taken.add(paths.name_key(name))
        return name


def folder_prefixes(
    folders: Mapping[int, tuple[int | None, str]], names: Names, *, root: int | None
) -> dict[int, str]:
    """How names in each folder begin; one whose parent is not here stands in the archive's root.

    `folders` gives each one's parent and name. The content of `root` has names without a prefix.
    """
    known = {each: (parent if parent in folders else None, name) for each, (parent, name) in folders.items()}
    if root is not None:
        del known[root]
        known = {each: (None if parent == root else parent, name) for each, (parent, name) in known.items()}
    unique = {each: (parent, names.claim(parent, name)) for each, (parent, name) in sorted(known.items())}
    return {each: f"{path}/"[1:] for each, path in paths.paths_of(unique).items()}
