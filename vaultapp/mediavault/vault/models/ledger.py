"""The revision of an owner's vault: every change has the next number, and is made by one writer at a time."""

from django.conf import settings
from django.db import models


class Ledger(models.Model):
    """One row per owner, locked while something of the owner's changes.

    `revision` is that of the last change; tombstones of revisions up to `forgotten` have been removed.
    """

    owner = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, primary_key=True, related_name="+"
    )
    revision = models.BigIntegerField(default=0)
    forgotten = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.owner_id} at {self.revision}"
