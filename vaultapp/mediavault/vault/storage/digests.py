"""SHA-256 and CRC-32 of a temporary across its writers: computed as the bytes come, or by reading them again.

hashlib's state cannot be written down. Within one process it is remembered from one writer to the next;
where an upload moved to another process its bytes are hashed again when the hashes are asked for.
"""

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import BinaryIO, Final

from isal import isal_zlib

from mediavault.vault.storage.interface import Chunk

_BLOCK: Final = 1024 * 1024
_REMEMBERED_AT_MOST: Final = 1024


class Digest:
    """Both hashes of all bytes so far, unless some of them were written elsewhere."""

    def __init__(self, *, complete: bool = True) -> None:
        self._sha256 = hashlib.sha256() if complete else None
        self._crc32 = 0

    def copy(self) -> "Digest":
        """The same hashes so far, to go their own way."""
        made = Digest(complete=False)
        made._sha256 = self._sha256 and self._sha256.copy()
        made._crc32 = self._crc32
        return made

    def update(self, chunk: Chunk) -> None:
        """Add the next bytes."""
        if self._sha256 is not None:
            self._sha256.update(chunk)
            self._crc32 = crc32(chunk, self._crc32)

    def sha256(self, reopen: Callable[[], BinaryIO]) -> str:
        """Hexadecimal; `reopen` gives the bytes once more where they have to be read."""
        return self._completed(reopen).hexdigest()

    def crc32(self, reopen: Callable[[], BinaryIO]) -> int:
        """As a zip has it; `reopen` gives the bytes once more where they have to be read."""
        self._completed(reopen)
        return self._crc32

    def _completed(self, reopen: Callable[[], BinaryIO]) -> "hashlib._Hash":
        if self._sha256 is None:
            self._sha256 = hashlib.sha256()
            with reopen() as source:
                while block := source.read(_BLOCK):
                    self.update(block)
        return self._sha256


def crc32(chunk: Chunk, before: int = 0) -> int:
    """Going on from what came before; by ISA-L, at a twelfth of what zlib takes."""
    return int(isal_zlib.crc32(chunk, before))


class Digests:
    """What this process remembers of suspended temporaries: by their name, and by a stamp that no longer fits
    once anybody has written to them since. The longest unused is forgotten where there are too many.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._known: OrderedDict[str, tuple[Hashable, Digest]] = OrderedDict()

    def remember(self, name: str, stamp: Hashable, digest: Digest) -> None:
        """Keep the hashes for the next writer."""
        with self._lock:
            self._known[name] = stamp, digest.copy()
            self._known.move_to_end(name)
            if len(self._known) > _REMEMBERED_AT_MOST:
                self._known.popitem(last=False)

    def recall(self, name: str, stamp: Hashable) -> Digest:
        """The hashes as they were remembered, or such as will have to read the bytes."""
        with self._lock:
            found, digest = self._known.get(name, (None, None))
        return digest.copy() if digest and found == stamp else Digest(complete=False)

    def forget(self, name: str) -> None:
        """Drop what is remembered of a temporary that is no more."""
        with self._lock:
            self._known.pop(name, None)


DIGESTS: Final = Digests()
