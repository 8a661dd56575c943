"""The account that the vault's pods run as: it is granted nothing and its token is mounted nowhere."""

from mediavault_operator import names
from mediavault_operator.children.manifest import Manifest, manifest
from mediavault_operator.spec import MediaVault


def build_service_account(vault: MediaVault) -> Manifest:
    """The ServiceAccount of every pod of the vault."""
    name = names.service_account(vault.name)
    return {
        **manifest(vault, api="v1", kind="ServiceAccount", name=name, component=names.WEB),
        "automountServiceAccountToken": False,
    }
