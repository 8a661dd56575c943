"""Learn the CRC-32 of blobs, which zips need to know before the bytes."""

import zlib
from collections.abc import Mapping
from typing import Final

from mediavault.database.release import release_connection
from mediavault.vault.archive.layout import Content
from mediavault.vault.archive.stream import content_blocks
from mediavault.vault.models import Blob

_BATCH: Final = 500


def know_checksums(*, contents: Mapping[int, Content]) -> dict[int, int]:
    """The CRC-32 of each of these blobs, read and kept; what was read is not lost with what follows.

    No lock is needed: whoever computes it comes to the same, and nothing else of the row changes.
    """
    known: dict[int, int] = {}
    waiting = list(contents)
    for first in range(0, len(waiting), _BATCH):
        release_connection()
        batch = {blob_id: _crc32(contents[blob_id]) for blob_id in waiting[first : first + _BATCH]}
        Blob.objects.bulk_update([Blob(pk=pk, crc32=crc32) for pk, crc32 in batch.items()], ["crc32"])
        known |= batch
    return known


def _crc32(content: Content) -> int:
    crc32 = 0
    for block in content_blocks(content):
        crc32 = zlib.crc32(block, crc32)
    return crc32
