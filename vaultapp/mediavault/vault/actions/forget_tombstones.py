"""Remove the tombstones that no client can be waiting for any more."""

from datetime import datetime, timedelta

from django.db.models import Max

from mediavault.vault.actions.owner_lock import owner_lock
from mediavault.vault.errors import Gone
from mediavault.vault.models import Ledger, Tombstone

KEPT = timedelta(days=90)


def forget_tombstones(*, now: datetime) -> int:
    """Say how many went; a client whose cursor is older than the newest of them has to begin anew."""
    old = Tombstone.objects.filter(created_at__lt=now - KEPT)
    return sum(_forget(owner_id, now) for owner_id in set(old.values_list("owner_id", flat=True)))


def _forget(owner_id: int, now: datetime) -> int:
    try:
        with owner_lock(owner_id):
            old = Tombstone.objects.filter(owner_id=owner_id, created_at__lt=now - KEPT)
            newest = old.aggregate(newest=Max("revision"))["newest"]
            if newest is None:
                return 0
            # All up to it, as the ledger says: clocks of several processes need not agree with the revisions.
            gone, _ = Tombstone.objects.filter(owner_id=owner_id, revision__lte=newest).delete()
            Ledger.objects.filter(owner_id=owner_id).update(forgotten=newest)
            return gone
    except Gone:
        return 0
