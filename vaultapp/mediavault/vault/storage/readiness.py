"""Waiting for a store that can be written: a volume may be handed over a moment after its pod has started."""

import time
from collections.abc import Callable
from typing import Final

from mediavault.vault.storage.errors import StorageError, StorageFull
from mediavault.vault.storage.files import FileStore

PATIENCE_SECONDS: Final = 15.0
PAUSE_SECONDS: Final = 1.0


def wait_until_writable(
    store: FileStore,
    *,
    patience: float = PATIENCE_SECONDS,
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> None:
    """Return once the store can be written, or is merely full; StorageError after `patience` seconds."""
    deadline = clock() + patience
    while True:
        try:
            store.check_writable()
        except StorageFull:
            return
        except StorageError:
            if clock() >= deadline:
                raise
            sleep(PAUSE_SECONDS)
        else:
            return
