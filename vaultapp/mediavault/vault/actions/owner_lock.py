"""One writer per owner: names, trees and blob counts of an owner change in one transaction at a time."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.contrib.auth import get_user_model
from django.db import transaction

from mediavault.vault.errors import Gone


@contextmanager
def owner_lock(owner_id: int) -> Iterator[None]:
    """A transaction that holds the owner's row; raises Gone when the owner was deleted.

    Checks made inside hold until the commit: conflicts are found by looking, cycles cannot be made by two
    moves that each look harmless, and the bytes of a blob are published and removed by one hand only.
    """
    with transaction.atomic():
        # NB: no_key leaves other rows free to point at the user. On SQLite the transaction is exclusive.
        users = get_user_model()._default_manager.select_for_update(no_key=True)
        if users.filter(pk=owner_id).values_list("pk", flat=True).first() is None:
            raise Gone
        yield
