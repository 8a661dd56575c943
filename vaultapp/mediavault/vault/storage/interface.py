"""What every store can do. Callers know no more than this, so that the bytes may live anywhere.

A store is safe to use from any number of threads, processes and pods; a temporary has one writer at a time.
"""

from collections.abc import Collection, Iterator, Mapping
from typing import BinaryIO, Final, Protocol, Self

HEAD_SIZE: Final = 64 * 1024

Chunk = bytes | bytearray | memoryview


class TemporaryObject(Protocol):
    """Bytes being received: counted and hashed on the way, not visible until published.

    Leaving its context lets go of it: bytes that were never suspended and had no checkpoint are removed, else
    the last such point is what remains.
    """

    name: str
    size: int

    def __enter__(self) -> Self: ...

    def __exit__(self, *exception: object) -> None: ...

    @property
    def sha256(self) -> str:
        """Hexadecimal SHA-256 of the finished bytes, computed as they come wherever that is possible."""

    @property
    def crc32(self) -> int:
        """CRC-32 of the finished bytes, which a zip will ask for, computed with the SHA-256."""

    @property
    def head(self) -> bytes:
        """The first of the finished bytes, at most HEAD_SIZE."""

    def write(self, chunk: Chunk) -> None:
        """Append all of the chunk, whose memory may be used again afterwards (StorageFull without room)."""

    def checkpoint(self) -> None:
        """Make the bytes so far outlive this process, and go on; to be called every 64 MiB or so."""

    def suspend(self) -> None:
        """A checkpoint, after which the writer lets go: `Store.resume_temporary` goes on anywhere."""

    def finish(self) -> None:
        """Say that these are all the bytes; only then may they be published or opened."""

    def open(self) -> BinaryIO:
        """A seekable reader of the finished bytes, at their start."""

    def discard(self) -> None:
        """Remove the bytes, unless they are published or suspended; may be called any number of times."""


class Store(Protocol):
    """Objects by key (see keys.py), and temporaries by name."""

    def create_temporary(self) -> TemporaryObject:
        """A new, empty temporary."""

    def resume_temporary(self, name: str, *, size: int) -> TemporaryObject:
        """The suspended temporary of that name, cut to its first `size` bytes: where it was last resumed or
        created, or one of the last two points where it was suspended or had a checkpoint.

        ObjectMissing where those bytes are not there any more, TemporaryBusy while another writer is seen.
        """

    def discard_temporary(self, name: str) -> None:
        """Remove a temporary that is suspended or abandoned; that it is absent already is fine."""

    def prepare(self, temporary: TemporaryObject, *, key: str) -> bool:
        """Do ahead what would take long to publish a finished temporary, and say whether for that its bytes
        stand under the key: who then does not publish them has to see whether they may stay.
        """

    def publish(self, temporary: TemporaryObject, *, key: str) -> None:
        """Let a finished temporary stand under the key; what stood there (the same content) is replaced."""

    def open(self, key: str) -> BinaryIO:
        """A seekable reader of the object, at its start (ObjectMissing where there is none)."""

    def open_part(self, key: str, *, start: int, length: int) -> BinaryIO:
        """A reader of `length` bytes of the object, at the first of them; it may go on after the last."""

    def presigned_url(self, key: str, *, headers: Mapping[str, str], seconds: int) -> str | None:
        """A URL by which anybody can read the object for so long, where the store has one to give.

        `headers` are the Content-Type and Content-Disposition that it answers with.
        """

    def size(self, key: str) -> int:
        """Bytes of the object (ObjectMissing where there is none)."""

    def exists(self, key: str) -> bool:
        """Whether an object stands under the key."""

    def delete(self, key: str) -> None:
        """Remove the object; that it is absent already is fine."""

    def keys(self, prefix: str) -> Iterator[str]:
        """Every key under "blobs/" or "thumbnails/", in no particular order; anything else is passed over."""

    def sweep_temporaries(self, *, now: float, keep: Collection[str]) -> int:
        """Remove the temporaries that have no writer, are not in `keep` and have not been touched for a while
        before `now` (seconds since the epoch), and say how many there were.
        """

    def check_writable(self) -> None:
        """Write and remove a byte (StorageError where that fails)."""

    def complaint(self, error: Exception) -> str:
        """A sentence that tells whoever provides the store that it cannot be written, and why."""
