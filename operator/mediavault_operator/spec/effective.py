"""The spec as it is served, in the shape of the spec itself, for `status.effective`."""

from typing import Any

from mediavault_operator.spec.model import (
    Claim,
    Database,
    ExistingClaim,
    ExternalDatabase,
    ManagedDatabase,
    MediaVault,
    Resources,
    Service,
)


def effective(vault: MediaVault) -> dict[str, Any]:
    """Every decided value of a vault; what is left to Kubernetes is absent."""
    return _present(
        {
            "replicas": vault.replicas,
            "image": vault.image,
            "imagePullPolicy": vault.image_pull_policy.value,
            "suspend": vault.suspend,
            "deletionPolicy": vault.deletion_policy.value,
            "storage": {"claim": _storage(vault.storage)},
            "database": _database(vault.database),
            "service": _service(vault.service),
            "resources": _resources(vault.resources),
            "admin": _present({"username": vault.admin.username, "email": vault.admin.email}),
        }
    )


def _storage(storage: Claim | ExistingClaim) -> dict[str, Any]:
    if isinstance(storage, ExistingClaim):
        return {"existingClaim": storage.name}
    return _present(
        {
            "size": storage.size,
            "storageClassName": storage.storage_class,
            "accessModes": [mode.value for mode in storage.access_modes],
            "volumeName": storage.volume_name,
        }
    )


def _database(database: Database) -> dict[str, Any]:
    if isinstance(database, ManagedDatabase):
        managed = {
            "image": database.image,
            "size": database.claim.size,
            "storageClassName": database.claim.storage_class,
            "resources": _resources(database.resources),
        }
        return {"managed": _present(managed)}
    if isinstance(database, ExternalDatabase):
        return {"external": {"secretName": database.secret_name, "key": database.key}}
    return {"embedded": {}}


def _service(service: Service) -> dict[str, Any]:
    return _present(
        {
            "type": service.type.value,
            "port": service.port,
            "nodePort": service.node_port,
            "annotations": dict(service.annotations) or None,
        }
    )


def _resources(resources: Resources) -> dict[str, Any]:
    return _present({"requests": dict(resources.requests), "limits": dict(resources.limits)})


def _present(values: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in values.items() if value is not None and value not in ("", {})}
