"""Remember what was deleted, for clients that keep a copy of the vault."""

from collections.abc import Iterable

from mediavault.vault.models import Tombstone

_BATCH = 1000


def bury(*, owner_id: int, kind: Tombstone.Kind, row_ids: Iterable[int], revision: int) -> None:
    """A tombstone for each of these rows; the caller holds the owner's lock and deletes them."""
    Tombstone.objects.bulk_create(
        (Tombstone(owner_id=owner_id, kind=kind, row_id=row_id, revision=revision) for row_id in row_ids),
        batch_size=_BATCH,
    )
