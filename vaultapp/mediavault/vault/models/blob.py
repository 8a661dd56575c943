"""The bytes of one or more files of one owner, known by their SHA-256."""

from django.conf import settings
from django.db import models
from django.db.models import Q


class Blob(models.Model):
    """Bytes that stand in the store once, however many files of this owner have them.

    `references` counts the rows that point here. At zero the bytes may go, under the owner's lock.
    """

    class Thumbnail(models.TextChoices):
        """What came of making a small picture of the bytes."""

        READY = "ready"
        UNSUPPORTED = "unsupported"
        FAILED = "failed"

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    sha256 = models.CharField(max_length=64)
    size = models.BigIntegerField()
    references = models.BigIntegerField(default=0)
    thumbnail = models.CharField(max_length=16, choices=Thumbnail, default=Thumbnail.UNSUPPORTED)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["owner", "sha256"], name="vault_blob_once_per_owner"),
            models.CheckConstraint(condition=Q(references__gte=0), name="vault_blob_references_not_negative"),
            models.CheckConstraint(condition=Q(size__gte=0), name="vault_blob_size_not_negative"),
        ]
        indexes = [
            models.Index(fields=["id"], condition=Q(references=0), name="vault_blob_unreferenced"),
        ]

    def __str__(self) -> str:
        return self.sha256
