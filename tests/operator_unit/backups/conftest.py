"""What a reconcile of backups is told of, and an API server that answers it."""

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from mediavault_operator import names
from mediavault_operator.kube import errors
from mediavault_operator.kube.backups import Backups
from mediavault_operator.kube.cache import Cache, Key, Vaults
from mediavault_operator.kube.events import Announcer
from mediavault_operator.kube.report import Reporter
from mediavault_operator.kube.resources import BACKUP
from mediavault_operator.reconcile_backups import BackupReconciler
from mediavault_operator.spec import Defaults, MediaVault, effective
from mediavault_operator.status.conditions import find

Body = dict[str, Any]
KEY = Key("tenant", "photos")
PLAN: Body = {"target": {"claim": {"name": "backups"}}}


class Server:
    """An API server that takes every write, unless there is `trouble`.

    `line` is what a pod says, `unseen` an object that no watch shows.
    """

    def __init__(self, backups: Backups) -> None:
        self._backups = backups
        self.made: list[Body] = []
        self.events: list[Body] = []
        self.statuses: list[Body] = []
        self.deleted: list[tuple[str, str]] = []
        self.trouble: errors.ApiError | None = None
        self.unseen: Body | None = None
        self.patches: list[Body] = []
        self.line: str = ""
        self._version = 100

    async def create(self, resource: Any, namespace: str, body: Body) -> Body:
        if resource.kind == "Event":
            self.events.append(body)
            return body
        if self.trouble:
            raise self.trouble
        self.made.append(body)
        return self._answer(body, uid=f"uid-of-{body['metadata']['name']}")

    async def apply_status(self, resource: Any, namespace: str, body: Body) -> Body:
        self.statuses.append(body["status"])
        known = self._backups.get(Key(namespace, body["metadata"]["name"])) or {}
        return self._answer({**known, "status": body["status"]})

    async def delete(self, resource: Any, namespace: str, name: str, *, uid: str) -> None:
        if self.trouble:
            raise self.trouble
        self.deleted.append((resource.kind, name))

    async def get(self, resource: Any, namespace: str, name: str) -> Body:
        if self.unseen is None:
            raise errors.NotFound("it is gone")
        return self.unseen

    async def merge(self, resource: Any, namespace: str, name: str, patch: Body) -> Body:
        self.patches.append(patch)
        return self._answer(self.unseen or {})

    async def last_line(self, namespace: str, pod: str, container: str) -> str:
        return self.line

    def _answer(self, body: Body, **more: str) -> Body:
        self._version += 1
        assigned = {"creationTimestamp": "2026-11-22T12:00:00Z", **body["metadata"], **more}
        return {**body, "metadata": {**assigned, "resourceVersion": str(self._version)}}


