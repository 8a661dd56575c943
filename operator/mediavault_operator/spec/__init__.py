"""What a MediaVault asks for: `parse` turns the resource into a `MediaVault` or tells all that is wrong."""

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
    InvalidSpec,
    ManagedDatabase,
    MediaVault,
    Problem,
    Resources,
    Service,
    ServiceType,
)

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
    "InvalidSpec",
    "ManagedDatabase",
    "MediaVault",
    "Problem",
    "Resources",
    "Service",
    "ServiceType",
]
