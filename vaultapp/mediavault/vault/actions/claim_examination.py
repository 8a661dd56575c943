"""Take the next blob from the queue."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from mediavault.vault.models import MediaTask

# Longer than any examination takes; afterwards its worker is taken for dead.
LEASE: Final = timedelta(minutes=10)


@dataclass(frozen=True)
class Claim:
    """The right to examine a blob, for LEASE: the first attempt is number 1."""

    blob_id: int
    attempt: int


def claim_examination(*, now: datetime) -> Claim | None:
    """The longest due one, or None. The attempt is counted before it begins, so that a fatal one counts too.

    Whoever has not finished within LEASE has lost the claim: the blob is due again.
    """
    due = MediaTask.objects.filter(due_at__lte=now)
    if not due.exists():  # asked without a lock, as this is the usual answer
        return None
    with transaction.atomic():
        task = due.select_for_update(skip_locked=True).order_by("due_at").first()
        if task is None:
            return None
        task.attempts += 1
        task.due_at = now + LEASE
        task.save(update_fields=["attempts", "due_at"])
        return Claim(task.pk, task.attempts)
