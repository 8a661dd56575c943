"""Keep every blob's bytes in the store, though their last file may go, while a backup copies them."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from threading import Event, Thread
from typing import Final

from django.db import DatabaseError, connection
from django.utils import timezone

from mediavault.vault.models import Hold

LEASE: Final = timedelta(hours=1)


class HoldLost(Exception):
    """The lease ran out before it was renewed: bytes may have gone."""


@contextmanager
def blobs_held(*, lease: timedelta = LEASE) -> Iterator[Callable[[], None]]:
    """Hold all bytes inside, however long that takes. What it gives raises HoldLost where they were not held.

    Whoever removes looks for holds after its file let go of the blob, so a hold that is committed before a
    dump keeps all that the dump knows. The next sweep removes what has become free meanwhile.
    """
    hold = Hold.objects.create(until=timezone.now() + lease)
    ended = Event()
    keeper = Thread(target=_keep, args=(hold, lease, ended), name="hold", daemon=True)
    keeper.start()

    def check() -> None:
        if hold.until <= timezone.now():
            raise HoldLost

    try:
        yield check
    finally:
        ended.set()
        keeper.join()
        Hold.objects.filter(pk=hold.pk).delete()


def _keep(hold: Hold, lease: timedelta, ended: Event) -> None:
    """Renew the lease until all has ended. It is a thread, as a dump keeps its own busy for hours."""
    while not ended.wait(lease.total_seconds() / 6):
        now = timezone.now()
        try:
            # One that ran out is never renewed: bytes may have gone since.
            renewed = Hold.objects.filter(pk=hold.pk, until__gt=now).update(until=now + lease)
        except DatabaseError:
            continue
        finally:
            connection.close()
        if renewed:
            hold.until = now + lease
