"""A resumable upload under way: what is known of it stands here, its bytes in a temporary of the store."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from mediavault.vault import paths
from mediavault.vault.models.file import File
from mediavault.vault.models.folder import Folder


class Upload(models.Model):
    """Some of the bytes of a file to be. `length` is None while the client has not said it.

    `temporary` names the bytes in the store, of which the first `offset` are safe; once all of them became
    `file`, there is no temporary any more.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    folder = models.ForeignKey(Folder, null=True, on_delete=models.DO_NOTHING, related_name="+")
    name = models.CharField(max_length=paths.MAX_NAME_BYTES)
    is_favorite = models.BooleanField(default=False)
    on_conflict = models.CharField(max_length=8)
    length = models.BigIntegerField(null=True)
    offset = models.BigIntegerField(default=0)
    sha256 = models.CharField(max_length=64, blank=True)
    temporary = models.CharField(max_length=255, blank=True)
    file = models.ForeignKey(File, null=True, on_delete=models.DO_NOTHING, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(length__isnull=True) | Q(offset__lte=F("length")),
                name="vault_upload_within_length",
            ),
            models.CheckConstraint(condition=Q(offset__gte=0), name="vault_upload_offset_not_negative"),
        ]
        indexes = [
            models.Index(fields=["owner"], name="vault_upload_of_owner"),
            models.Index(fields=["expires_at"], name="vault_upload_by_expiry"),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.offset} of {self.length})"

    @property
    def is_finished(self) -> bool:
        """Whether it became a file, which may be deleted by now."""
        return self.offset == self.length and not self.temporary
