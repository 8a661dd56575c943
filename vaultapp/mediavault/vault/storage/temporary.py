"""An object on its way into the store: written, hashed and counted at once, and not visible until published.

Its writer holds a lock on it from birth, so that whatever nobody holds is known to be left over.
"""

import fcntl
import hashlib
import os
import re
import uuid
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO, Final, Self

from mediavault.vault.storage.directories import opened_directory
from mediavault.vault.storage.errors import StorageFull, translated

INCOMING: Final = "incoming"
HEAD_SIZE: Final = 64 * 1024
RESERVE: Final = 4 * 1024 * 1024

_CREATE: Final = os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
_NAME: Final = re.compile(r"[0-9a-f]{32}")
_FILE_MODE: Final = 0o640
_ABANDONED_AFTER_SECONDS: Final = 24 * 3600


class TemporaryObject:
    """Bytes being received. Leaving its context discards whatever was not published."""

    def __init__(self, root: Path) -> None:
        """Create an empty object in the same file system as the store (StorageError where that fails)."""
        self._root = root
        self._hash = hashlib.sha256()
        self._head = bytearray()
        self.size = 0
        with translated(), opened_directory(root, INCOMING, create=True) as directory:
            self.name, self._descriptor = _create_locked(directory)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.discard()

    @property
    def sha256(self) -> str:
        """Hexadecimal SHA-256 of what was written so far."""
        return self._hash.hexdigest()

    @property
    def head(self) -> bytes:
        """The first bytes written, at most HEAD_SIZE."""
        return bytes(self._head)

    def write(self, chunk: bytes) -> None:
        """Append all of the chunk (StorageFull where there is no room)."""
        with translated():
            rest = memoryview(chunk)
            while rest:
                rest = rest[os.write(self._descriptor, rest) :]
        self._hash.update(chunk)
        self._head += chunk[: HEAD_SIZE - len(self._head)]
        self.size += len(chunk)

    def finish(self) -> None:
        """Bring what was written to the disk; only then may it be published.

        StorageFull where it would leave less than RESERVE on the volume: a database there could not even
        write down that something is deleted.
        """
        with translated():
            os.fsync(self._descriptor)
            volume = os.fstatvfs(self._descriptor)
        # Some network file systems do not say how large they are.
        if volume.f_blocks and volume.f_bavail * volume.f_frsize < RESERVE:
            raise StorageFull(f"less than {RESERVE} bytes would be left on the volume")

    def open(self) -> BinaryIO:
        """A reader of the bytes from their start, without a buffer of its own."""
        flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC
        with translated(), opened_directory(self._root, INCOMING) as directory:
            return os.fdopen(os.open(self.name, flags, dir_fd=directory), "rb", buffering=0)

    def move(self, directory: int, name: str) -> None:
        """Rename into an open directory, replacing what stands there, and let go of the bytes."""
        with opened_directory(self._root, INCOMING) as incoming:
            os.rename(self.name, name, src_dir_fd=incoming, dst_dir_fd=directory)
        self._close()

    def discard(self) -> None:
        """Remove the bytes unless they were published; may be called any number of times."""
        if self._descriptor < 0:
            return
        with suppress(OSError), opened_directory(self._root, INCOMING) as directory:
            os.unlink(self.name, dir_fd=directory)
        self._close()

    def _close(self) -> None:
        descriptor, self._descriptor = self._descriptor, -1
        os.close(descriptor)


def sweep(root: Path, *, now: float) -> int:
    """Remove the temporaries that no living writer holds and say how many.

    Where the volume knows no locks, those untouched for a day before `now` (seconds since the epoch) go.
    """
    removed = 0
    with translated(), opened_directory(root, INCOMING, create=True) as directory:
        for name in filter(_NAME.fullmatch, os.listdir(directory)):  # noqa: PTH208 pathlib takes no descriptor
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
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        return os.fstat(descriptor).st_mtime < now - _ABANDONED_AFTER_SECONDS
    return True
