"""The store on a file system: MEDIA_ROOT/{blobs,thumbnails}/<owner>/<ab>/<sha256>, and incoming/ beside.

An object is published by rename after its bytes are on the disk, and the rename itself is brought to the disk
before anybody hears of it; at a kill or power cut an object is whole or it is not there.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO, Final

from mediavault.vault.storage import temporary as temporaries
from mediavault.vault.storage.directories import opened_directory
from mediavault.vault.storage.errors import ObjectMissing, translated
from mediavault.vault.storage.keys import is_key
from mediavault.vault.storage.temporary import TemporaryObject

_READ: Final = os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC


class FileStore:
    """Objects by key under one directory. Safe to use from any number of threads, processes and pods."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def create_temporary(self) -> TemporaryObject:
        """A new, empty object in the store's own file system."""
        return TemporaryObject(self.root)

    def publish(self, temporary: TemporaryObject, *, key: str) -> None:
        """Let a finished temporary stand under the key; what stood there (the same content) is replaced."""
        parts, name = _split(key)
        with translated(), opened_directory(self.root, *parts, create=True) as directory:
            temporary.move(directory, name)
            os.fsync(directory)

    def open(self, key: str) -> BinaryIO:
        """The object as an unbuffered regular file, at its start (ObjectMissing where there is none)."""
        parts, name = _split(key)
        with translated(), _absence_named(key), opened_directory(self.root, *parts) as directory:
            return os.fdopen(os.open(name, _READ, dir_fd=directory), "rb", buffering=0)

    def exists(self, key: str) -> bool:
        """Whether an object stands under the key."""
        try:
            self.open(key).close()
        except ObjectMissing:
            return False
        return True

    def delete(self, key: str) -> None:
        """Remove the object; that it is absent already is fine."""
        parts, name = _split(key)
        with (
            suppress(ObjectMissing),
            translated(),
            _absence_named(key),
            opened_directory(self.root, *parts) as directory,
        ):
            os.unlink(name, dir_fd=directory)

    def keys(self, prefix: str) -> Iterator[str]:
        """Every key under "blobs/" or "thumbnails/", in no particular order; other files are passed over."""
        base = self.root / prefix
        for folder, _, names in os.walk(base):
            for name in names:
                key = f"{prefix}{(Path(folder) / name).relative_to(base).as_posix()}"
                if is_key(key):
                    yield key

    def sweep_temporaries(self, *, now: float) -> int:
        """Remove what dead writers left in incoming/ and say how many there were."""
        return temporaries.sweep(self.root, now=now)

    def check_writable(self) -> None:
        """Write, flush and remove a byte (StorageError where that fails)."""
        with self.create_temporary() as probe:
            probe.write(b"\0")
            probe.finish()


def _split(key: str) -> tuple[list[str], str]:
    if not is_key(key):
        raise ValueError(f"not a key of the store: {key!r}")
    *parts, name = key.split("/")
    return parts, name


@contextmanager
def _absence_named(key: str) -> Iterator[None]:
    try:
        yield
    except FileNotFoundError as error:
        raise ObjectMissing(key) from error
