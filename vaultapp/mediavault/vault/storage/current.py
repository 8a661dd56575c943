"""The store that the settings name."""

from pathlib import Path

from django.conf import settings

from mediavault.vault.storage.files import FileStore
from mediavault.vault.storage.interface import Store


def media_store() -> Store:
    """The store under MEDIA_ROOT as it is set now."""
    return FileStore(Path(settings.MEDIA_ROOT))
