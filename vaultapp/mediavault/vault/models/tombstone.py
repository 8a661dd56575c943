"""What is left of a deleted file or folder, for clients that keep a copy of the vault."""

from django.conf import settings
from django.db import models


class Tombstone(models.Model):
    """Says that a row went, and at which revision."""

    class Kind(models.TextChoices):
        """What the row was."""

        FILE = "file"
        FOLDER = "folder"

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=8, choices=Kind)
    row_id = models.BigIntegerField()
    revision = models.BigIntegerField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [models.Index(fields=["owner", "revision", "id"], name="vault_tombstone_by_revision")]

    def __str__(self) -> str:
        return f"{self.kind} {self.row_id}"
