"""The worker: examines one queued blob after another, for as long as its process lives.

It may be killed at any point: the attempt was counted before it began, the blob is due again when its lease
ends, and what was published without a row is published again.
"""

import logging
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import BinaryIO, Final

from django.db import DatabaseError
from django.utils import timezone

from mediavault.database.release import release_connection
from mediavault.vault.actions.claim_examination import Claim, claim_examination
from mediavault.vault.actions.finish_examination import finish_examination
from mediavault.vault.actions.postpone_examination import postpone_examination
from mediavault.vault.errors import Gone
from mediavault.vault.media.examination import Examination, State, examine
from mediavault.vault.models import Blob, File
from mediavault.vault.storage.current import media_store
from mediavault.vault.storage.errors import ObjectMissing, StorageError
from mediavault.vault.storage.keys import blob_key
from mediavault.vault.storage.local import local_file

logger = logging.getLogger(__name__)
MOST_ATTEMPTS: Final = 3
# Before the second attempt; before the third, its square in minutes.
BACKOFF: Final = timedelta(minutes=1)
IDLE_SECONDS: Final = 2.0
TROUBLE_SECONDS: Final = 5.0

Examiner = Callable[..., Examination]


class Stopping(BaseException):
    """Raised in the middle of anything by whoever ends the process in order."""


class Worker:
    """One after the other, so that the memory of one decoding bounds that of the process."""

    def __init__(self, *, heartbeat: Path, examiner: Examiner = examine) -> None:
        """`heartbeat` is a file whose time of change tells that the worker is alive."""
        self._heartbeat = heartbeat
        self._examine = examiner
        self._claim: Claim | None = None

    def run(self) -> None:
        """Work until Stopping, and give back what is not finished then."""
        try:
            while True:
                time.sleep(self.turn())
        except Stopping:
            logger.info("The worker stops.")
            self._give_back()

    def turn(self) -> float:
        """Examine the next blob, if there is one; how many seconds to wait before the next turn."""
        self._heartbeat.touch()
        try:
            self._claim = claim_examination(now=timezone.now())
            if self._claim is None:
                return IDLE_SECONDS
            self._work_on(self._claim)
            self._claim = None
        except (DatabaseError, StorageError) as error:
            logger.warning("The worker cannot go on for now: %s", error)
            self._give_back()
            return TROUBLE_SECONDS
        finally:
            release_connection()
        return 0

    def _work_on(self, claim: Claim) -> None:
        file = File.objects.select_related("file").filter(file_id=claim.blob_id).order_by("pk").first()
        if file is None:  # about to be collected, and its place in the queue with it
            return
        release_connection()
        started = time.monotonic()
        found = self._examined(file.file, file.type, claim)
        logger.info(
            "Examined blob %s of user %s, attempt %s: %s in %.2f s.",
            claim.blob_id,
            file.owner_id,
            claim.attempt,
            f"{found.state} {found.reason}".strip(),
            time.monotonic() - started,
        )
        if found.passing and claim.attempt < MOST_ATTEMPTS:
            due_at = timezone.now() + BACKOFF * claim.attempt**2
            postpone_examination(claim=claim, due_at=due_at, counted=True)
            return
        try:
            finish_examination(owner_id=file.owner_id, claim=claim, examination=_final(found))
        except Gone:
            logger.info("The owner of blob %s was deleted meanwhile.", claim.blob_id)

    def _examined(self, blob: Blob, content_type: str, claim: Claim) -> Examination:
        if claim.attempt > MOST_ATTEMPTS:
            return Examination(State.FAILED, "each ended the worker", passing=True)
        try:
            with _opened(blob) as stored, local_file(stored) as source:
                return self._examine(source, content_type=content_type)
        except ObjectMissing:
            return Examination(State.FAILED, "the bytes are missing")
        except StorageError:
            raise
        except Exception as error:
            logger.exception("The examination of blob %s failed.", blob.pk)
            return Examination(State.FAILED, f"the examination failed ({type(error).__name__})", passing=True)

    def _give_back(self) -> None:
        claim, self._claim = self._claim, None
        if claim is None:
            return
        try:
            postpone_examination(claim=claim, due_at=timezone.now(), counted=False)
        except DatabaseError as error:
            logger.warning("Blob %s waits for the end of its lease: %s", claim.blob_id, error)


def _opened(blob: Blob) -> BinaryIO:
    return media_store().open(blob_key(blob.owner_id, blob.sha256))


def _final(found: Examination) -> Examination:
    if not found.passing:
        return found
    return replace(found, reason=f"gave up after {MOST_ATTEMPTS} attempts: {found.reason}")
