"""Reads of the vault: they start at `visible_to(user)`."""

import math
from collections.abc import Collection
from functools import reduce
from operator import or_
from typing import Any, Self, TypeVar

from django.db.models import Case, F, Model, Q, QuerySet, Value, When
from django.db.models.expressions import Combinable
from django.db.models.functions import Cos, Power, Radians, Sin
from django.db.models.lookups import LessThanOrEqual

from mediavault.vault import paths
from mediavault.vault.geography import Circle
from mediavault.vault.trees import ids_below

RowT = TypeVar("RowT", bound=Model)
FILE_GROUPS = ("image", "video", "audio", "document")
OTHER_GROUP = "other"


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
        return self.owned_by(user.pk)

    def owned_by(self, owner_id: int | Combinable) -> Self:
        """The rows of the user with this id, which may be a slot of a kept statement."""
        return self.filter(owner_id=owner_id)


class FolderQuerySet(OwnedQuerySet[RowT]):
    """Reads of folders."""

    def in_trees(self, folder_ids: Collection[int]) -> QuerySet[Any, tuple[Any, ...]]:
        """These folders and all below: id, parent's id, name, time of the last change."""
        found = self.filter(id__in=ids_below(folder_ids))
        return found.values_list("id", "parent_folder_id", "name", "updated_at")


class FileQuerySet(OwnedQuerySet[RowT]):
    """Reads of files."""

    def in_group(self, group: str) -> Self:
        """Files of one of FILE_GROUPS."""
        return self.filter(type_group=group)

    def favorites(self) -> Self:
        """Files with the mark."""
        return self.filter(is_favorite=True)

    def in_folder(self, folder_id: int | Combinable | None) -> Self:
        """Files right in this folder; None is the root."""
        return self.filter(folder_id=folder_id)

    def below(self, folder_id: int) -> Self:
        """Files in this folder and in all folders below."""
        return self.filter(folder_id__in=ids_below([folder_id]))

    def chosen(
        self, file_ids: Collection[int], folder_ids: Collection[int]
    ) -> QuerySet[Any, tuple[Any, ...]]:
        """These files and all in these folders and below, once each, as what an archive has to know.

        Id, folder's id, name, time of the last change, and of the bytes: id, SHA-256, size, CRC-32.
        """
        facts = ("id", "folder_id", "name", "updated_at", "file_id", "file__sha256", "size", "file__crc32")
        inside = self.filter(folder_id__in=ids_below(folder_ids)).values_list(*facts)
        return self.filter(id__in=file_ids).values_list(*facts).union(inside)

    def named_like(self, text: str) -> Self:
        """Files whose names hold every word of `text`, whatever their case and Unicode form."""
        words = paths.name_key(text).split()
        return self.filter(*(Q(name_key__contains=word) for word in words))

    def named_from(self, beginning: str) -> Self:
        """Files whose names begin so, whatever their case and Unicode form."""
        return self.filter(name_key__startswith=paths.name_key(beginning))

    def with_media(self, **conditions: Any) -> Self:
        """Files whose bytes meet the conditions; those of other owners are not looked at."""
        return self.filter(
            file__owner=F("owner"), **{f"file__{name}": told for name, told in conditions.items()}
        )

    def near(self, circle: Circle) -> Self:
        """Files whose media say that they were taken within the circle."""
        longitudes = reduce(or_, (Q(file__longitude__range=each) for each in circle.longitudes))
        inside = self.with_media(latitude__range=circle.latitudes).filter(longitudes)
        return inside.filter(LessThanOrEqual(_haversine(circle), circle.chord))

    def tagged(self, tag: str, text: str) -> Self:
        """Files with `text` in a fact of their media, like the artist."""
        return self.with_media(**{f"facts__{tag}__icontains": text})


def _haversine(circle: Circle) -> Combinable:
    """That of the angle between the place of the media and the middle of the circle."""
    latitude, longitude = F("file__latitude"), F("file__longitude")
    north = Power(Sin(Radians(latitude - circle.latitude) / 2.0), 2.0)
    east = Power(Sin(Radians(longitude - circle.longitude) / 2.0), 2.0)
    return north + Cos(Radians(latitude)) * math.cos(math.radians(circle.latitude)) * east
