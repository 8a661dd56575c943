"""Fingerprints of the secrets that pods read once, at their start (0013), and what follows from them."""

from dataclasses import replace
from typing import Final

from mediavault_operator import names
from mediavault_operator.credentials import Credentials
from mediavault_operator.observed import Observed, SharedServer, component_of, is_running, secrets_of
from mediavault_operator.spec import Bucket, EmbeddedDatabase, ExternalDatabase, MediaVault, SharedDatabase

_AWAY: Final = SharedServer(found=False)


def web_mark(vault: MediaVault, credentials: Credentials, observed: Observed) -> str | None:
    """The fingerprint of what web pods read once, at their start."""
    if isinstance(vault.database, EmbeddedDatabase):
        return credentials.fingerprint(accounts_mark(vault, credentials))
    marks = [_database_mark(vault, credentials, observed), _bucket_mark(vault, observed)]
    known = [mark for mark in marks if mark is not None]
    return credentials.fingerprint(*filter(None, known)) if len(known) == len(marks) else None


def _database_mark(vault: MediaVault, credentials: Credentials, observed: Observed) -> str | None:
    if isinstance(vault.database, SharedDatabase):
        address = (observed.shared_server or _AWAY).address
        known = (credentials.database.password, *(vars(address).values() if address else ()))
        return "\0".join(known) if address else None
    if not isinstance(vault.database, ExternalDatabase):
        return credentials.database.password
    secret = observed.referenced_secret
    return secret.digest if secret and secret.has_key else None


def _bucket_mark(vault: MediaVault, observed: Observed) -> str | None:
    if not isinstance(vault.storage, Bucket) or vault.storage.secret_name is None:
        return ""
    secret = observed.bucket_secret
    return secret.digest if secret and secret.has_key else None


def accounts_mark(vault: MediaVault, credentials: Credentials) -> str:
    """The fingerprint of the declared accounts with their passwords and tokens."""
    logins = (credentials.admin, *(credentials.users[user.secret] for user in vault.users))
    secrets = (secret for login in logins for secret in (login.password, login.token))
    return credentials.fingerprint(vault.admin.username, vault.admin.email, *secrets)


def retiring(vault: MediaVault, credentials: Credentials, observed: Observed) -> Credentials:
    """The same credentials; the database's former account is retired once no pod can have begun with it."""
    login = credentials.database
    if login.retired or not login.rotated_at:
        return credentials
    mark = web_mark(vault, credentials, observed)
    users = [pod for pod in observed.pods if is_running(pod) and component_of(pod) != names.DATABASE]
    follows = observed.deployment is not None and secrets_of(observed.deployment["spec"]["template"]) == mark
    if not follows or any(component_of(pod) != names.WEB or secrets_of(pod) != mark for pod in users):
        return credentials
    return replace(credentials, database=replace(login, retired=True))
