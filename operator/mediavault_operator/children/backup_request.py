"""The MediaVaultBackups that the operator asks for itself: by a schedule, and before a vault goes."""

from typing import Any

from mediavault_operator import names


def build_backup_request(namespace: str, vault: str, *, name: str, scheduled: bool) -> dict[str, Any]:
    """A backup of a vault. It belongs to nobody, as it is to outlive the vault."""
    return {
        "apiVersion": names.API_VERSION,
        "kind": names.BACKUP_KIND,
        "metadata": {"name": name, "namespace": namespace, "labels": names.labels(vault, names.BACKUP)},
        "spec": {"vaultName": vault, **({"scheduled": True} if scheduled else {})},
    }
