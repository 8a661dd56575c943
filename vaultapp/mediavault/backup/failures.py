"""Why a backup or a restore came to nothing, in the words that the operator shows."""

from enum import StrEnum
from typing import Final


class Reason(StrEnum):
    """The causes that somebody would mend in different ways."""

    WRONG_KEY = "WrongKey"
    ACCESS_DENIED = "AccessDenied"
    UNREACHABLE = "TargetUnreachable"
    FULL = "TargetFull"
    LOCKED = "RepositoryLocked"
    NO_REPOSITORY = "RepositoryNotFound"
    NO_SNAPSHOT = "SnapshotNotFound"
    DAMAGED = "RepositoryDamaged"
    INTERRUPTED = "HoldLost"
    MEDIA_IN_BUCKET = "MediaInBucket"
    NOT_EMPTY = "VaultNotEmpty"
    BYTES_DIFFER = "BytesDiffer"
    DATABASE = "DatabaseFailed"
    OTHER = "ToolFailed"


NEEDS_SOMEBODY: Final = frozenset(
    {
        Reason.WRONG_KEY,
        Reason.ACCESS_DENIED,
        Reason.NO_REPOSITORY,
        Reason.NO_SNAPSHOT,
        Reason.MEDIA_IN_BUCKET,
        Reason.NOT_EMPTY,
    }
)
"""What trying again cannot mend."""


class BackupFailed(Exception):
    """The work could not be done; the message is one sentence for whoever has to mend the cause."""

    def __init__(self, reason: Reason, message: str) -> None:
        super().__init__(message)
        self.reason = reason
