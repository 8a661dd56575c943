"""Keep every blob's bytes in the store, though their last file may go, while a backup copies them."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Final

from django.utils import timezone

from mediavault.vault.models import Hold

LEASE: Final = timedelta(hours=1)


class HoldLost(Exception):
    """The lease ran out before it was renewed: bytes may have gone."""


@contextmanager
def blobs_held(*, lease: timedelta = LEASE) -> Iterator[Callable[[], None]]:
    """Hold all bytes inside. What it gives has to be called before the lease ends, else it raises HoldLost.

    Whoever removes looks for holds after its file let go of the blob, so a hold that is committed before a
    dump keeps all that the dump knows. The next sweep removes what has become free meanwhile.
    """
    hold = Hold.objects.create(until=timezone.now() + lease)

    def renew() -> None:
        now = timezone.now()
        if hold.until - now > lease / 2:
            return
        wanted = now + lease
        if not Hold.objects.filter(pk=hold.pk, until__gt=now).update(until=wanted):
            raise HoldLost
        hold.until = wanted

    try:
        yield renew
    finally:
        Hold.objects.filter(pk=hold.pk).delete()
