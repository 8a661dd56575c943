"""Taking a backup: the database first, then the bytes, of which none may go meanwhile.

Bytes are addressed by their content and never change, and every file that the dump knows had its bytes before
the dump. So whatever is copied after the dump, while nothing is removed, has all that the dump speaks of.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from django.conf import settings

from mediavault.backup import database
from mediavault.backup.failures import BackupFailed, Reason
from mediavault.backup.restic import Progress, Restic, Retention, Snapshot
from mediavault.vault.actions.hold_blobs import HoldLost, blobs_held
from mediavault.vault.storage.errors import ObjectMissing
from mediavault.vault.storage.files import FileStore
from mediavault.vault.storage.keys import BLOBS, THUMBNAILS, blob_key

DUMP: Final = "database"
SCHEDULED: Final = "scheduled"
ON_DEMAND: Final = "on-demand"
# What is left for checking and forgetting.
_COPIED: Final = 0.9
# As many short ids as the operator can be told in one line.
_MOST_KEPT: Final = 300


@dataclass(frozen=True)
class Taken:
    """A verified snapshot, with the files whose bytes it has, and those whose bytes were lost before."""

    snapshot: Snapshot
    files: int
    missing: int
    kept: tuple[str, ...]


def take_backup(
    restic: Restic, *, scratch: Path, tag: str, retention: Retention, progress: Progress
) -> Taken:
    """A snapshot of the whole vault, checked; then the retention for scheduled ones.

    `scratch` is a folder of one place for ever, as restic finds the snapshot before by its paths; it gets the
    dump. `kept` are the first eight characters of the ids that the repository has.
    """
    if settings.S3 is not None:
        raise BackupFailed(
            Reason.MEDIA_IN_BUCKET,
            "the media of this vault are in a bucket, which is not copied: protect it by the bucket's own "
            "versioning or replication",
        )
    restic.open(create=True)
    snapshot, files, missing = _copy(restic, scratch, tag, progress)
    progress(_COPIED)
    restic.check()
    if tag == SCHEDULED:
        restic.retain(retention, tag=tag)
    kept = tuple(each.id[:8] for each in restic.snapshots()[-_MOST_KEPT:])
    return Taken(snapshot=snapshot, files=files, missing=missing, kept=kept)


def _copy(restic: Restic, scratch: Path, tag: str, progress: Progress) -> tuple[Snapshot, int, int]:
    root = Path(settings.MEDIA_ROOT)
    # A vault without a file has no folder yet, and this one may only be read.
    folders = [folder for folder in (root / BLOBS, root / THUMBNAILS) if folder.exists()]
    scratch.mkdir(parents=True, exist_ok=True)
    dump = scratch / DUMP
    dump.unlink(missing_ok=True)
    try:
        with blobs_held() as check:
            with database.dumped(dump) as blobs:
                files, missing = count_blobs(FileStore(root), blobs)
            check()

            def copying(share: float) -> None:
                check()
                progress(share * _COPIED)

            snapshot = restic.take([scratch, *folders], tag=tag, progress=copying)
            check()
    except HoldLost as error:
        raise BackupFailed(
            Reason.INTERRUPTED, "bytes may have been removed while they were copied"
        ) from error
    finally:
        dump.unlink(missing_ok=True)
    return snapshot, files, missing


def count_blobs(store: FileStore, blobs: Iterable[database.Blob]) -> tuple[int, int]:
    """How many of the blobs stand in the store with their size, and how many do not."""
    there = missing = 0
    for owner_id, sha256, size in blobs:
        if _size(store, blob_key(owner_id, sha256)) == size:
            there += 1
        else:
            missing += 1
    return there, missing


def _size(store: FileStore, key: str) -> int:
    try:
        return store.size(key)
    except ObjectMissing:
        return -1
