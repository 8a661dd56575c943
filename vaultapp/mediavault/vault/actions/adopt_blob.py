"""Let an upload become a blob, or one more reference to the blob that has the same bytes."""

from mediavault.vault.actions.enqueue_examinations import enqueue_examinations
from mediavault.vault.actions.publish_examination import EXAMINED_FIELDS, publish_examination
from mediavault.vault.actions.receive_content import Content
from mediavault.vault.media.examination import Examination, State
from mediavault.vault.models import Blob
from mediavault.vault.storage.current import media_store
from mediavault.vault.storage.keys import blob_key


def adopt_blob(*, owner_id: int, content: Content) -> Blob:
    """The blob, its references one more; the caller holds the owner's lock until its own row is written.

    The bytes stand in the store before the transaction commits: a kill in between leaves bytes without a row,
    which nobody sees and the sweep removes.
    """
    upload = content.temporary
    blob, _ = Blob.objects.get_or_create(
        owner_id=owner_id, sha256=upload.sha256, defaults={"size": upload.size}
    )
    key = blob_key(owner_id, blob.sha256)
    if blob.references == 0:
        # Where the last reference went after we had looked, a worker does it: the lock shall not wait.
        examination = content.examination or Examination(State.PENDING)
        publish_examination(blob=blob, examination=examination)
        if examination.state is State.PENDING:
            enqueue_examinations(blob_ids=[blob.pk])
        media_store().publish(upload, key=key)
    elif not media_store().exists(key):
        media_store().publish(upload, key=key)
    blob.references += 1
    blob.crc32 = upload.crc32
    blob.save(update_fields=["references", "crc32", *EXAMINED_FIELDS])
    return blob
