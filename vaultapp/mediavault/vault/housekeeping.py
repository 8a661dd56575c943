"""The sweep that every serving process runs: at its start, then hourly."""

import logging
import threading
import time

from django.db import DatabaseError, close_old_connections

from mediavault.vault.actions.sweep_store import sweep_store
from mediavault.vault.storage.errors import StorageError

logger = logging.getLogger(__name__)
INTERVAL_SECONDS = 3600.0


def start_sweeping() -> threading.Thread:
    """A daemon thread that sweeps for as long as the process lives."""
    thread = threading.Thread(target=_sweep_for_ever, name="sweep", daemon=True)
    thread.start()
    return thread


def _sweep_for_ever() -> None:
    while True:
        sweep_once()
        time.sleep(INTERVAL_SECONDS)


def sweep_once() -> bool:
    """Sweep; a failure is logged and left for the next time. Says whether it went through."""
    try:
        swept = sweep_store(now=time.time())
    except (DatabaseError, StorageError) as error:
        logger.warning("The sweep did not finish: %s", error)
        return False
    finally:
        close_old_connections()
    if swept.temporaries or swept.unreferenced or swept.orphans:
        logger.info("Swept the store: %s", swept)
    return True
