"""The claims that the operator makes: one for the media, one for a managed database."""

from typing import Any

from mediavault_operator import names
from mediavault_operator.children.manifest import Manifest, data_manifest
from mediavault_operator.spec import Claim, ManagedDatabase, MediaVault, database_kind


def build_media_claim(vault: MediaVault, claim: Claim) -> Manifest:
    """The media's claim; it remembers the kind of database, as an embedded one lies on it."""
    result = _claim(vault, claim, name=names.media_claim(vault.name), component=names.WEB)
    result["metadata"]["annotations"][names.DATABASE_KIND_ANNOTATION] = database_kind(vault.database)
    return result


def build_database_claim(vault: MediaVault, database: ManagedDatabase) -> Manifest:
    """The managed database's claim."""
    name = names.database(vault.name)
    return _claim(vault, database.claim, name=name, component=names.DATABASE)


def _claim(vault: MediaVault, claim: Claim, *, name: str, component: str) -> Manifest:
    spec: dict[str, Any] = {
        "accessModes": [mode.value for mode in claim.access_modes],
        "resources": {"requests": {"storage": claim.size}},
    }
    if claim.storage_class is not None:
        spec["storageClassName"] = claim.storage_class
    if claim.volume_name is not None:
        spec["volumeName"] = claim.volume_name
    return {
        **data_manifest(vault, kind="PersistentVolumeClaim", name=name, component=component),
        "spec": spec,
    }