class Told:
    """What a reconcile is told of, and what it does."""

    def __init__(self, defaults: Defaults, now: datetime) -> None:
        self.vaults = Vaults()
        self.backups = Backups(on_change=lambda _: None)
        self.server = Server(self.backups)
        self.cache = Cache(label=names.VAULT_LABEL, on_change=lambda _: None)
        self.ended: list[str] = []
        client: Any = self.server
        self._announcer = Announcer(client, instance="us", now=lambda: now)
        self._reconciler = BackupReconciler(
            client=client,
            vaults=self.vaults,
            backups=self.backups,
            cache=self.cache,
            reporter=Reporter(client, self.backups, self._announcer, now=lambda: now, resource=BACKUP),
            on_end=lambda body: self.ended.append(body["metadata"]["name"]),
            defaults=defaults,
            now=lambda: now,
        )

    async def look(self) -> float | None:
        pause = await self._reconciler.reconcile(KEY)
        await self._announcer.posted()
        return pause

    def backup(self, name: str, *, scheduled: bool = False, at: str = "11:00", **status: Any) -> None:
        """There is a MediaVaultBackup, made today."""
        metadata = {
            "name": name,
            "namespace": "tenant",
            "uid": f"uid-of-{name}",
            "generation": 1,
            "resourceVersion": "1",
            "creationTimestamp": f"2026-11-22T{at}:00Z",
        }
        spec = {"vaultName": "photos", **({"scheduled": True} if scheduled else {})}
        self.backups.put({"metadata": metadata, "spec": spec, "status": status})

    def job(self, backup: str, ended: str = "", *, owner: str = "") -> None:
        """There is the Job of a backup."""
        name = names.backup_job(backup)
        metadata = {
            "name": name,
            "uid": f"uid-of-{name}",
            "resourceVersion": "1",
            "ownerReferences": [{"uid": owner or f"uid-of-{backup}"}],
        }
        conditions = [{"type": ended, "status": "True", "reason": "BackoffLimitExceeded"}] if ended else []
        job = {"kind": "Job", "metadata": metadata, "status": {"conditions": conditions}}
        self.cache.drop(job, at=0)
        self.cache.put(job, key=KEY)

    def pod(self, backup: str, said: Body | None = None) -> None:
        """There is the pod of a backup, running until it has `said` how it ended."""
        terminated = {"exitCode": 0, "message": json.dumps(said)}
        container = {"name": names.BACKUP_CONTAINER, "state": {"terminated": terminated} if said else {}}
        metadata = {
            "name": f"{backup}-x",
            "uid": f"uid-of-{backup}-x",
            "resourceVersion": "1",
            "creationTimestamp": "2026-11-22T11:00:00Z",
            "labels": {names.JOB_NAME_LABEL: names.backup_job(backup)},
        }
        status = {"phase": "Succeeded" if said else "Running", "containerStatuses": [container]}
        self.cache.put({"kind": "Pod", "metadata": metadata, "status": status}, key=KEY)

    def web(self, deployment: Body) -> None:
        """There is the Deployment of the vault."""
        containers = [{"name": names.WEB_CONTAINER, "image": "registry/app:0.9"}]
        metadata = {**deployment["metadata"], "uid": "uid-of-web", "resourceVersion": "1"}
        spec = {**deployment["spec"], "template": {"spec": {"containers": containers}}}
        self.cache.put({**deployment, "kind": "Deployment", "metadata": metadata, "spec": spec}, key=KEY)

    def status(self, backup: str) -> Body:
        """The status of a backup."""
        body = self.backups.get(Key("tenant", backup)) or {}
        return dict(body.get("status") or {})

    def reason(self, backup: str) -> str:
        """Why a backup is Ready, or is not."""
        return str((find(self.status(backup), "Ready") or {}).get("reason"))


@pytest.fixture(name="told")
def nothing_yet(defaults: Defaults, now: datetime) -> Told:
    return Told(defaults, now)


@pytest.fixture(name="apply")
def vault_in(told: Told, make_vault: Callable[..., MediaVault]) -> Callable[..., Body]:
    """Makes the vault with this plan of backups, and `more` of its spec: ready and served unless told
    otherwise. `serving` of its web pods are.
    """

    def apply(
        plan: Body | None = PLAN,
        *,
        ready: bool = True,
        degraded: bool = False,
        serving: int = 1,
        served: bool = True,
        paused: bool = False,
        **more: Any,
    ) -> Body:
        spec = more if plan is None else {**more, "backup": plan}
        told_of = {"Ready": ready, "Degraded": degraded}
        conditions = [{"type": kind, "status": str(holds)} for kind, holds in told_of.items()]
        shown = {"effective": effective(make_vault(spec))} if served else {}
        metadata: Body = {"name": "photos", "namespace": "tenant", "uid": "vault-uid", "resourceVersion": "7"}
        if paused:
            metadata["annotations"] = {names.PAUSED_ANNOTATION: "true"}
        body = {
            "metadata": metadata,
            "spec": spec,
            "status": {"conditions": conditions, "readyReplicas": serving, **shown},
        }
        told.vaults.put(body)
        return body

    return apply


@pytest.fixture(name="running")
def running_vault(told: Told, apply: Callable[..., Body], deployment: Callable[..., Body]) -> None:
    """The vault runs."""
    apply()
    told.web(deployment())
