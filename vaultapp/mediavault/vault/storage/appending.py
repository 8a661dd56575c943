"""Bytes appended to a file: those of a large one go past the page cache.

To find pages for them there and to throw others out costs more than to receive and write them, and they are
rarely read soon. What is looked into at once, pictures for one, is small and stays in the cache.
"""

import errno
import fcntl
import mmap
import os
from typing import Final

from mediavault.vault.storage.interface import Chunk

# Of each file so much goes through the page cache.
_CACHED: Final = 8 * 1024 * 1024
_GATHERED: Final = 1024 * 1024
# Past the cache whole blocks are written, from memory that begins at a page.
_BLOCK: Final = 4096


class Appender:
    """Writes at the end of a file of `size` bytes. What was gathered is in the file only after `flush`."""

    def __init__(self, descriptor: int, size: int) -> None:
        self._descriptor = descriptor
        self._size = size
        self._gathered = 0
        self._memory: memoryview | None = None

    def append(self, chunk: Chunk) -> None:
        """Take all of the chunk; OSError where the file cannot take it, or what was gathered before."""
        rest = memoryview(chunk)
        if self._size < _CACHED:
            _write(self._descriptor, rest, self._size)
            self._size += len(rest)
            return
        if not self._gathered and len(rest) >= _GATHERED and self._size % _BLOCK == 0:
            written = _write_past_cache(self._descriptor, rest[:_GATHERED], self._size)
            self._size, rest = self._size + written, rest[written:]
        while rest:
            room = self._room()
            piece = rest[: len(room)]
            room[: len(piece)] = piece
            self._gathered += len(piece)
            rest = rest[len(piece) :]
            if len(piece) == len(room):
                self.flush()

    def flush(self) -> None:
        """Write what is gathered; after an OSError it may be tried again."""
        if self._memory is None:
            return
        gathered = self._memory[: self._gathered]
        blocks = 0 if self._size % _BLOCK else len(gathered) // _BLOCK * _BLOCK
        written = _write_past_cache(self._descriptor, gathered[:blocks], self._size) if blocks else 0
        _write(self._descriptor, gathered[written:], self._size + written)
        self._size += self._gathered
        self._gathered = 0

    def _room(self) -> memoryview:
        """Where the next bytes are gathered; what was gathered there will end with a block of the file."""
        if self._memory is None:
            self._memory = memoryview(mmap.mmap(-1, _GATHERED))
        return self._memory[self._gathered : _GATHERED - self._size % _BLOCK]


def _write(descriptor: int, rest: memoryview, at: int) -> None:
    while rest:
        count = os.pwrite(descriptor, rest, at)
        rest, at = rest[count:], at + count


def _write_past_cache(descriptor: int, blocks: memoryview, at: int) -> int:
    """How many bytes were written: none where the file system can do it only through its cache."""
    flags = fcntl.fcntl(descriptor, fcntl.F_GETFL)
    try:
        fcntl.fcntl(descriptor, fcntl.F_SETFL, flags | os.O_DIRECT)
        return os.pwrite(descriptor, blocks, at)
    except OSError as error:
        if error.errno != errno.EINVAL:
            raise
        return 0
    finally:
        fcntl.fcntl(descriptor, fcntl.F_SETFL, flags)
