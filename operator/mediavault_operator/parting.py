"""What has to be done before a MediaVault may go, held back by a finalizer: a last backup, and what lies
outside of the cluster.

What lies outside has a deadline, so that nothing hangs for long. A last backup has none, as data are never
deleted without it; a namespace that goes does not wait for it.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from mediavault_operator import names
from mediavault_operator.children import Plan
from mediavault_operator.children.backup_request import build_backup_request
from mediavault_operator.kube import errors, resources
from mediavault_operator.kube.backups import Backups
from mediavault_operator.kube.cache import Key, Vaults, key_of
from mediavault_operator.kube.client import Body, Client
from mediavault_operator.kube.events import Announcer
from mediavault_operator.kube.retention import Retention
from mediavault_operator.kube.watch import trimmed
from mediavault_operator.observed import Observed, component_of, is_running, name_of
from mediavault_operator.servers.postgres import NotOurs, ServerError
from mediavault_operator.sharing import SecretUnusable, Sharing, tenancy
from mediavault_operator.spec import (
    Defaults,
    DeletionPolicy,
    MediaVault,
    SharedDatabase,
    data_may_go,
    deletion_policy,
    last_served,
)
from mediavault_operator.status import Event, LastBackup

PATIENCE: Final = timedelta(minutes=5)
TRY_AGAIN: Final = 10.0
_ORPHANS: Final = "orphan"
"""The finalizer of a deletion that asks to leave everything as it is."""


@dataclass(frozen=True)
class Parting:
    """Holds a vault back for its last backup, and for its database on a shared server."""

    client: Client
    vaults: Vaults
    backups: Backups
    sharing: Sharing
    retention: Retention
    announcer: Announcer
    defaults: Defaults
    now: Callable[[], datetime]

    async def hold(self, body: Body, vault: MediaVault) -> Body:
        """The MediaVault with the finalizer, where something will have to be done before it goes."""
        goes = isinstance(vault.database, SharedDatabase) and vault.deletion_policy is DeletionPolicy.DELETE
        wanted = goes or vault.deletion_policy is DeletionPolicy.BACKUP
        if wanted == _is_held(body):
            return body
        return await self._write(body, held=wanted)

    def before_its_last_backup(self, body: Body) -> MediaVault | None:
        """A vault that is being deleted as it stands until its last backup; None where it waits for none.

        Its database runs, even if it was suspended, and nothing else: what came in later would be lost.
        """
        wanted = deletion_policy(body) is DeletionPolicy.BACKUP and not data_may_go(body)
        if not wanted or not _is_held(body) or _ORPHANS in body["metadata"]["finalizers"]:
            return None
        vault = last_served(body, defaults=self.defaults)
        return None if vault is None else replace(vault, suspend=False, replicas=0)

    async def last_backup(self, body: Body, plan: Plan, seen: Observed) -> LastBackup | None:
        """How far the last backup is, which begins when nobody can write any more.

        None where there can be none: of a vault that never ran, or in a namespace that goes itself.
        """
        if not any(manifest["kind"] == "Deployment" for manifest in plan.manifests):
            return None
        if any(component_of(pod) == names.WEB and is_running(pod) for pod in seen.pods):
            return LastBackup(name="", status={})
        try:
            backup = await self._ask(body)
        except errors.NamespaceTerminating:
            return None
        return LastBackup(name=name_of(backup), status=backup.get("status") or {})

    async def _ask(self, body: Body) -> Body:
        """The MediaVaultBackup, made where it is not there."""
        key = key_of(body)
        name = names.last_backup(key.name, body["metadata"]["uid"])
        known = self.backups.get(Key(key.namespace, name))
        if known is not None:
            return known
        wanted = build_backup_request(key.namespace, key.name, name=name, scheduled=False)
        try:
            answer = await self.client.create(resources.BACKUP, key.namespace, wanted)
        except errors.AlreadyExists:
            answer = await self.client.get(resources.BACKUP, key.namespace, name)
        made = trimmed(resources.BACKUP, answer)
        self.backups.put(made)
        return made

    async def part(self, body: Body) -> float | None:
        """Do what is to be done before a MediaVault that is being deleted goes, and let it go.

        Returns the seconds after which to try again.
        """
        if not _is_held(body):
            return None
        if data_may_go(body):
            await self.retention.release(body)
        told = await self._drop(body)
        if told is None:
            return TRY_AGAIN
        for event in told:
            await self.announcer.post(resources.VAULT, body, event)
        await self._write(body, held=False)
        return None

    async def _drop(self, body: Body) -> tuple[Event, ...] | None:
        """What came of the database outside, None while it may still go."""
        vault = last_served(body, defaults=self.defaults)
        if vault is None:
            return (_left("it is not known which it was"),)
        if not isinstance(vault.database, SharedDatabase):
            return ()
        name = tenancy(vault, {}).name
        if not data_may_go(body):
            return (Event(type="Normal", reason="DatabaseKept", message=f"The database {name} is kept"),)
        try:
            await self.sharing.drop(vault)
        except (SecretUnusable, NotOurs) as error:
            return (_left(f"{name}: {error}"),)
        except ServerError as error:
            asked = datetime.fromisoformat(body["metadata"]["deletionTimestamp"])
            return (_left(f"{name}: {error}"),) if self.now() - asked > PATIENCE else None
        message = f"The database and the role {name} were dropped from the shared server"
        return (Event(type="Normal", reason="DatabaseDropped", message=message),)

    async def _write(self, body: Body, *, held: bool) -> Body:
        metadata = body["metadata"]
        others = [each for each in metadata.get("finalizers", ()) if each != names.FINALIZER]
        finalizers = [*others, names.FINALIZER] if held else others
        known = {key: metadata[key] for key in ("uid", "resourceVersion")}
        patch = {"metadata": {**known, "finalizers": finalizers or None}}
        answer = await self.client.merge(resources.VAULT, metadata["namespace"], metadata["name"], patch)
        fresh = trimmed(resources.VAULT, answer)
        # One that is let go may be known to be gone by now, and must not come to life again.
        if "deletionTimestamp" not in metadata:
            self.vaults.put(fresh)
        return fresh


def _is_held(body: Body) -> bool:
    return names.FINALIZER in body["metadata"].get("finalizers", ())


def _left(why: str) -> Event:
    message = f"The database on the shared server was left there, drop it by hand: {why}"
    return Event(type="Warning", reason="DatabaseLeft", message=message)
