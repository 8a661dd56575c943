"""Remove bytes from the store that no row speaks of."""

import logging
from collections.abc import Iterable

from django.db import transaction
from django.db.models import F

from mediavault.vault.actions.owner_lock import owner_lock
from mediavault.vault.errors import Gone
from mediavault.vault.models import Blob, Hold, Upload
from mediavault.vault.storage.current import media_store

logger = logging.getLogger(__name__)


def remove_orphans(*, owner_id: int, suspects: list[tuple[str, str]]) -> int:
    """Delete the keys, each given after its SHA-256, of which there is no row; how many there were.

    It is looked under the lock: an upload may be between publishing its bytes and committing their row.
    """
    try:
        with owner_lock(owner_id):
            return _delete(key for _, key in without_row(owner_id=owner_id, addresses=suspects))
    except Gone:
        with transaction.atomic():
            return _delete(key for _, key in suspects)


def without_row(*, owner_id: int, addresses: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Those of which there is no row now; SHA-256 and key of each.

    An upload in parts whose bytes are all there speaks of them too: they may have been published when it was
    killed before its file was made.
    """
    hashes = {sha256 for sha256, _ in addresses}
    blobs = Blob.objects.filter(owner_id=owner_id, sha256__in=hashes)
    whole = Upload.objects.filter(owner_id=owner_id, sha256__in=hashes, offset=F("length"))
    known = set(blobs.values_list("sha256", flat=True))
    known.update(whole.exclude(temporary="").values_list("sha256", flat=True))
    return [(sha256, key) for sha256, key in addresses if sha256 not in known]


def _delete(keys: Iterable[str]) -> int:
    if Hold.stands():
        return 0
    count = 0
    for key in keys:
        media_store().delete(key)
        logger.info("Removed %s, which no file speaks of.", key)
        count += 1
    return count
