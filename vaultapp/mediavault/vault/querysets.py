"""Reads of the vault: they start at `visible_to(user)`, and paths cost one query for a whole page."""

from collections.abc import Iterable
from typing import Any, Self, TypeVar

from django.db import connection
from django.db.models import Case, Model, QuerySet, Value, When
from django.db.models.expressions import RawSQL

from mediavault.vault import paths

RowT = TypeVar("RowT", bound=Model)
FILE_GROUPS = ("image", "video", "audio", "document")
OTHER_GROUP = "other"

_ANCESTORS = """
WITH RECURSIVE up(id, parent_folder_id, name) AS (
    SELECT id, parent_folder_id, name FROM vault_folder WHERE id IN ({marks})
    UNION
    SELECT f.id, f.parent_folder_id, f.name FROM vault_folder f JOIN up ON f.id = up.parent_folder_id
)
SELECT id, parent_folder_id, name FROM up
"""
_DOWN = """
WITH RECURSIVE down(id, depth) AS (
    SELECT id, 1 FROM vault_folder WHERE id = %s
    UNION
    SELECT f.id, down.depth + 1 FROM vault_folder f JOIN down ON f.parent_folder_id = down.id
    WHERE down.depth <= %s
)
"""
_DESCENDANTS = f"{_DOWN} SELECT id, depth FROM down"  # noqa: S608 nothing of a request is in it
_DESCENDANT_IDS = f"{_DOWN} SELECT id FROM down"  # noqa: S608


def type_group(field: str) -> Case:
    """The group of the media type in `field`; the seed calls application/* and text/* documents."""
    beginnings = {group: (f"{group}/",) for group in FILE_GROUPS} | {"document": ("application/", "text/")}
    cases = [
        When(**{f"{field}__startswith": beginning}, then=Value(group))
        for group, known in beginnings.items()
        for beginning in known
    ]
    return Case(*cases, default=Value(OTHER_GROUP))


class OwnedQuerySet(QuerySet[RowT]):
    """Rows that have an owner."""

    def visible_to(self, user: Any) -> Self:
        """What `user` may see: the own rows. Every read of a request starts here."""
        return self.filter(owner_id=user.pk)


class FolderQuerySet(OwnedQuerySet[RowT]):
    """Reads of folders."""


class FileQuerySet(OwnedQuerySet[RowT]):
    """Reads of files."""

    def in_group(self, group: str) -> Self:
        """Files of one of FILE_GROUPS."""
        return self.filter(type_group=group)

    def favorites(self) -> Self:
        """Files with the mark."""
        return self.filter(is_favorite=True)

    def in_folder(self, folder_id: int | None) -> Self:
        """Files right in this folder; None is the root."""
        return self.filter(folder_id=folder_id)

    def below(self, folder_id: int) -> Self:
        """Files in this folder and in all folders below."""
        tree = RawSQL(_DESCENDANT_IDS, [folder_id, paths.MAX_DEPTH])  # noqa: S611
        return self.filter(folder_id__in=tree)


def folder_paths(folder_ids: Iterable[int | None]) -> dict[int, str]:
    """The path of each of these folders, and of their ancestors, in one query however many they are."""
    wanted = sorted({each for each in folder_ids if each is not None})
    if not wanted:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(_ANCESTORS.format(marks=", ".join(["%s"] * len(wanted))), wanted)
        rows = cursor.fetchall()
    return paths.paths_of({row_id: (parent_id, name) for row_id, parent_id, name in rows})


def descendants(folder_id: int) -> dict[int, int]:
    """The ids of a folder and of all below it, each with its level; the folder itself has level 1."""
    with connection.cursor() as cursor:
        cursor.execute(_DESCENDANTS, [folder_id, paths.MAX_DEPTH])
        return dict(cursor.fetchall())
