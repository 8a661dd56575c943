"""The generated Secrets: Django's key, the database's account, the first account of the app."""

from base64 import b64encode
from dataclasses import replace
from typing import Final
from urllib.parse import quote

from mediavault_operator import names
from mediavault_operator.children.manifest import Manifest, data_manifest
from mediavault_operator.credentials import DATABASE, DATABASE_USER, Credentials, DatabaseLogin
from mediavault_operator.observed import Address
from mediavault_operator.spec import DeletionPolicy, MediaVault, User

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
        "password": credentials.admin.password,
        "token": credentials.admin.token,
    }
    return _secret(vault, names.admin_secret(vault.name), names.WEB, values)


def build_user_secret(vault: MediaVault, user: User, credentials: Credentials) -> Manifest:
    """A further account, for whoever is to use it. It stays when the account is disabled."""
    login = credentials.users[user.secret]
    values = {
        "username": user.username,
        "email": user.email,
        "password": login.password,
        "token": login.token,
    }
    return _secret(vault, user.secret, names.USER, values)


def build_database_secret(vault: MediaVault, credentials: Credentials) -> Manifest:
    """The managed database's account and the URL that says the same in one line."""
    address = Address(host=names.database(vault.name), port=str(DATABASE_PORT))
    return _database_secret(vault, credentials.database, address, owner=DATABASE_USER, database=DATABASE)


def build_shared_database_secret(vault: MediaVault, credentials: Credentials, address: Address) -> Manifest:
    """The vault's own account on a shared server."""
    name = names.shared_database(vault.namespace, vault.name)
    return _database_secret(vault, credentials.database, address, owner=name, database=name)


def _database_secret(
    vault: MediaVault, login: DatabaseLogin, address: Address, *, owner: str, database: str
) -> Manifest:
    user, password = names.database_login(owner, second=login.second), login.password
    query = f"?sslmode={address.sslmode}" if address.sslmode else ""
    host = f"[{address.host}]" if ":" in address.host else address.host
    values = {
        "username": user,
        "password": password,
        "owner": owner,
        "database": database,
        "host": address.host,
        "port": address.port,
        "DATABASE_URL": (
            f"postgresql://{user}:{quote(password, safe='')}@{host}:{address.port}/{database}{query}"
        ),
    }
    if login.rotated_at:
        values["rotatedAt"] = login.rotated_at
    if login.retired:
        values["retired"] = names.database_login(owner, second=not login.second)
    return _secret(vault, names.database_secret(vault.name), names.DATABASE, values)


def build_backup_secret(vault: MediaVault, credentials: Credentials) -> Manifest:
    """The key by which backups are encrypted. It outlives the vault under every policy, as backups do."""
    kept = replace(vault, deletion_policy=DeletionPolicy.RETAIN)
    values = {"password": credentials.backup_password}
    return _secret(kept, names.backup_secret(vault.name), names.BACKUP, values)


def _secret(vault: MediaVault, name: str, component: str, values: dict[str, str]) -> Manifest:
    return {
        **data_manifest(vault, kind="Secret", name=name, component=component),
        "type": "Opaque",
        "data": {key: b64encode(value.encode()).decode() for key, value in values.items()},
    }
