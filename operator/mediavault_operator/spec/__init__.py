"""What a MediaVault asks for: `parse` turns the resource into a `MediaVault` or tells all that is wrong."""

from mediavault_operator.spec.bounds import Bounds, bounded, exceeded
from mediavault_operator.spec.effective import effective
from mediavault_operator.spec.model import (
    AccessMode,
    Addressing,
    Admin,
    Bucket,
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
    Refusal,
    Resources,
    Service,
    ServiceType,
    database_kind,
)
from mediavault_operator.spec.orders import is_paused
from mediavault_operator.spec.parse import last_served, parse
from mediavault_operator.spec.quantity import amount
from mediavault_operator.spec.resolve import Layer
from mediavault_operator.spec.vaultclass import Rollout, VaultClass, is_default, parse_class

__all__ = [
    "AccessMode",
    "Addressing",
    "Admin",
    "Bounds",
    "Bucket",
    "Claim",
    "Database",
    "Defaults",
    "DeletionPolicy",
    "EmbeddedDatabase",
    "ExistingClaim",
    "ExternalDatabase",
    "Ingress",
    "InvalidSpec",
    "Layer",
    "ManagedDatabase",
    "MediaVault",
    "Problem",
    "PullPolicy",
    "Refusal",
    "Resources",
    "Rollout",
    "Service",
    "ServiceType",
    "VaultClass",
    "amount",
    "bounded",
    "database_kind",
    "effective",
    "exceeded",
    "is_default",
    "is_paused",
    "last_served",
    "parse",
    "parse_class",
]
