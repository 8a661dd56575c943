"""Waiting for a store that can be written: a volume may be handed over a moment after its pod has started."""

import time
from collections.abc import Callable
from typing import Final

from mediavault.vault.storage.errors import StorageError, StorageFull, StorageUnavailable
from mediavault.vault.storage.interface import Store

PATIENCE_SECONDS: Final = 15.0
PAUSE_SECONDS: Final = 1.0


def wait_until_writable(
    store: Store,
    *,
    patience: float = PATIENCE_SECONDS,
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> None:
    """Return once the store can be written, or is merely full; StorageUnavailable, in a sentence
    for whoever gave the volume, after `patience` seconds.
    """
    deadline = clock() + patience
    while True:
        try:
            store.check_writable()
        except StorageFull:
            return
        except StorageError as error:
            if clock() >= deadline:
                raise StorageUnavailable(store.complaint(error)) from error
            sleep(PAUSE_SECONDS)
        else:
            return
