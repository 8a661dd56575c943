"""Django's view of the vault."""

from django.apps import AppConfig


class VaultConfig(AppConfig):
    """Folders, files and blobs."""

    name = "mediavault.vault"
    label = "vault"
