"""Tells who listens in this process that their vault has changed: one thread asks the ledgers for all."""

import logging
import threading
from collections import Counter
from typing import Final

from django.conf import settings
from django.db import DatabaseError, connection

from mediavault.vault.models import Ledger

logger = logging.getLogger(__name__)
INTERVAL_SECONDS: Final = 1.0


class TooManyListeners(Exception):
    """Every further listener would take a thread from those who want an answer."""


class Announcer:
    """Asks once an interval, whatever the number of listeners, and not at all where there are none."""

    def __init__(self, *, most: int) -> None:
        """`most` is how many may listen at once."""
        self._most = most
        self._changed = threading.Condition()
        self._listeners: Counter[int] = Counter()
        self._revisions: dict[int, int] = {}
        self._thread: threading.Thread | None = None

    def join(self, owner_id: int) -> None:
        """Begin to listen; raises TooManyListeners. Who has joined must leave."""
        with self._changed:
            if self._listeners.total() >= self._most:
                raise TooManyListeners
            self._listeners[owner_id] += 1
            if self._thread is None:
                self._thread = threading.Thread(target=self._announce, name="announcer", daemon=True)
                self._thread.start()

    def leave(self, owner_id: int) -> None:
        """End listening."""
        with self._changed:
            self._listeners[owner_id] -= 1
            if not self._listeners[owner_id]:
                del self._listeners[owner_id]
                self._revisions.pop(owner_id, None)

    def wait(self, owner_id: int, *, after: int, seconds: float) -> int:
        """The owner's revision as soon as it is beyond `after`, else `after` once the time is over."""
        with self._changed:
            self._changed.wait_for(lambda: self._revisions.get(owner_id, 0) > after, seconds)
            return max(self._revisions.get(owner_id, 0), after)

    def _announce(self) -> None:
        pause = threading.Event()
        while owner_ids := self._awaited():
            try:
                found = dict(
                    Ledger.objects.filter(owner_id__in=owner_ids).values_list("owner_id", "revision")
                )
            except DatabaseError as error:
                logger.warning("Changes are not announced for now: %s", error)
                found = {}
            with self._changed:
                self._revisions.update((each, found[each]) for each in found if each in self._listeners)
                self._changed.notify_all()
            pause.wait(INTERVAL_SECONDS)
        connection.close()

    def _awaited(self) -> list[int]:
        with self._changed:
            if not self._listeners:
                self._thread = None
            return list(self._listeners)


# A quarter of the threads, so that listeners never take them all.
ANNOUNCER: Final = Announcer(most=max(settings.WEB_THREADS // 4, 1))
