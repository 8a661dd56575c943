"""The generated Secrets: Django's key, the database's account, the first account of the app."""

from base64 import b64encode
from typing import Final
from urllib.parse import quote

from mediavault_operator import names
from mediavault_operator.children.manifest import Manifest, data_manifest
from mediavault_operator.credentials import DATABASE, DATABASE_USER, Credentials
from mediavault_operator.spec import MediaVault

DATABASE_PORT: Final = 5432


def build_django_secret(vault: MediaVault, credentials: Credentials) -> Manifest:
    """The key that Django signs with."""
    name = names.django_secret(vault.name)
    return _secret(vault, name, names.WEB, {"SECRET_KEY": credentials.secret_key})


def build_admin_secret(vault: MediaVault, credentials: Credentials) -> Manifest:
    """The first account, for the people who are to use it and for the migration that makes it."""
    values = {
        "username": vault.admin.username,
        "email": vault.admin.email,
        "password": credentials.admin_password,
        "token": credentials.admin_token,
    }
    return _secret(vault, names.admin_secret(vault.name), names.WEB, values)


def build_database_secret(vault: MediaVault, credentials: Credentials) -> Manifest:
    """The managed database's account and the URL that says the same in one line."""
    host = names.database(vault.name)
    password = credentials.database_password
    values = {
        "username": DATABASE_USER,
        "password": password,
        "database": DATABASE,
        "host": host,
        "port": str(DATABASE_PORT),
        "DATABASE_URL": (
            f"postgresql://{DATABASE_USER}:{quote(password, safe='')}@{host}:{DATABASE_PORT}/{DATABASE}"
        ),
    }
    return _secret(vault, names.database_secret(vault.name), names.DATABASE, values)


def _secret(vault: MediaVault, name: str, component: str, values: dict[str, str]) -> Manifest:
    return {
        **data_manifest(vault, kind="Secret", name=name, component=component),
        "type": "Opaque",
        "data": {key: b64encode(value.encode()).decode() for key, value in values.items()},
    }
