"""How a backup or a restore tells its Job of progress, of its outcome and of what went wrong."""

import json
import sys
import time
from collections.abc import Callable
from typing import Final

from django.db import DatabaseError, connection

from mediavault.backup.failures import NEEDS_SOMEBODY, BackupFailed, Reason
from mediavault.backup.restic import Progress
from mediavault.outcome import report
from mediavault.preparation.database import DatabaseUnreachable, wait_for_database
from mediavault.vault.storage.errors import StorageError

FAILED: Final = 1
NEEDS_CHANGE: Final = 2
DATABASE_UNREACHABLE: Final = 3
PATIENCE_SECONDS: Final = 60.0
# A line of progress is read every few seconds, and logs are kept.
_PAUSE_SECONDS: Final = 5.0


def run_job(work: Callable[[Progress], dict[str, object]]) -> None:
    """Do the work and report what it came to, or exit with the code of its failure."""
    try:
        if connection.vendor != "sqlite":
            wait_for_database(seconds=PATIENCE_SECONDS)
        outcome = work(_teller())
    except DatabaseUnreachable as error:
        _fail(DATABASE_UNREACHABLE, Reason.DATABASE, f"the database cannot be reached: {error}")
    except BackupFailed as failure:
        _fail(NEEDS_CHANGE if failure.reason in NEEDS_SOMEBODY else FAILED, failure.reason, str(failure))
    except (DatabaseError, StorageError, OSError) as error:
        _fail(FAILED, Reason.OTHER, " ".join(str(error).split()))
    report(outcome)


def _teller() -> Progress:
    last = time.monotonic()

    def tell(share: float) -> None:
        nonlocal last
        if time.monotonic() - last >= _PAUSE_SECONDS:
            last = time.monotonic()
            sys.stdout.write(json.dumps({"percent": int(share * 100)}) + "\n")
            sys.stdout.flush()

    return tell


def _fail(code: int, reason: Reason, sentence: str) -> None:
    report({"error": sentence[:1000], "reason": reason.value})
    sys.exit(code)
