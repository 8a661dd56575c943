"""The rows of the vault."""

from mediavault.vault.models.blob import Blob
from mediavault.vault.models.file import File
from mediavault.vault.models.folder import Folder
from mediavault.vault.models.hold import Hold
from mediavault.vault.models.ledger import Ledger
from mediavault.vault.models.media_task import MediaTask
from mediavault.vault.models.tombstone import Tombstone
from mediavault.vault.models.upload import Upload

__all__ = ["Blob", "File", "Folder", "Hold", "Ledger", "MediaTask", "Tombstone", "Upload"]
