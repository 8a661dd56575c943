"""Put blobs into the queue of the worker."""

from collections.abc import Iterable

from django.utils import timezone

from mediavault.vault.models import MediaTask


def enqueue_examinations(*, blob_ids: Iterable[int]) -> int:
    """Let each of these blobs be examined soon, as if for the first time; how many they are.

    What is known of a blob stays until its examination ends. In a transaction the queue shows them at its
    commit. The caller bounds their number.
    """
    now = timezone.now()
    tasks = [MediaTask(blob_id=blob_id, attempts=0, due_at=now) for blob_id in blob_ids]
    MediaTask.objects.bulk_create(
        tasks, update_conflicts=True, unique_fields=["blob"], update_fields=["attempts", "due_at"]
    )
    return len(tasks)
