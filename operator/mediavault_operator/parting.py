"""What has to be done outside of the cluster before a MediaVault may go, held back by a finalizer.

It has a deadline, so that nothing hangs for long: neither a deletion nor a namespace.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from mediavault_operator import names
from mediavault_operator.kube import resources
from mediavault_operator.kube.cache import Vaults
from mediavault_operator.kube.client import Body, Client
from mediavault_operator.kube.events import Announcer
from mediavault_operator.kube.watch import trimmed
from mediavault_operator.servers.postgres import NotOurs, ServerError
from mediavault_operator.sharing import SecretUnusable, Sharing, tenancy
from mediavault_operator.spec import Defaults, DeletionPolicy, MediaVault, SharedDatabase, last_served
from mediavault_operator.status import Event

PATIENCE: Final = timedelta(minutes=5)
TRY_AGAIN: Final = 10.0


@dataclass(frozen=True)
class Parting:
    """Drops the database on a shared server of a vault that says `deletionPolicy: Delete`."""

    client: Client
    vaults: Vaults
    sharing: Sharing
    announcer: Announcer
    defaults: Defaults
    now: Callable[[], datetime]

    async def hold(self, body: Body, vault: MediaVault) -> Body:
        """The MediaVault with the finalizer, where something outside will have to go with it."""
        wanted = isinstance(vault.database, SharedDatabase) and vault.deletion_policy is DeletionPolicy.DELETE
        if wanted == _is_held(body):
            return body
        return await self._write(body, held=wanted)

    async def part(self, body: Body) -> float | None:
        """Do what is to be done before a MediaVault that is being deleted goes, and let it go.

        Returns the seconds after which to try again.
        """
        if not _is_held(body):
            return None
        told = await self._drop(body)
        if told is None:
            return TRY_AGAIN
        await self.announcer.post(resources.VAULT, body, told)
        await self._write(body, held=False)
        return None

    async def _drop(self, body: Body) -> Event | None:
        """What came of it, None while it may still come off."""
        vault = last_served(body, defaults=self.defaults)
        if vault is None or not isinstance(vault.database, SharedDatabase):
            return _left("it is not known which it was")
        name = tenancy(vault, {}).name
        if (body.get("spec") or {}).get("deletionPolicy", vault.deletion_policy) != DeletionPolicy.DELETE:
            return Event(type="Normal", reason="DatabaseKept", message=f"The database {name} is kept")
        try:
            await self.sharing.drop(vault)
        except (SecretUnusable, NotOurs) as error:
            return _left(f"{name}: {error}")
        except ServerError as error:
            asked = datetime.fromisoformat(body["metadata"]["deletionTimestamp"])
            return _left(f"{name}: {error}") if self.now() - asked > PATIENCE else None
        message = f"The database and the role {name} were dropped from the shared server"
        return Event(type="Normal", reason="DatabaseDropped", message=message)

    async def _write(self, body: Body, *, held: bool) -> Body:
        metadata = body["metadata"]
        others = [each for each in metadata.get("finalizers", ()) if each != names.FINALIZER]
        finalizers = [*others, names.FINALIZER] if held else others
        known = {key: metadata[key] for key in ("uid", "resourceVersion")}
        patch = {"metadata": {**known, "finalizers": finalizers or None}}
        answer = await self.client.merge(resources.VAULT, metadata["namespace"], metadata["name"], patch)
        fresh = trimmed(resources.VAULT, answer)
        self.vaults.put(fresh)
        return fresh


def _is_held(body: Body) -> bool:
    return names.FINALIZER in body["metadata"].get("finalizers", ())


def _left(why: str) -> Event:
    message = f"The database on the shared server was left there, drop it by hand: {why}"
    return Event(type="Warning", reason="DatabaseLeft", message=message)
