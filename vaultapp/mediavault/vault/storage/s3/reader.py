"""Reading an object of S3 like a file: a GET of what follows the position, made anew after every jump."""

import io
import os
from typing import Any, Final

from mediavault.vault.storage.errors import StorageUnavailable
from mediavault.vault.storage.s3.bucket import Bucket, answered

# A jump ahead by less than this is read and thrown away, which costs less than another request.
_SKIPPED: Final = 64 * 1024


class ObjectReader(io.RawIOBase):
    """A seekable reader of `size` bytes of an object; none of them are held in memory."""

    def __init__(self, bucket: Bucket, key: str, *, size: int) -> None:
        super().__init__()
        self._bucket = bucket
        self._key = key
        self._size = size
        self._position = 0
        self._body: Any = None
        self._body_at = 0

    def readable(self) -> bool:
        """It is."""
        return True

    def seekable(self) -> bool:
        """It is."""
        return True

    def tell(self) -> int:
        """The position from the start."""
        return self._position

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """Go to a position and tell it from the start; nothing is asked of S3."""
        base = {os.SEEK_SET: 0, os.SEEK_CUR: self._position, os.SEEK_END: self._size}[whence]
        if base + offset < 0:
            raise ValueError(f"a position before the start: {base + offset}")
        self._position = base + offset
        return self._position

    def readinto(self, buffer: Any) -> int:
        """Fill the buffer as far as the object goes; fewer bytes only at its end."""
        view = memoryview(buffer).cast("B")
        wanted = max(0, min(len(view), self._size - self._position))
        filled = 0
        while filled < wanted:
            data = self._read_some(wanted - filled)
            view[filled : filled + len(data)] = data
            filled += len(data)
        return filled

    def close(self) -> None:
        """Give the connection back where the answer was read to its end, else close it."""
        self._let_go()
        super().close()

    def _read_some(self, most: int) -> bytes:
        with answered(self._key):
            self._reach_position()
            data: bytes = self._body.read(most)
        if not data:
            raise StorageUnavailable(f"{self._key} ended after {self._position} of {self._size} bytes")
        self._position += len(data)
        self._body_at = self._position
        return data

    def _reach_position(self) -> None:
        ahead = self._position - self._body_at
        if self._body is not None and 0 < ahead <= _SKIPPED:
            self._body_at += len(self._body.read(ahead))
        if self._body is None or self._body_at != self._position:
            self._let_go()
            length = self._size - self._position
            self._body = self._bucket.get(self._key, start=self._position, length=length)["Body"]
            self._body_at = self._position

    def _let_go(self) -> None:
        body, self._body = self._body, None
        if body is not None:
            body.close()
