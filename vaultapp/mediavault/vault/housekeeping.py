"""The sweep that every serving process runs: at its start, then hourly."""

import logging
import threading
import time

from django.core.management import call_command
from django.db import DatabaseError, close_old_connections

from mediavault.vault.actions.sweep_store import sweep_store
from mediavault.vault.storage.errors import StorageError

logger = logging.getLogger(__name__)
INTERVAL_SECONDS = 3600.0
# So long somebody has to notice that a vault was started with a wrong or an old database.
ORPHANS_AFTER_SECONDS = 24 * 3600.0


def start_sweeping() -> threading.Thread:
    """A daemon thread that sweeps for as long as the process lives."""
    thread = threading.Thread(target=_sweep_for_ever, name="sweep", daemon=True)
    thread.start()
    return thread


def _sweep_for_ever() -> None:
    started = time.monotonic()
    while True:
        sweep_once(serving_for=time.monotonic() - started)
        time.sleep(INTERVAL_SECONDS)


def sweep_once(*, serving_for: float) -> bool:
    """Sweep, in a process that has served for so many seconds, and say whether it went through.

    A failure is logged and left for the next time.
    """
    try:
        swept = sweep_store(now=time.time(), with_orphans=serving_for >= ORPHANS_AFTER_SECONDS)
        call_command("clearsessions")
    except (DatabaseError, StorageError) as error:
        logger.warning("The sweep did not finish: %s", error)
        return False
    finally:
        close_old_connections()
    if swept.temporaries or swept.unreferenced or swept.orphans:
        logger.info("Swept the store: %s", swept)
    return True
