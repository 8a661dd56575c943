"""Names for rows that come into a folder, beside those that are there: here alone a taken name is judged."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from mediavault.vault import paths
from mediavault.vault.actions.on_conflict import OnConflict
from mediavault.vault.actions.places import names_in
from mediavault.vault.errors import NameTaken
from mediavault.vault.models import File, Folder

Kind = Literal["file", "folder"]
_Key = tuple[Kind, int]


@dataclass(frozen=True)
class Coming:
    """A row that is to stand in the folder under `name`, or under one like it; a new one has no id yet."""

    kind: Kind
    name: str
    id: int = 0


@dataclass
class Fit:
    """The name of each row, in their order, and the ids of the files that give way to them."""

    names: list[str] = field(default_factory=list)
    replaced: list[int] = field(default_factory=list)


def fit(*, owner_id: int, folder_id: int | None, coming: Sequence[Coming], on_conflict: OnConflict) -> Fit:
    """Raises NameTaken where a name is taken and `on_conflict` does not help: folders are never replaced.

    None of the rows stands in the folder itself under its name, but for what is being copied. The number of
    queries does not grow with the rows.
    """
    taken = _taken(owner_id, folder_id, {paths.name_key(row.name) for row in coming})
    result, placed, numbers = Fit(), set[_Key](), _Numbers(owner_id, folder_id)
    for row in coming:
        name, key = row.name, paths.name_key(row.name)
        other = taken.get(key)
        if other is not None and on_conflict is OnConflict.RENAME:
            name = numbers.free(name, key, taken)
        elif other is not None:
            may = on_conflict is OnConflict.REPLACE and row.kind == other[0] == "file" and other not in placed
            if not may or other[1] == row.id:
                raise NameTaken(name=name, kind=other[0], existing_id=other[1])
            result.replaced.append(other[1])
        taken[paths.name_key(name)] = (row.kind, row.id)
        placed.add((row.kind, row.id))
        result.names.append(name)
    return result


def fit_one(
    *, owner_id: int, folder_id: int | None, row: Coming, on_conflict: OnConflict
) -> tuple[str, int | None]:
    """The name of the row, and the id of the file that gives way to it; raises NameTaken as `fit` does."""
    fitted = fit(owner_id=owner_id, folder_id=folder_id, coming=[row], on_conflict=on_conflict)
    return fitted.names[0], fitted.replaced[0] if fitted.replaced else None


class _Numbers:
    """Free numbered names of one folder; its names are asked for once, and only if need be."""

    def __init__(self, owner_id: int, folder_id: int | None) -> None:
        self._folder = owner_id, folder_id
        self._known: set[str] | None = None
        self._last: dict[str, int] = {}

    def free(self, name: str, key: str, taken: Mapping[str, _Key]) -> str:
        """A name that neither the folder has nor one of the rows before."""
        if self._known is None:
            self._known = names_in(owner_id=self._folder[0], folder_id=self._folder[1])
            self._known.update(taken)
        # On from the last number of this name: from 1 each time, a thousand README.md take minutes.
        found, self._last[key] = paths.free_name(name, self._known, beyond=self._last.get(key, 0))
        self._known.add(paths.name_key(found))
        return found


def _taken(owner_id: int, folder_id: int | None, keys: set[str]) -> dict[str, _Key]:
    files = File.objects.filter(owner_id=owner_id, folder=folder_id, name_key__in=keys)
    folders = Folder.objects.filter(owner_id=owner_id, parent_folder=folder_id, name_key__in=keys)
    found: dict[str, _Key] = {key: ("file", row_id) for key, row_id in files.values_list("name_key", "pk")}
    return found | {key: ("folder", row_id) for key, row_id in folders.values_list("name_key", "pk")}
