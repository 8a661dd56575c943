"""The bytes of an upload that wait for their part to be full: a nameless file in the pod's scratch folder."""

import os
import tempfile
from pathlib import Path
from typing import IO, Any, BinaryIO

from mediavault.vault.storage.errors import translated
from mediavault.vault.storage.s3.bucket import answered

_BLOCK = 1024 * 1024


class Spool:
    """At most one part of an upload (StorageFull where the scratch folder has no room for it)."""

    def __init__(self, scratch: Path) -> None:
        self.size = 0
        with translated():
            self._file = tempfile.TemporaryFile(dir=scratch, buffering=0)  # noqa: SIM115 closed by its owner

    def append(self, piece: memoryview | bytes) -> None:
        """Add bytes at the end."""
        rest = memoryview(piece)
        with translated():
            while rest:
                count = os.pwrite(self._file.fileno(), rest, self.size)
                self.size += count
                rest = rest[count:]

    def take_over(self, body: Any, key: str) -> None:
        """Append what an answer of S3 brings."""
        with answered(key):
            while block := body.read(_BLOCK):
                self.append(block)

    def rewound(self) -> IO[bytes]:
        """All of it, to be sent from its start."""
        self._file.seek(0)
        return self._file

    def clear(self) -> None:
        """Forget the bytes."""
        with translated():
            self._file.truncate(0)
        self.size = 0

    def open(self) -> BinaryIO:
        """A reader with a position of its own, a real file that a child process can take."""
        with translated():
            return open(f"/proc/self/fd/{self._file.fileno()}", "rb", buffering=0)  # noqa: PTH123 a descriptor

    def close(self) -> None:
        """Remove the file."""
        self._file.close()
