"""Give a claimed blob back to the queue."""

from datetime import datetime

from mediavault.vault.actions.claim_examination import Claim
from mediavault.vault.models import MediaTask


def postpone_examination(*, claim: Claim, due_at: datetime, counted: bool) -> None:
    """Let it be due again then; an attempt that is not `counted` was cut short by no fault of the blob's."""
    attempts = claim.attempt if counted else claim.attempt - 1
    own = MediaTask.objects.filter(pk=claim.blob_id, attempts=claim.attempt)
    own.update(attempts=attempts, due_at=due_at)
