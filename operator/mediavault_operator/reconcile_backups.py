"""The backups of one vault: those that were asked for are taken one after the other, and the schedule's asked
for.

Like that of a vault it is one story, told from its start by every trigger.
"""

import asyncio
import json
import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Final

from mediavault_operator import names
from mediavault_operator.children.backup_job import build_backup_job
from mediavault_operator.children.backup_request import build_backup_request
from mediavault_operator.kube import errors, resources
from mediavault_operator.kube.apply import marked, relabelled
from mediavault_operator.kube.backups import Backups
from mediavault_operator.kube.cache import Cache, Key, Ref, Vaults
from mediavault_operator.kube.client import Body, Client
from mediavault_operator.kube.report import Reporter
from mediavault_operator.kube.resources import Resource
from mediavault_operator.kube.watch import trimmed
from mediavault_operator.observed import (
    Observed,
    component_of,
    is_running,
    job_of,
    media_is_shared,
    name_of,
    true_condition,
)
from mediavault_operator.schedule import next_due
from mediavault_operator.spec import (
    BackupPlan,
    Defaults,
    MediaVault,
    data_may_go,
    is_paused,
    last_served,
    parse_request,
)
from mediavault_operator.status.backup import (
    FINISHED,
    BackupSeen,
    compute_backup_status,
    failure_event,
    kept_snapshots,
    obstacle,
    unreadable,
)

log = logging.getLogger(__name__)

LOOK_AGAIN: Final = 10.0
"""Seconds after which a running backup is asked again how far it is."""


