"""The claims that the operator makes: one for the media, one for a managed database."""

from typing import Any

from mediavault_operator import names
from mediavault_operator.children.manifest import Manifest, data_manifest
from mediavault_operator.claims import requested_size
from mediavault_operator.observed import Object
from mediavault_operator.spec import Claim, ManagedDatabase, MediaVault, database_kind


def build_media_claim(vault: MediaVault, claim: Claim, seen: Object | None) -> Manifest:
    """The media's claim; it remembers the kind of database, as an embedded one lies on it."""
    result = _claim(vault, claim, seen, name=names.media_claim(vault.name), component=names.WEB)
    result["metadata"]["annotations"][names.DATABASE_KIND_ANNOTATION] = database_kind(vault.database)
    return result


def build_database_claim(vault: MediaVault, database: ManagedDatabase, seen: Object | None) -> Manifest:
    """The managed database's claim."""
    name = names.database(vault.name)
    return _claim(vault, database.claim, seen, name=name, component=names.DATABASE)


def _claim(vault: MediaVault, claim: Claim, seen: Object | None, *, name: str, component: str) -> Manifest:
    spec: dict[str, Any] = {
        "accessModes": [mode.value for mode in claim.access_modes],
        "resources": {"requests": {"storage": _size(claim, seen)}},
    }
    if claim.storage_class is not None:
        spec["storageClassName"] = claim.storage_class
    if claim.volume_name is not None:
        spec["volumeName"] = claim.volume_name
    return {
        **data_manifest(vault, kind="PersistentVolumeClaim", name=name, component=component),
        "spec": spec,
    }


def _size(claim: Claim, seen: Object | None) -> str:
    # A default must not shrink a claim that was retained larger, or that someone has grown by hand.
    requested = requested_size(seen)
    return requested if requested and not claim.size_written else claim.size
