"""What a MediaVault that goes says of its data."""

from collections.abc import Mapping
from typing import Any

from mediavault_operator.spec.model import DeletionPolicy


def deletion_policy(body: Mapping[str, Any]) -> DeletionPolicy:
    """The policy as it is written by now, else as it was served; a word that is none keeps the data."""
    written = (body.get("spec") or {}).get("deletionPolicy")
    served = ((body.get("status") or {}).get("effective") or {}).get("deletionPolicy")
    try:
        return DeletionPolicy(written or served or DeletionPolicy.RETAIN)
    except ValueError:
        return DeletionPolicy.RETAIN


def data_may_go(body: Mapping[str, Any]) -> bool:
    """Whether the data go with the MediaVault: by its policy, once a last backup that it wants is taken."""
    policy = deletion_policy(body)
    taken = bool((body.get("status") or {}).get("lastBackup"))
    return policy is DeletionPolicy.DELETE or (policy is DeletionPolicy.BACKUP and taken)
