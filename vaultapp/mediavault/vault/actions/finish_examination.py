"""Write down what the examination of a claimed blob came to."""

from mediavault.vault.actions.claim_examination import Claim
from mediavault.vault.actions.owner_lock import owner_lock
from mediavault.vault.actions.publish_examination import EXAMINED_FIELDS, publish_examination
from mediavault.vault.media.examination import Examination
from mediavault.vault.models import File, MediaTask


def finish_examination(*, owner_id: int, claim: Claim, examination: Examination) -> None:
    """Blob, files and queue change at once, after the pictures stand in the store; raises Gone.

    Nothing happens where the claim was lost: the blob was deleted, or is another's to examine by now.
    """
    with owner_lock(owner_id) as revision:
        own = MediaTask.objects.select_related("blob").filter(pk=claim.blob_id, attempts=claim.attempt)
        task = own.first()
        if task is None:
            return
        publish_examination(blob=task.blob, examination=examination)
        task.blob.save(update_fields=EXAMINED_FIELDS)
        File.objects.filter(file=task.blob).update(taken_at=task.blob.taken_at, revision=revision)
        task.delete()
