"""Temporaries of the store on a file system: files in incoming/.

A writer holds a lock on its file, so that no sweep and no second writer touches it; where the volume knows no
locks, its age protects it.
"""

import fcntl
import os
import re
import uuid
from collections.abc import Collection
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO, Final, Self

from mediavault.vault.storage.appending import Appender
from mediavault.vault.storage.digests import DIGESTS, Digest
from mediavault.vault.storage.directories import opened_directory
from mediavault.vault.storage.errors import ObjectMissing, StorageFull, TemporaryBusy, translated
from mediavault.vault.storage.interface import HEAD_SIZE, Chunk

INCOMING: Final = "incoming"
RESERVE: Final = 4 * 1024 * 1024

_CREATE: Final = os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
_RESUME: Final = os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC
_READ: Final = os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC
_NAME: Final = re.compile(r"[0-9a-f]{32}")
_FILE_MODE: Final = 0o640
# Between the suspension of a temporary and the commit of the row that names it.
_UNKNOWN_FOR_SECONDS: Final = 600
_LOCKLESS_FOR_SECONDS: Final = 24 * 3600


class TemporaryFile:
    """A TemporaryObject that is a file in incoming/, locked by its writer."""

    def __init__(
        self, root: Path, name: str, descriptor: int, *, digest: Digest, durable_size: int | None
    ) -> None:
        self.name = name
        self.size = durable_size or 0
        self._root = root
        self._descriptor = descriptor
        self._digest = digest
        self._durable_size = durable_size
        self._appender = Appender(descriptor, self.size)

    @classmethod
    def created(cls, root: Path) -> Self:
        """An empty file in the store's own file system (StorageError where that fails)."""
        with translated(), opened_directory(root, INCOMING, create=True) as directory:
            name, descriptor = _create_locked(directory)
        return cls(root, name, descriptor, digest=Digest(), durable_size=None)

    @classmethod
    def resumed(cls, root: Path, name: str, *, size: int) -> Self:
        """The file of that name, cut to `size` bytes."""
        with translated():
            descriptor = _open_locked(root, name)
            try:
                digest = _cut(descriptor, name, size)
            except BaseException:
                os.close(descriptor)
                raise
        return cls(root, name, descriptor, digest=digest, durable_size=size)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        if self._durable_size is None:
            self.discard()
        elif self._descriptor >= 0:
            with suppress(OSError):
                os.ftruncate(self._descriptor, self._durable_size)
            self._close()

    @property
    def sha256(self) -> str:
        """Hexadecimal SHA-256 of what was written so far."""
        return self._digest.sha256(self.open)

    @property
    def crc32(self) -> int:
        """CRC-32 of the same bytes."""
        return self._digest.crc32(self.open)

    @property
    def head(self) -> bytes:
        """The first bytes written, at most HEAD_SIZE."""
        with translated():
            return os.pread(self._descriptor, HEAD_SIZE, 0)

    def write(self, chunk: Chunk) -> None:
        """Append all of the chunk (StorageFull where there is no room)."""
        with translated():
            self._appender.append(chunk)
        self._digest.update(chunk)
        self.size += len(chunk)

    def checkpoint(self) -> None:
        """Bring what was written to the disk, under a name that will be found there."""
        self.finish()
        if self._durable_size is None:
            with translated(), opened_directory(self._root, INCOMING) as directory:
                os.fsync(directory)
        self._durable_size = self.size

    def suspend(self) -> None:
        """A checkpoint, after which the file stands in incoming/ without a writer."""
        self.checkpoint()
        DIGESTS.remember(self.name, _stamp(self._descriptor), self._digest)
        self._close()

    def finish(self) -> None:
        """Bring what was written to the disk.

        StorageFull where it would leave less than RESERVE on the volume: a database there could not even
        write down that something is deleted.
        """
        with translated():
            self._appender.flush()
            os.fsync(self._descriptor)
            volume = os.fstatvfs(self._descriptor)
        # Some network file systems do not say how large they are.
        if volume.f_blocks and volume.f_bavail * volume.f_frsize < RESERVE:
            raise StorageFull(f"less than {RESERVE} bytes would be left on the volume")

    def open(self) -> BinaryIO:
        """A reader of the bytes from their start, without a buffer of its own."""
        with translated(), opened_directory(self._root, INCOMING) as directory:
            return os.fdopen(os.open(self.name, _READ, dir_fd=directory), "rb", buffering=0)

    def discard(self) -> None:
        """Remove what still stands under its name in incoming/, and let go of it."""
        if self._descriptor < 0:
            return
        with suppress(OSError), opened_directory(self._root, INCOMING) as directory:
            os.unlink(self.name, dir_fd=directory)
        DIGESTS.forget(self.name)
        self._close()

    def _close(self) -> None:
        descriptor, self._descriptor = self._descriptor, -1
        os.close(descriptor)


