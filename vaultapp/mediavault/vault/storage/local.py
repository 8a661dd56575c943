"""Bytes of the store as a file of this machine, for the programs that look into them."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from io import FileIO
from threading import BoundedSemaphore
from typing import BinaryIO, Final, cast

from django.conf import settings

from mediavault.vault.storage.errors import translated

# Of a larger film its first part is looked into.
MOST: Final = 512 * 1024**2
# For a pod whose scratch folder grows too large is evicted, whatever it was doing.
COPIES_AT_ONCE: Final = 2
PATIENCE_SECONDS = 10.0
_BLOCK: Final = 1024 * 1024
_turns: Final = BoundedSemaphore(COPIES_AT_ONCE)


class TooManyCopies(Exception):
    """Others' copies take all the room there is for them, and did for a while."""


@contextmanager
def local_file(source: BinaryIO) -> Iterator[BinaryIO]:
    """The reader itself where it is a file, else a file with the first MOST bytes of it, for a while.

    Raises TooManyCopies.
    """
    if isinstance(source, FileIO):
        yield cast(BinaryIO, source)
        return
    if not _turns.acquire(timeout=PATIENCE_SECONDS):
        raise TooManyCopies
    try:
        with tempfile.TemporaryFile(dir=settings.MEDIA_ROOT, buffering=0) as copy:
            with translated():
                while copy.tell() < MOST and (block := source.read(_BLOCK)):
                    copy.write(block)
                copy.seek(0)
            yield cast(BinaryIO, copy)
    finally:
        _turns.release()