@dataclass(frozen=True, kw_only=True)
class BackupReconciler:
    """Reconciles the backups of one vault at a time; beside progress it reads from the caches only.

    `on_end` hears of each backup that was seen to end, as no watch tells what we wrote ourselves.
    """

    client: Client
    vaults: Vaults
    backups: Backups
    cache: Cache
    reporter: Reporter
    on_end: Callable[[Body], None]
    defaults: Defaults
    now: Callable[[], datetime]

    async def reconcile(self, key: Key) -> float | None:
        """Bring every backup of the vault on, ask for the one that is due, and say when to look again."""
        bodies = self.backups.of(key)
        body = self.vaults.get(key)
        # What is served by now: a class may have decided, and a newer spec may be refused.
        vault = None if body is None else last_served(body, defaults=self.defaults)
        unfinished = [each for each in bodies if _phase(each) not in FINISHED and not _leaves(each)]
        first, ended = "", False
        for each in unfinished:
            ended |= await self._bring_on(key, each, vault, before=first)
            first = first or name_of(each)
        if body is None or (_leaves(body) and data_may_go(body)):
            await self._let_go(key, bodies)
        if unfinished:
            return 0.0 if ended else LOOK_AGAIN
        if body is None or vault is None or vault.backup is None:
            return None
        if vault.backup.schedule is None or _rests(body, vault, vault.backup):
            return None
        return await self._ask(key, vault.backup.schedule, bodies)

    async def _bring_on(self, key: Key, body: Body, vault: MediaVault | None, *, before: str) -> bool:
        """Take a backup one step further; whether it has ended by now."""
        seen = await self._seen(key, body, vault, before=before)
        failed: errors.ApiError | None = None
        if seen.job is None and obstacle(seen) is None and seen.vault and seen.vault.backup:
            try:
                seen = replace(seen, job=await self._begin(key, seen, seen.vault, seen.vault.backup))
            except errors.ApiError as error:
                failed, seen = error, replace(seen, refused=error.said)
        previous = body.get("status") or {}
        status = compute_backup_status(seen, previous=previous, now=self.now())
        if status["phase"] == "Completed" and (kept := kept_snapshots(seen)) is not None:
            await self._prune(key, kept)
        await self.reporter.report(body, status, failure_event(status, previous))
        if failed is not None:
            raise failed
        if ended := status["phase"] in FINISHED:
            self.on_end(body)
        return ended

    async def _seen(self, key: Key, body: Body, vault: MediaVault | None, *, before: str) -> BackupSeen:
        request = parse_request(body)
        objects = self.cache.of(key)
        name = names.backup_job(request.name)
        job = objects.get(Ref("Job", name))
        pods = tuple(obj for ref, obj in objects.items() if ref.kind == "Pod" and job_of(obj) == name)
        return BackupSeen(
            request=request,
            vault=vault,
            awaited=vault is None and self.vaults.get(key) is not None,
            deployment=objects.get(Ref("Deployment", names.deployment(key.name))),
            job=job if job and _belongs(job, request.uid) else None,
            pods=pods,
            before=before,
            percent=await self._percent(key, pods),
        )

    async def _percent(self, key: Key, pods: tuple[Body, ...]) -> int | None:
        running = [pod for pod in pods if pod.get("status", {}).get("phase") == "Running"]
        if not running:
            return None
        try:
            line = await self.client.last_line(key.namespace, name_of(running[0]), names.BACKUP_CONTAINER)
            percent = float(json.loads(line)["percent"])
        except (errors.ApiError, ValueError, KeyError, TypeError, OverflowError):
            return None
        # Whose image it is may say anything.
        return int(percent) if 0 <= percent <= 100 else None

    async def _begin(self, key: Key, seen: BackupSeen, vault: MediaVault, plan: BackupPlan) -> Body:
        pods = (obj for ref, obj in self.cache.of(key).items() if ref.kind == "Pod")
        serve = any(component_of(pod) == names.WEB and is_running(pod) for pod in pods)
        job = build_backup_job(
            vault,
            plan,
            seen.request,
            web=(seen.deployment or {})["spec"]["template"]["spec"],
            # Somebody else's claim is taken for one that one node can mount.
            beside_web=serve and not media_is_shared(vault, Observed()),
        )
        try:
            answer = await self.client.create(resources.JOB, key.namespace, marked(job))
        except errors.AlreadyExists as taken:
            answer = await self._found(key, job, seen.request.uid, taken)
        log.info("%s/%s: backup %s begins", *key, seen.request.name)
        made = trimmed(resources.JOB, answer)
        self.cache.put(made, key=key)
        return made

    async def _found(self, key: Key, job: Body, uid: str, taken: errors.AlreadyExists) -> Body:
        """The Job of the backup with this uid that no watch shows: it lost its labels, which it gets back."""
        name = name_of(job)
        try:
            found = await self.client.get(resources.JOB, key.namespace, name)
        except errors.NotFound:  # whoever had the name has left it, and nothing will tell us so
            raise errors.Conflict(taken.message, said=taken.said) from taken
        if not _belongs(found, uid):
            raise taken
        return await relabelled(self.client, job, found)

    async def _prune(self, key: Key, kept: frozenset[str]) -> None:
        """Delete what is said of scheduled backups that the repository has not any more, or that failed."""
        gone = [body for body in self.backups.of(key) if _is_over(body, kept)]
        await asyncio.gather(*(self._delete(key, body) for body in gone))

    async def _delete(self, key: Key, body: Body) -> None:
        await self._remove(resources.BACKUP, key, body)
        self.reporter.forget(body)

    async def _remove(self, resource: Resource, key: Key, obj: Body) -> None:
        try:
            await self.client.delete(resource, key.namespace, name_of(obj), uid=obj["metadata"]["uid"])
        except errors.NotFound:
            return
        log.info("%s/%s: %s %s is over", *key, resource.kind, name_of(obj))

    async def _let_go(self, key: Key, bodies: tuple[Body, ...]) -> None:
        """Delete the Jobs of ended backups, as their pods would hold the claims of a vault that is gone."""
        objects = self.cache.of(key)
        over = (Ref("Job", names.backup_job(name_of(each))) for each in bodies if _phase(each) in FINISHED)
        await asyncio.gather(
            *(self._remove(resources.JOB, key, objects[ref]) for ref in over if ref in objects)
        )

    async def _ask(self, key: Key, schedule: str, bodies: tuple[Body, ...]) -> float:
        """Ask for the backup that the schedule wants by now; the seconds until the next one."""
        made = [_created(each) for each in bodies if (each.get("spec") or {}).get("scheduled")]
        now = self.now()
        due = next_due(schedule, last=max(made, default=None), now=now)
        if due > now:
            return (due - now).total_seconds()
        name = names.scheduled_backup(key.name, due)
        wanted = build_backup_request(key.namespace, key.name, name=name, scheduled=True)
        try:
            answer = await self.client.create(resources.BACKUP, key.namespace, wanted)
        except errors.AlreadyExists:
            return LOOK_AGAIN
        self.backups.put(trimmed(resources.BACKUP, answer))
        log.info("%s/%s: backup %s is due", *key, name)
        return 0.0


def _phase(body: Body) -> str:
    return str((body.get("status") or {}).get("phase") or "")


def _leaves(body: Body) -> bool:
    return "deletionTimestamp" in body["metadata"]


def _rests(body: Body, vault: MediaVault, plan: BackupPlan) -> bool:
    """Whether the schedule of a vault waits, so that no backup is asked for that could not begin."""
    if plan.suspend or vault.suspend or unreadable(vault) is not None:
        return True
    return is_paused(body) or _leaves(body) or not _serves(body)


def _serves(body: Body) -> bool:
    """Whether files come in: also where a change has failed and web pods of before are kept for as long."""
    if true_condition(body, "Ready") is not None:
        return True
    ready = (body.get("status") or {}).get("readyReplicas")
    return bool(ready) and true_condition(body, "Degraded") is not None


def _created(body: Body) -> datetime:
    return datetime.fromisoformat(body["metadata"]["creationTimestamp"]).astimezone(UTC)


def _belongs(job: Body, uid: str) -> bool:
    return any(owner["uid"] == uid for owner in job["metadata"].get("ownerReferences", ()))


def _is_over(body: Body, kept: frozenset[str]) -> bool:
    if not (body.get("spec") or {}).get("scheduled") or _leaves(body):
        return False
    snapshot = str((body.get("status") or {}).get("snapshot") or "")
    return _phase(body) == "Failed" or (_phase(body) == "Completed" and snapshot[:8] not in kept)
