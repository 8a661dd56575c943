"""What a MediaVault asks for: `parse` turns the resource into a `MediaVault` or tells all that is wrong."""

from mediavault_operator.spec.effective import effective
from mediavault_operator.spec.model import (
    AccessMode,
    Admin,
    Claim,
    Database,
    Defaults,
    DeletionPolicy,
    EmbeddedDatabase,
    ExistingClaim,
    ExternalDatabase,
    Ingress,
    InvalidSpec,
    ManagedDatabase,
    MediaVault,
    Problem,
    PullPolicy,
    Resources,
    Service,
    ServiceType,
    database_kind,
)
from mediavault_operator.spec.orders import is_paused
from mediavault_operator.spec.parse import last_served, parse
from mediavault_operator.spec.quantity import amount

__all__ = [
    "AccessMode",
    "Admin",
    "Claim",
    "Database",
    "Defaults",
    "DeletionPolicy",
    "EmbeddedDatabase",
    "ExistingClaim",
    "ExternalDatabase",
    "Ingress",
    "InvalidSpec",
    "ManagedDatabase",
    "MediaVault",
    "Problem",
    "PullPolicy",
    "Resources",
    "Service",
    "ServiceType",
    "amount",
    "database_kind",
    "effective",
    "is_paused",
    "last_served",
    "parse",
]
