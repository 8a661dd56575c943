"""A folder: a name in another folder, or at the root."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from mediavault.vault import paths, querysets, trees


class Folder(models.Model):
    """One folder of one owner; its path follows from its ancestors and is never stored.

    Actions say what becomes of what points at a row that goes, in one statement for any number of rows; the
    database holds them to it.

    `revision` is the owner's at the last change of this row.
    """

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="folders")
    parent_folder = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.DO_NOTHING, related_name="subfolders"
    )
    name = models.CharField(max_length=paths.MAX_NAME_BYTES)
    name_key = models.CharField(max_length=3 * paths.MAX_NAME_BYTES, editable=False)
    revision = models.BigIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = querysets.FolderQuerySet["Folder"].as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["owner", "parent_folder", "name_key"],
                condition=Q(parent_folder__isnull=False),
                name="vault_folder_name_in_folder",
            ),
            models.UniqueConstraint(
                fields=["owner", "name_key"],
                condition=Q(parent_folder__isnull=True),
                name="vault_folder_name_at_root",
            ),
            models.CheckConstraint(condition=~Q(name=""), name="vault_folder_has_a_name"),
            models.CheckConstraint(
                condition=Q(parent_folder__isnull=True) | ~Q(parent_folder=models.F("id")),
                name="vault_folder_not_in_itself",
            ),
        ]
        indexes = [
            models.Index(fields=["owner", "name_key", "id"], name="vault_folder_by_name"),
            models.Index(fields=["owner", "created_at", "id"], name="vault_folder_by_time"),
            *(
                models.Index(
                    fields=["owner", *columns, column, "id"],
                    condition=Q(parent_folder__isnull=not columns),
                    name=f"vault_folder_{scope}_by_{order}",
                )
                for scope, columns in (("in", ["parent_folder"]), ("root", []))
                for order, column in (("name", "name_key"), ("time", "created_at"))
            ),
            models.Index(fields=["owner", "revision", "id"], name="vault_folder_by_revision"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def path(self) -> str:
        """From the root, like `/Holidays/2026`; a list asks `folder_paths` once for all rows instead."""
        return trees.folder_paths([self.pk])[self.pk]
