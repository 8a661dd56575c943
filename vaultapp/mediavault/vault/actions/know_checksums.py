"""Learn the CRC-32 of blobs whose upload did not leave it, as zips need to know it before the bytes."""

from collections.abc import Mapping
from typing import Final

from mediavault.database.release import release_connection
from mediavault.vault.archive.layout import Content
from mediavault.vault.archive.stream import content_blocks
from mediavault.vault.models import Blob
from mediavault.vault.storage.digests import crc32

_BATCH: Final = 500


def know_checksums(*, contents: Mapping[int, Content]) -> dict[int, int]:
    """The CRC-32 of each of these blobs, read and kept; what was read is not lost with what follows.

    No lock is needed: whoever computes it comes to the same, and nothing else of the row changes.
    """
    known: dict[int, int] = {}
    waiting = list(contents)
    for first in range(0, len(waiting), _BATCH):
        release_connection()
        batch = {blob_id: _read(contents[blob_id]) for blob_id in waiting[first : first + _BATCH]}
        Blob.objects.bulk_update([Blob(pk=pk, crc32=found) for pk, found in batch.items()], ["crc32"])
        known |= batch
    return known


def _read(content: Content) -> int:
    found = 0
    for block in content_blocks(content):
        found = crc32(block, found)
    return found
