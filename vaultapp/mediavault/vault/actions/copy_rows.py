"""Copy files and folders into a folder, all of them or none: rows are made, bytes are counted once more."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.db import connection
from django.db.models import Count, OuterRef, Subquery
from django.utils import timezone

from mediavault.vault import paths
from mediavault.vault.actions.check_tree import check_depth
from mediavault.vault.actions.fitting import fit
from mediavault.vault.actions.move_rows import rows_coming
from mediavault.vault.actions.on_conflict import OnConflict
from mediavault.vault.actions.owner_lock import owner_lock
from mediavault.vault.actions.places import check_folder, usable_name
from mediavault.vault.actions.remove_files import remove_files
from mediavault.vault.actions.selection import Found, Selection, find
from mediavault.vault.models import Blob, File, Folder
from mediavault.vault.trees import TreeFolder

_BATCH = 1000
_COPY_FILES = """
INSERT INTO vault_file (owner_id, folder_id, name, name_key, file_id, size, type, is_favorite, taken_at,
                        revision, created_at, updated_at)
SELECT f.owner_id, m.column2, f.name, f.name_key, f.file_id, f.size, f.type, FALSE, f.taken_at, %s, %s, %s
FROM vault_file f JOIN (VALUES {pairs}) m ON f.folder_id = m.column1
"""


@dataclass(frozen=True)
class Copies:
    """The copies of the rows that were selected, in the order of their names."""

    folders: Sequence[Folder]
    files: Sequence[File]


@dataclass(frozen=True)
class _Making:
    owner_id: int
    revision: int
    now: datetime


def copy_rows(
    *,
    owner_id: int,
    selection: Selection,
    folder_id: int | None,
    name: str | None = None,
    on_conflict: OnConflict = OnConflict.FAIL,
) -> Copies:
    """Raises FieldError (name, files, folders, folder) or NameTaken. `name` is for a selection of one.

    What is copied is what stood there before: a folder may be copied into itself. Marks are not copied.
    """
    with owner_lock(owner_id) as revision:
        check_folder(owner_id=owner_id, folder_id=folder_id, field="folder")
        found = find(owner_id, selection)
        if found.folders:
            check_depth(folder_id, height=found.height, field="folder")
        coming = rows_coming(found.folders, found.files)
        if name is not None:
            coming = [replace(row, name=usable_name(name)) for row in coming]
        fitted = fit(owner_id=owner_id, folder_id=folder_id, coming=coming, on_conflict=on_conflict)
        making = _Making(owner_id, revision, timezone.now())
        names = iter(fitted.names)
        tops = [_folder(making, folder_id, next(names)) for _ in found.folders]
        files = [_file(making, folder_id, next(names), file) for file in found.files]
        _make_folders(making, found, tops)
        # Only now: what gives way may lie in a folder that is being copied.
        replaced = File.objects.filter(pk__in=fitted.replaced)
        remove_files(replaced, owner_id=owner_id, revision=revision)
        File.objects.bulk_create(files, batch_size=_BATCH)
        _count_references(making)
        return Copies(tops, files)


def _make_folders(making: _Making, found: Found, tops: list[Folder]) -> None:
    Folder.objects.bulk_create(tops)
    copies = {folder.pk: top.pk for folder, top in zip(found.folders, tops, strict=True)}
    below = [folder for folder in found.trees if folder.id not in copies]
    _copy_folders(making, below, copies)
    _copy_files(making, copies)


def _copy_folders(making: _Making, below: Sequence[TreeFolder], copies: dict[int, int]) -> None:
    """Level by level, as each needs the ids of the one above; `copies` grows by them."""
    while below:
        level = [folder for folder in below if folder.parent_folder_id in copies]
        made = [_folder(making, copies[folder.parent_folder_id or 0], folder.name) for folder in level]
        Folder.objects.bulk_create(made, batch_size=_BATCH)
        copies.update({folder.id: copy.pk for folder, copy in zip(level, made, strict=True)})
        below = [folder for folder in below if folder.id not in copies]


def _copy_files(making: _Making, copies: Mapping[int, int]) -> None:
    pairs = list(copies.items())
    moment = connection.ops.adapt_datetimefield_value(making.now)
    with connection.cursor() as cursor:
        for start in range(0, len(pairs), _BATCH):
            batch = pairs[start : start + _BATCH]
            ids = [row_id for pair in batch for row_id in pair]
            marks = ", ".join(["(%s, %s)"] * len(batch))
            cursor.execute(_COPY_FILES.format(pairs=marks), [making.revision, moment, moment, *ids])


def _count_references(making: _Making) -> None:
    made = File.objects.filter(owner_id=making.owner_id, revision=making.revision)
    count = File.objects.filter(file_id=OuterRef("pk")).order_by().values("file_id").annotate(n=Count("pk"))
    Blob.objects.filter(pk__in=made.values("file_id")).update(references=Subquery(count.values("n")))


def _folder(making: _Making, parent_folder_id: int | None, name: str) -> Folder:
    return Folder(
        owner_id=making.owner_id,
        parent_folder_id=parent_folder_id,
        name=name,
        name_key=paths.name_key(name),
        revision=making.revision,
    )


def _file(making: _Making, folder_id: int | None, name: str, source: File) -> File:
    return File(
        owner_id=making.owner_id,
        folder_id=folder_id,
        name=name,
        name_key=paths.name_key(name),
        file_id=source.file_id,
        size=source.size,
        type=source.type,
        taken_at=source.taken_at,
        revision=making.revision,
    )
