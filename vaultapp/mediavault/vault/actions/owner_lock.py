"""One writer per owner: names, trees and blob counts of an owner change in one transaction at a time."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction

from mediavault.vault.errors import Gone

_NEXT_REVISION = """
INSERT INTO vault_ledger (owner_id, revision, forgotten)
SELECT id, 1, 0 FROM accounts_user WHERE id = %s
ON CONFLICT (owner_id) DO UPDATE SET revision = vault_ledger.revision + 1
RETURNING revision
"""


@contextmanager
def owner_lock(owner_id: int) -> Iterator[int]:
    """A transaction that holds the owner's ledger, and its revision; raises Gone when the owner was deleted.

    Every row that is changed inside gets the revision. Checks made inside hold until the commit: conflicts
    are found by looking, cycles cannot be made by two moves that each look harmless, and the bytes of a blob
    are published and removed by one hand only.
    """
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(_NEXT_REVISION, [owner_id])
            row = cursor.fetchone()
        if row is None:
            raise Gone
        yield row[0]
