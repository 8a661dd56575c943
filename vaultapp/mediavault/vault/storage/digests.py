"""SHA-256 of a temporary across its writers: computed as the bytes come, or by reading them once more.

hashlib's state cannot be written down. Within one process it is remembered from one writer to the next;
where an upload moved to another process its bytes are hashed again when the hash is asked for.
"""

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import BinaryIO, Final

from mediavault.vault.storage.interface import Chunk

_BLOCK: Final = 1024 * 1024
_REMEMBERED_AT_MOST: Final = 1024


class Digest:
    """The hash of all bytes so far, unless some of them were written elsewhere."""

    def __init__(self, *, complete: bool = True) -> None:
        self._hash = hashlib.sha256() if complete else None

    def copy(self) -> "Digest":
        """The same hash so far, to go its own way."""
        made = Digest(complete=False)
        made._hash = self._hash and self._hash.copy()
        return made

    def update(self, chunk: Chunk) -> None:
        """Add the next bytes."""
        if self._hash is not None:
            self._hash.update(chunk)

    def hexdigest(self, reopen: Callable[[], BinaryIO]) -> str:
        """The hash so far; `reopen` gives the bytes once more where they have to be read."""
        if self._hash is None:
            self._hash = hashlib.sha256()
            with reopen() as source:
                while block := source.read(_BLOCK):
                    self._hash.update(block)
        return self._hash.hexdigest()


class Digests:
    """What this process remembers of suspended temporaries: by their name, and by a stamp that no longer fits
    once anybody has written to them since. The longest unused is forgotten where there are too many.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._known: OrderedDict[str, tuple[Hashable, Digest]] = OrderedDict()

    def remember(self, name: str, stamp: Hashable, digest: Digest) -> None:
        """Keep the hash for the next writer."""
        with self._lock:
            self._known[name] = stamp, digest.copy()
            self._known.move_to_end(name)
            if len(self._known) > _REMEMBERED_AT_MOST:
                self._known.popitem(last=False)

    def recall(self, name: str, stamp: Hashable) -> Digest:
        """The hash as it was remembered, or one that will have to read the bytes."""
        with self._lock:
            found, digest = self._known.get(name, (None, None))
        return digest.copy() if digest and found == stamp else Digest(complete=False)

    def forget(self, name: str) -> None:
        """Drop what is remembered of a temporary that is no more."""
        with self._lock:
            self._known.pop(name, None)


DIGESTS: Final = Digests()
