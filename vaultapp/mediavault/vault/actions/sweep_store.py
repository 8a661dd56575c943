"""Remove from the store what a killed process left there: bytes that no row speaks of."""

import itertools
import logging
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from django.db import transaction

from mediavault.vault.actions.expire_uploads import expire_uploads
from mediavault.vault.actions.forget_tombstones import forget_tombstones
from mediavault.vault.actions.owner_lock import owner_lock
from mediavault.vault.actions.release_blob import collect_unreferenced
from mediavault.vault.errors import Gone
from mediavault.vault.models import Blob, Hold, Upload
from mediavault.vault.storage.current import media_store
from mediavault.vault.storage.keys import BLOBS, THUMBNAILS

logger = logging.getLogger(__name__)
_BATCH = 500


@dataclass(frozen=True)
class Swept:
    """How many of each kind were removed."""

    temporaries: int
    unreferenced: int
    orphans: int


def sweep_store(*, now: float, with_orphans: bool) -> Swept:
    """Remove what is expired, old tombstones, unknown temporaries, unreferenced blobs and orphans, if wished.

    `now` is seconds since the epoch. It may run at any time, in several processes at once. To a database that
    is not the store's, or is an old copy of it, every file looks like an orphan.
    """
    expire_uploads(now=datetime.fromtimestamp(now, UTC))
    forget_tombstones(now=datetime.fromtimestamp(now, UTC))
    under_way = Upload.objects.exclude(temporary="").values_list("temporary", flat=True)
    temporaries = media_store().sweep_temporaries(now=now, keep=frozenset(under_way))
    owners = Blob.objects.filter(references=0).values_list("owner_id", flat=True).order_by().distinct()
    unreferenced = sum(collect_unreferenced(owner_id=owner_id) for owner_id in owners)
    orphans = sum(_sweep_orphans(prefix) for prefix in (BLOBS, THUMBNAILS)) if with_orphans else 0
    return Swept(temporaries=temporaries, unreferenced=unreferenced, orphans=orphans)


def _sweep_orphans(prefix: str) -> int:
    removed = 0
    for batch in _batches(media_store().keys(prefix)):
        for owner_id, addresses in itertools.groupby(sorted(map(_address, batch)), key=lambda each: each[0]):
            suspects = _without_row(owner_id, [(sha256, key) for _, sha256, key in addresses])
            removed += _remove(owner_id, suspects) if suspects else 0
    return removed


def _address(key: str) -> tuple[int, str, str]:
    _, owner, _, name = key.split("/")
    return int(owner), name[:64], key


def _without_row(owner_id: int, addresses: list[tuple[str, str]]) -> list[tuple[str, str]]:
    hashes = {sha256 for sha256, _ in addresses}
    known = set(Blob.objects.filter(owner_id=owner_id, sha256__in=hashes).values_list("sha256", flat=True))
    return [(sha256, key) for sha256, key in addresses if sha256 not in known]


def _remove(owner_id: int, suspects: list[tuple[str, str]]) -> int:
    """Look again under the lock: an upload may be between publishing its bytes and committing their row."""
    try:
        with owner_lock(owner_id):
            return _delete(key for _, key in _without_row(owner_id, suspects))
    except Gone:
        with transaction.atomic():
            return _delete(key for _, key in suspects)


def _delete(keys: Iterable[str]) -> int:
    if Hold.stands():
        return 0
    count = 0
    for key in keys:
        media_store().delete(key)
        logger.info("Removed %s, which no file speaks of.", key)
        count += 1
    return count


def _batches(keys: Iterator[str]) -> Iterator[list[str]]:
    while batch := list(itertools.islice(keys, _BATCH)):
        yield batch
