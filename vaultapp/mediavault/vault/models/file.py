"""A file: a name in a folder, or at the root, for some bytes."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Coalesce

from mediavault.vault import paths, querysets, trees
from mediavault.vault.models.blob import Blob
from mediavault.vault.models.folder import Folder

# What lists may be ordered by: the end of an index's name, and the column.
_ORDERS = {"name": "name_key", "size": "size", "type": "type", "created": "created_at", "dated": "dated_at"}


def _ordered_indexes(scope: str, *columns: str, condition: Q | None = None) -> list[models.Index]:
    """One index per order, so that the rows that `columns` and `condition` select are never sorted."""
    return [
        models.Index(
            fields=[*columns, column, "id"], condition=condition, name=f"vault_file_{scope}_by_{order}"
        )
        for order, column in _ORDERS.items()
    ]


class File(models.Model):
    """One file of one owner. `size`, `type` and `taken_at` stand here too, so that lists can use them.

    `revision` is the owner's at the last change of this row. `dated_at` is when the picture was taken, where
    that is known, else when it came.
    """

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="files", db_index=False
    )
    folder = models.ForeignKey(
        Folder, null=True, blank=True, on_delete=models.DO_NOTHING, related_name="files", db_index=False
    )
    name = models.CharField(max_length=paths.MAX_NAME_BYTES)
    name_key = models.CharField(max_length=3 * paths.MAX_NAME_BYTES, editable=False)
    file = models.ForeignKey(Blob, on_delete=models.RESTRICT, related_name="files")
    size = models.BigIntegerField()
    type = models.CharField(max_length=255)
    type_group = models.GeneratedField(
        expression=querysets.type_group("type"), output_field=models.CharField(max_length=8), db_persist=True
    )
    is_favorite = models.BooleanField(default=False)
    taken_at = models.DateTimeField(null=True)
    dated_at = models.GeneratedField(
        expression=Coalesce("taken_at", "created_at"), output_field=models.DateTimeField(), db_persist=True
    )
    revision = models.BigIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = querysets.FileQuerySet["File"].as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["folder", "name_key"],
                condition=Q(folder__isnull=False),
                name="vault_file_name_in_folder",
            ),
            models.UniqueConstraint(
                fields=["owner", "name_key"],
                condition=Q(folder__isnull=True),
                name="vault_file_name_at_root",
            ),
            models.CheckConstraint(condition=~Q(name=""), name="vault_file_has_a_name"),
            models.CheckConstraint(condition=Q(size__gte=0), name="vault_file_size_not_negative"),
        ]
        indexes = [
            *_ordered_indexes("all", "owner"),
            *_ordered_indexes("folder", "owner", "folder", condition=Q(folder__isnull=False)),
            *_ordered_indexes("root", "owner", condition=Q(folder__isnull=True)),
            *_ordered_indexes("group", "owner", "type_group"),
            *_ordered_indexes("favorite", "owner", condition=Q(is_favorite=True)),
            models.Index(fields=["owner", "revision", "id"], name="vault_file_by_revision"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def path(self) -> str:
        """From the root, like `/Holidays/beach.jpg`; a list asks `folder_paths` once for all rows instead."""
        folder_id = self.folder_id
        parent = trees.folder_paths([folder_id])[folder_id] if folder_id is not None else ""
        return paths.join(parent, self.name)

    @property
    def has_thumbnail(self) -> bool:
        """Whether a thumbnail of these bytes stands in the store."""
        return self.file.has_thumbnail
