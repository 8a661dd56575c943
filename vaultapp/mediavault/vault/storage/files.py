"""The store on a file system: MEDIA_ROOT/{blobs,thumbnails}/<owner>/<ab>/<sha256>, and incoming/ beside.

An object is published by rename after its bytes are on the disk, and the rename itself is brought to the disk
before anybody hears of it; at a kill or power cut an object is whole or it is not there.
"""

import os
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO, Final

from mediavault.vault.storage import temporary_files
from mediavault.vault.storage.directories import opened_directory
from mediavault.vault.storage.errors import ObjectMissing, translated
from mediavault.vault.storage.interface import TemporaryObject
from mediavault.vault.storage.keys import checked_key, checked_name, is_key
from mediavault.vault.storage.temporary_files import INCOMING, TemporaryFile

_READ: Final = os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC


class FileStore:
    """A Store under one directory."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def create_temporary(self) -> TemporaryFile:
        """A new, empty file in the store's own file system."""
        return TemporaryFile.created(self.root)

    def resume_temporary(self, name: str, *, size: int) -> TemporaryFile:
        """The suspended file, cut to any `size` up to its own."""
        return TemporaryFile.resumed(self.root, checked_name(name), size=size)

    def discard_temporary(self, name: str) -> None:
        """Remove a suspended or abandoned file from incoming/."""
        temporary_files.remove(self.root, checked_name(name))

    def prepare(self, temporary: TemporaryObject, *, key: str) -> bool:  # noqa: ARG002
        """Nothing: to rename takes no time."""
        return False

    def publish(self, temporary: TemporaryObject, *, key: str) -> None:
        """Rename a finished temporary to where its key says, in the place of what stood there."""
        parts, name = _split(key)
        with (
            translated(),
            opened_directory(self.root, INCOMING) as incoming,
            opened_directory(self.root, *parts, create=True) as directory,
        ):
            os.rename(temporary.name, name, src_dir_fd=incoming, dst_dir_fd=directory)
            os.fsync(directory)
        temporary.discard()  # what it still holds is no longer under its name

    def open(self, key: str) -> BinaryIO:
        """The object as an unbuffered regular file, at its start (ObjectMissing where there is none)."""
        parts, name = _split(key)
        with translated(), _absence_named(key), opened_directory(self.root, *parts) as directory:
            return os.fdopen(os.open(name, _READ, dir_fd=directory), "rb", buffering=0)

    def open_part(self, key: str, *, start: int, length: int) -> BinaryIO:  # noqa: ARG002
        """The object as an unbuffered regular file, at the start of the part."""
        source = self.open(key)
        source.seek(start)
        return source

    def presigned_url(self, key: str, *, headers: Mapping[str, str], seconds: int) -> str | None:  # noqa: ARG002
        """None: files have no URL of their own."""
        return None

    def size(self, key: str) -> int:
        """Bytes of the object (ObjectMissing where there is none)."""
        with self.open(key) as source:
            return source.seek(0, os.SEEK_END)

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

    def sweep_temporaries(self, *, now: float, keep: Collection[str]) -> int:
        """Remove what dead writers left in incoming/ and `keep` does not name; say how many there were."""
        return temporary_files.sweep(self.root, now=now, keep=keep)

    def check_writable(self) -> None:
        """Write, flush and remove a byte (StorageError where that fails)."""
        with self.create_temporary() as probe:
            probe.write(b"\0")
            probe.finish()

    def complaint(self, error: Exception) -> str:
        """Why the volume cannot be written, for whoever gave it."""
        who = f"user {os.getuid()}, group {os.getgid()}"
        return f"MEDIA_ROOT {self.root} cannot be written by {who}: {error}"


def _split(key: str) -> tuple[list[str], str]:
    *parts, name = checked_key(key).split("/")
    return parts, name


@contextmanager
def _absence_named(key: str) -> Iterator[None]:
    try:
        yield
    except FileNotFoundError as error:
        raise ObjectMissing(key) from error
