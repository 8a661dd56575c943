"""The rows of the vault."""

from mediavault.vault.models.blob import Blob
from mediavault.vault.models.file import File
from mediavault.vault.models.folder import Folder

__all__ = ["Blob", "File", "Folder"]
