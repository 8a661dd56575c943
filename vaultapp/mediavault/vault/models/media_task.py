"""The queue of the worker: blobs whose media wait to be examined."""

from django.db import models

from mediavault.vault.models.blob import Blob


class MediaTask(models.Model):
    """One blob to examine. Attempts are counted before they begin, so that a fatal one is counted too."""

    blob = models.OneToOneField(Blob, on_delete=models.CASCADE, primary_key=True, related_name="task")
    attempts = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["due_at"], name="vault_mediatask_by_due")]

    def __str__(self) -> str:
        return f"{self.blob_id} at {self.due_at}"
