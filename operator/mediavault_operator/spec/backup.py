"""How a vault is backed up, what a MediaVaultBackup asks for, and the backup that a new vault begins with."""

from dataclasses import dataclass
from typing import Final, TypeAlias

KEY: Final = "password"
AMAZON: Final = "https://s3.amazonaws.com"


@dataclass(frozen=True, kw_only=True)
class Retention:
    """How many scheduled backups stay, each by one rule; where all are 0, every one stays."""

    last: int = 0
    daily: int = 0
    weekly: int = 0
    monthly: int = 0


@dataclass(frozen=True, kw_only=True)
class ClaimTarget:
    """A claim of the vault's namespace."""

    name: str


@dataclass(frozen=True, kw_only=True)
class S3Target:
    """A bucket; without a Secret the pod's own role is used."""

    bucket: str
    prefix: str = ""
    endpoint: str = AMAZON
    region: str = ""
    secret_name: str | None = None


Target: TypeAlias = ClaimTarget | S3Target


@dataclass(frozen=True, kw_only=True)
class EncryptionKey:
    """The Secret, and the key in it, that backups are encrypted by."""

    secret_name: str
    key: str = KEY


@dataclass(frozen=True, kw_only=True)
class BackupPlan:
    """How a vault is backed up; `generated` says that the operator makes the key."""

    target: Target
    encryption: EncryptionKey
    generated: bool
    schedule: str | None = None
    suspend: bool = False
    retention: Retention = Retention()


@dataclass(frozen=True, kw_only=True)
class Bootstrap:
    """The backup that a new vault begins with; the key is that of the backup where none is written."""

    name: str
    namespace: str
    encryption: EncryptionKey | None = None


@dataclass(frozen=True, kw_only=True)
class BackupRequest:
    """One MediaVaultBackup as it was asked for; `vault` is the name of a vault of its namespace."""

    name: str
    namespace: str
    uid: str
    generation: int
    vault: str
    scheduled: bool = False
    allowed_namespaces: tuple[str, ...] = ()
