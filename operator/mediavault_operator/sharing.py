"""Databases on shared servers: made in the background, so that a server that is slow or away holds up nobody.

The server's admin Secret is read when it is needed and kept nowhere. What was done is remembered for some
minutes and then looked at again, so that a role that somebody dropped comes back.
"""

import asyncio
import base64
import hashlib
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from mediavault_operator import names
from mediavault_operator.kube import errors, resources
from mediavault_operator.kube.cache import Key
from mediavault_operator.kube.client import Client
from mediavault_operator.observed import SharedServer
from mediavault_operator.servers import postgres
from mediavault_operator.servers.postgres import Admin, NotOurs, NotThere, ServerError, Tenancy
from mediavault_operator.spec import MediaVault, SharedDatabase

log = logging.getLogger(__name__)

AT_ONCE: Final = 4
GOOD_FOR: Final = 900.0
"""Seconds for which a database that stood is taken to stand; then it is looked at again."""
TRY_AGAIN: Final = 15.0
"""Seconds after a failure before the next attempt."""


class SecretUnusable(Exception):
    """The server's admin Secret is gone, may not be read, or lacks what is needed."""


@dataclass
class _Attempt:
    """The last work on one vault's database; `mark` says on which server and with which password."""

    mark: str
    stands: bool = False
    reason: str = ""
    trouble: str = ""
    ended: float = 0.0
    task: asyncio.Task[None] | None = field(default=None, repr=False)


class Sharing:
    """Keeps vaults' databases on shared servers; `on_change` hears of every vault whose database has news."""

    def __init__(
        self, client: Client, *, on_change: Callable[[Key], None], clock: Callable[[], float]
    ) -> None:
        self._client = client
        self._on_change = on_change
        self._clock = clock
        self._slots = asyncio.Semaphore(AT_ONCE)
        self._attempts: dict[Key, _Attempt] = {}

    def look(
        self, key: Key, vault: MediaVault, server: SharedServer, *, secret: Mapping[str, str], new: bool
    ) -> SharedServer:
        """What is known of a vault's database; where that is too little, work on it begins.

        `server` is what its admin Secret shows, `secret` the values of the vault's own one; `new` says that
        the vault has never had a database.
        """
        if server.address is None or not secret.get("password"):
            return server
        database, wanted = _shared(vault), tenancy(vault, secret, new=new)
        account = (wanted.login, wanted.password, wanted.retired)
        mark = hashlib.sha256("\0".join((server.digest, vault.uid, *account)).encode()).hexdigest()
        attempt = self._attempts.get(key)
        if attempt is None or (attempt.mark != mark and attempt.task is None):
            attempt = self._attempts[key] = _Attempt(mark)
        if attempt.task is None and self._is_due(attempt):
            work = self._bring(key, attempt, database, wanted)
            attempt.task = asyncio.create_task(work, name=f"database of {key.namespace}/{key.name}")
        known = attempt.mark == mark
        return replace(
            server, stands=known and attempt.stands, reason=attempt.reason, trouble=attempt.trouble
        )

    async def drop(self, vault: MediaVault) -> None:
        """Drop a vault's database and role. Raises SecretUnusable, NotOurs, ServerError."""
        admin = await self._admin(_shared(vault))
        async with self._slots:
            await asyncio.to_thread(postgres.drop, admin, tenancy(vault, {}))

    def forget(self, key: Key) -> None:
        """Keep nothing of a vault that is gone."""
        self._attempts.pop(key, None)

    def close(self) -> None:
        """Begin nothing any more."""
        for attempt in self._attempts.values():
            if attempt.task is not None:
                attempt.task.cancel()

    def _is_due(self, attempt: _Attempt) -> bool:
        pause = GOOD_FOR if attempt.stands and not attempt.trouble else TRY_AGAIN
        return not attempt.ended or self._clock() - attempt.ended > pause

    async def _bring(self, key: Key, attempt: _Attempt, database: SharedDatabase, wanted: Tenancy) -> None:
        try:
            admin = await self._admin(database)
            async with self._slots:
                await asyncio.to_thread(postgres.bring, admin, wanted)
            attempt.stands, attempt.reason, attempt.trouble = True, "", ""
        except NotOurs as error:
            attempt.stands, attempt.reason, attempt.trouble = False, "NameTaken", str(error)
        except NotThere as error:
            attempt.stands, attempt.reason, attempt.trouble = False, "DatabaseMissing", str(error)
        except (ServerError, SecretUnusable, errors.ApiError) as error:
            attempt.reason, attempt.trouble = "Unreachable", str(error)
            log.warning("%s/%s: the shared server: %s", *key, error)
        finally:
            attempt.ended, attempt.task = self._clock(), None
            self._on_change(key)

    async def _admin(self, database: SharedDatabase) -> Admin:
        place = f"Secret {database.admin_secret} in namespace {database.admin_namespace}"
        try:
            found = await self._client.get(resources.SECRET, database.admin_namespace, database.admin_secret)
        except errors.NotFound:
            raise SecretUnusable(f"there is no {place}") from None
        except errors.Forbidden:
            raise SecretUnusable(f"the operator may not read the {place}") from None
        return admin_of(found.get("data") or {}, place=place)


def admin_of(data: Mapping[str, str], *, place: str) -> Admin:
    """The admin that a Secret's data (base64) tell of; raises SecretUnusable."""
    values = {key: base64.b64decode(value).decode(errors="replace").strip() for key, value in data.items()}
    lacking = [key for key in names.SERVER_KEYS if not values.get(key)]
    port = values.get("port") or "5432"
    if lacking or not port.isdecimal():
        raise SecretUnusable(f"the {place} lacks {', '.join(lacking) or 'a port that is a number'}")
    return Admin(
        host=values["host"],
        port=int(port),
        username=values["username"],
        password=values["password"],
        database=values.get("database") or Admin.database,
        sslmode=values.get("sslmode") or Admin.sslmode,
    )


def tenancy(vault: MediaVault, secret: Mapping[str, str], *, new: bool = False) -> Tenancy:
    """What a vault has on a shared server, as the values of its own Secret say."""
    name = names.shared_database(vault.namespace, vault.name)
    return Tenancy(
        name=name,
        owner=vault.uid,
        second=names.database_login(name, second=True),
        login=secret.get("username") or name,
        password=secret.get("password", ""),
        retired=secret.get("retired", ""),
        new=new,
    )


def _shared(vault: MediaVault) -> SharedDatabase:
    if not isinstance(vault.database, SharedDatabase):
        raise TypeError(f"{vault.namespace}/{vault.name} has no database on a shared server")
    return vault.database
