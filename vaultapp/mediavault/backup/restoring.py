"""Restoring a backup into a vault that has nothing yet.

Everything is written beside its place first and hashed there. A restore that was killed goes on where it was;
nothing of a vault that has data is ever touched.
"""

import hashlib
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from django.conf import settings

from mediavault.backup import database
from mediavault.backup.failures import BackupFailed, Reason
from mediavault.backup.restic import Progress, Restic
from mediavault.backup.taking import DUMP, count_blobs
from mediavault.vault.storage.files import FileStore
from mediavault.vault.storage.keys import BLOBS, THUMBNAILS

STAGING: Final = ".restoring"
_BLOCK: Final = 1024 * 1024
# What is left for hashing and for the database.
_COPIED: Final = 0.8


@dataclass(frozen=True)
class Restored:
    """What was restored: files whose bytes are there, and those whose bytes the backup lacked."""

    files: int
    missing: int


def restore_vault(restic: Restic, *, snapshot: str, progress: Progress) -> Restored:
    """Bring database and bytes of a snapshot into this vault; BackupFailed where it has something already."""
    root = Path(settings.MEDIA_ROOT)
    staging = root / STAGING / snapshot
    verified = staging / "verified"
    if settings.S3 is not None:
        raise BackupFailed(Reason.MEDIA_IN_BUCKET, "a backup can only be restored onto a claim, not a bucket")
    if not verified.exists():
        _refuse_unless_empty(root)
        _fetch(restic, snapshot, staging, lambda share: progress(share * _COPIED))
        os.sync()
        verified.touch()
    progress(_COPIED)
    for folder in (BLOBS, THUMBNAILS):
        _move(staging / folder, root / folder)
    if database.is_empty():
        database.load(staging / DUMP)
    database.forget_holds()
    files, missing = count_blobs(FileStore(root), database.loaded_blobs())
    os.sync()
    shutil.rmtree(root / STAGING)
    return Restored(files=files, missing=missing)


def _refuse_unless_empty(root: Path) -> None:
    bytes_are_there = any(any(_files(root / folder)) for folder in (BLOBS, THUMBNAILS))
    if bytes_are_there or not database.is_empty():
        raise BackupFailed(
            Reason.NOT_EMPTY,
            "the vault has data already, and a restore never overwrites any: restore into a new vault",
        )


def _fetch(restic: Restic, snapshot: str, staging: Path, progress: Progress) -> None:
    """Write the snapshot below `staging`, each folder under its own name, and hash every blob."""
    restic.open(create=False)
    found = restic.snapshots(snapshot)
    if not found:
        raise BackupFailed(Reason.NO_SNAPSHOT, f"the repository has no snapshot {snapshot}")
    shutil.rmtree(staging, ignore_errors=True)
    raw = staging / "raw"
    raw.mkdir(parents=True)
    restic.restore(found[0].id, raw, progress=progress)
    for path in map(Path, found[0].paths):
        restored = raw / path.relative_to("/")
        if f"{path.name}/" in (BLOBS, THUMBNAILS):
            restored.rename(staging / path.name)
        else:
            (restored / DUMP).rename(staging / DUMP)
    for blob in _files(staging / BLOBS):
        if _sha256(blob) != blob.name:
            raise BackupFailed(Reason.BYTES_DIFFER, f"restored bytes are not those of {blob.name}")


def _move(source: Path, target: Path) -> None:
    if source.exists():
        target.parent.mkdir(parents=True, exist_ok=True)
        source.rename(target)


def _files(folder: Path) -> Iterator[Path]:
    return (path for path in folder.rglob("*") if path.is_file())


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb", buffering=0) as source:
        while block := source.read(_BLOCK):
            digest.update(block)
    return digest.hexdigest()
