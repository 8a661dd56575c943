"""The bytes of one or more files of one owner, known by their SHA-256."""

from datetime import UTC, datetime

from django.conf import settings
from django.db import models
from django.db.models import Q


class Blob(models.Model):
    """Bytes that stand in the store once, however many files of this owner have them.

    `references` counts the rows that point here. At zero the bytes may go, under the owner's lock.
    `state` says whether the media in the bytes were examined, `reason` why that came to nothing. `facts` is
    what was found, as the API shows it; what lists filter by stands in columns too. `crc32` is None until
    it is known.
    """

    class State(models.TextChoices):
        """How far the media have been examined."""

        PENDING = "pending"
        READY = "ready"
        FAILED = "failed"
        UNSUPPORTED = "unsupported"

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    sha256 = models.CharField(max_length=64)
    size = models.BigIntegerField()
    references = models.BigIntegerField(default=0)
    crc32 = models.BigIntegerField(null=True)
    state = models.CharField(max_length=16, choices=State, default=State.UNSUPPORTED)
    reason = models.CharField(max_length=255, blank=True)
    has_thumbnail = models.BooleanField(default=False)
    facts = models.JSONField(default=dict)
    camera = models.CharField(max_length=255, blank=True)
    latitude = models.FloatField(null=True)
    longitude = models.FloatField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["owner", "sha256"], name="vault_blob_once_per_owner"),
            models.CheckConstraint(condition=Q(references__gte=0), name="vault_blob_references_not_negative"),
            models.CheckConstraint(condition=Q(size__gte=0), name="vault_blob_size_not_negative"),
        ]
        indexes = [
            models.Index(fields=["id"], condition=Q(references=0), name="vault_blob_unreferenced"),
            models.Index(
                fields=["latitude", "longitude"],
                condition=Q(latitude__isnull=False),
                name="vault_blob_by_place",
            ),
        ]

    def __str__(self) -> str:
        return self.sha256

    @property
    def taken_at(self) -> datetime | None:
        """When the picture was taken; a camera that did not tell its offset is taken to show UTC."""
        told = self.facts.get("taken_at")
        taken = datetime.fromisoformat(told) if told else None
        return taken.replace(tzinfo=UTC) if taken and taken.tzinfo is None else taken
