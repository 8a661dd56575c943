"""Bytes of the store as a file of this machine, for the programs that look into them."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from io import FileIO
from typing import BinaryIO, Final, cast

from django.conf import settings

from mediavault.vault.storage.errors import translated

# What most pods have room for; of a larger film its first part is looked into.
MOST: Final = 512 * 1024**2
_BLOCK: Final = 1024 * 1024


@contextmanager
def local_file(source: BinaryIO) -> Iterator[BinaryIO]:
    """The reader itself where it is a file, else a file with the first MOST bytes of it, for a while."""
    if isinstance(source, FileIO):
        yield cast(BinaryIO, source)
        return
    with tempfile.TemporaryFile(dir=settings.MEDIA_ROOT, buffering=0) as copy:
        with translated():
            while copy.tell() < MOST and (block := source.read(_BLOCK)):
                copy.write(block)
            copy.seek(0)
        yield cast(BinaryIO, copy)
