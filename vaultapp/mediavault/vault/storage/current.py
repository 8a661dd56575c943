"""The store that the settings name."""

import functools
from pathlib import Path

from django.conf import settings

from mediavault.config import S3Config
from mediavault.vault.storage.files import FileStore
from mediavault.vault.storage.interface import Store


def media_store() -> Store:
    """The store that is set now."""
    return chosen_store(settings.S3, Path(settings.MEDIA_ROOT), largest=settings.MAX_UPLOAD_SIZE)


def chosen_store(s3: S3Config | None, root: Path, *, largest: int) -> Store:
    """The bucket, with `root` as its scratch folder, or else the folder itself; `largest` bytes fit into one
    object of the bucket at least.
    """
    return _bucket_store(s3, root, largest) if s3 else FileStore(root)


@functools.cache
def _bucket_store(s3: S3Config, scratch: Path, largest: int) -> Store:
    # Here, because a vault on a file system shall not pay for boto3 with its memory.
    from mediavault.vault.storage.s3.store import S3Store

    return S3Store(s3, scratch, largest=largest)