def remove(root: Path, name: str) -> None:
    """Remove the file of a temporary; that it is absent is fine."""
    with translated(), suppress(FileNotFoundError), opened_directory(root, INCOMING) as directory:
        os.unlink(name, dir_fd=directory)


def sweep(root: Path, *, now: float, keep: Collection[str]) -> int:
    """Remove the temporaries that no writer holds, `keep` does not name and that are old enough.

    `now` is seconds since the epoch.
    """
    removed = 0
    with translated(), opened_directory(root, INCOMING, create=True) as directory:
        for name in filter(_NAME.fullmatch, os.listdir(directory)):  # noqa: PTH208 pathlib takes no descriptor
            if name not in keep:
                with suppress(FileNotFoundError):
                    removed += _remove_abandoned(directory, name, now)
    return removed


def _create_locked(directory: int) -> tuple[str, int]:
    while True:
        name = uuid.uuid4().hex
        descriptor = os.open(name, _CREATE, _FILE_MODE, dir_fd=directory)
        with suppress(OSError):
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        # A sweep may have locked and removed the name in the moment before ours held the lock.
        if os.fstat(descriptor).st_nlink:
            return name, descriptor
        os.close(descriptor)


def _open_locked(root: Path, name: str) -> int:
    try:
        with opened_directory(root, INCOMING) as directory:
            descriptor = os.open(name, _RESUME, dir_fd=directory)
    except FileNotFoundError as error:
        raise ObjectMissing(f"the temporary {name}") from error
    try:
        _lock_or_refuse(descriptor, name)
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor


def _lock_or_refuse(descriptor: int, name: str) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise TemporaryBusy(f"the temporary {name} has another writer") from error
    except OSError:
        return  # the volume knows no locks
    # A sweep may have removed the name in the moment before the lock was ours.
    if not os.fstat(descriptor).st_nlink:
        raise ObjectMissing(f"the temporary {name}")


def _cut(descriptor: int, name: str, size: int) -> Digest:
    """Leave the first `size` bytes, and say what is known of their hashes."""
    found, digest = os.fstat(descriptor).st_size, DIGESTS.recall(name, _stamp(descriptor))
    if found < size:
        raise ObjectMissing(f"the temporary {name} has only {found} of {size} bytes")
    if found > size:
        os.ftruncate(descriptor, size)
        digest = Digest(complete=size == 0)
    return digest


def _stamp(descriptor: int) -> tuple[int, int]:
    """What changes whenever anybody writes to the file."""
    status = os.fstat(descriptor)
    return status.st_size, status.st_mtime_ns


def _remove_abandoned(directory: int, name: str, now: float) -> bool:
    descriptor = os.open(name, os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=directory)
    try:
        if not _abandoned(descriptor, now):
            return False
        os.unlink(name, dir_fd=directory)
        return True
    finally:
        os.close(descriptor)


def _abandoned(descriptor: int, now: float) -> bool:
    # A young one is not even locked to look: who resumes it, or sweeps by a later clock, would be refused.
    if _untouched(descriptor, now) <= _UNKNOWN_FOR_SECONDS:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        return _untouched(descriptor, now) > _LOCKLESS_FOR_SECONDS
    # A writer may have come and gone before the lock was ours.
    return _untouched(descriptor, now) > _UNKNOWN_FOR_SECONDS


def _untouched(descriptor: int, now: float) -> float:
    """Seconds since anybody wrote to the file."""
    return now - os.fstat(descriptor).st_mtime
