"""Remove from the store what a killed process left there: bytes that no row speaks of."""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from mediavault.vault.actions.expire_uploads import expire_uploads
from mediavault.vault.actions.forget_tombstones import forget_tombstones
from mediavault.vault.actions.release_blob import collect_unreferenced
from mediavault.vault.actions.remove_orphans import remove_orphans, without_row
from mediavault.vault.models import Blob, Upload
from mediavault.vault.storage.current import media_store
from mediavault.vault.storage.keys import BLOBS, THUMBNAILS

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
            found = [(sha256, key) for _, sha256, key in addresses]
            suspects = without_row(owner_id=owner_id, addresses=found)
            removed += remove_orphans(owner_id=owner_id, suspects=suspects) if suspects else 0
    return removed


def _address(key: str) -> tuple[int, str, str]:
    _, owner, _, name = key.split("/")
    return int(owner), name[:64], key


def _batches(keys: Iterator[str]) -> Iterator[list[str]]:
    while batch := list(itertools.islice(keys, _BATCH)):
        yield batch
