"""Django's view of the accounts."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Users and how they prove who they are."""

    name = "mediavault.accounts"
    label = "accounts"
