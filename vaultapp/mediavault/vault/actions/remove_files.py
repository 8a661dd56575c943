"""Take many files out of the vault; their bytes go where no other file has them."""

import functools
from typing import Any

from django.db import transaction
from django.db.models import Count, F, OuterRef, QuerySet, Subquery

from mediavault.vault.actions.bury import bury
from mediavault.vault.actions.release_blob import collect_unreferenced
from mediavault.vault.models import Blob, File, Tombstone, Upload


def remove_files(files: "QuerySet[File, Any]", *, owner_id: int, revision: int) -> None:
    """The caller holds the owner's lock. Only the tombstones need more statements for more files.

    The bytes go after the commit, so that a transaction rolled back has lost nothing.
    """
    files = files.filter(owner_id=owner_id).order_by()
    row_ids = list(files.values_list("pk", flat=True))
    if not row_ids:
        return
    of_blob = files.filter(file_id=OuterRef("pk")).values("file_id").annotate(count=Count("pk"))
    Blob.objects.filter(owner_id=owner_id, pk__in=files.values("file_id")).update(
        references=F("references") - Subquery(of_blob.values("count"))
    )
    Upload.objects.filter(owner_id=owner_id, file__in=files).update(file=None)
    files.delete()
    bury(owner_id=owner_id, kind=Tombstone.Kind.FILE, row_ids=row_ids, revision=revision)
    transaction.on_commit(functools.partial(collect_unreferenced, owner_id=owner_id), robust=True)
