"""Who hears that a backup has ended: the vault that waits for it, though the operator wrote so itself."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from datetime import datetime
from typing import Any

import pytest

from mediavault_operator import names
from mediavault_operator.kube.cache import Cache, Key, Vaults
from mediavault_operator.kube.events import Announcer
from mediavault_operator.kube.resources import BACKUP
from mediavault_operator.kube.watch import Scope
from mediavault_operator.protecting import Protecting
from mediavault_operator.spec import Defaults, MediaVault, effective

Body = dict[str, Any]
KEY = Key("tenant", "photos")
SCOPE = Scope(BACKUP, None, {})
SPEC: Body = {"backup": {"target": {"claim": {"name": "backups"}}}, "deletionPolicy": "Backup"}
REQUEST: Body = {
    "metadata": {
        "name": "last",
        "namespace": "tenant",
        "uid": "uid-of-last",
        "generation": 1,
        "resourceVersion": "1",
        "creationTimestamp": "2026-11-22T11:00:00Z",
    },
    "spec": {"vaultName": "photos"},
}
JOB: Body = {
    "kind": "Job",
    "metadata": {
        "name": "last-backup",
        "uid": "uid-of-job",
        "resourceVersion": "1",
        "ownerReferences": [{"uid": "uid-of-last"}],
    },
    "status": {"conditions": [{"type": "Complete", "status": "True"}]},
}


class Server:
    """Takes every status and Event."""

    async def create(self, resource: Any, namespace: str, body: Body) -> Body:
        return body

    async def apply_status(self, resource: Any, namespace: str, body: Body) -> Body:
        metadata = {**REQUEST["metadata"], "resourceVersion": "2"}
        return {**REQUEST, "metadata": metadata, "status": body["status"]}


def ended_pod() -> Body:
    said = {"snapshot": "1a2b3c4d5e", "files": 3, "missing": 0, "size": 900, "added": 100}
    ended = {"terminated": {"exitCode": 0, "message": json.dumps(said)}}
    metadata = {
        "name": "last-backup-x",
        "uid": "uid-of-pod",
        "resourceVersion": "1",
        "creationTimestamp": "2026-11-22T11:00:00Z",
        "labels": {names.JOB_NAME_LABEL: "last-backup"},
    }
    status = {"phase": "Succeeded", "containerStatuses": [{"name": names.BACKUP_CONTAINER, "state": ended}]}
    return {"kind": "Pod", "metadata": metadata, "status": status}


@pytest.fixture(name="vaults")
def vaults_that_leave(make_vault: Callable[..., MediaVault]) -> Vaults:
    vaults = Vaults()
    metadata = {"name": "photos", "namespace": "tenant", "uid": "vault-uid", "resourceVersion": "7"}
    vaults.put(
        {
            "metadata": {**metadata, "deletionTimestamp": "2026-11-22T12:00:00Z"},
            "spec": SPEC,
            "status": {"effective": effective(make_vault(SPEC))},
        }
    )
    return vaults


@pytest.fixture(name="cache")
def filled_cache() -> Cache:
    cache = Cache(label=names.VAULT_LABEL, on_change=lambda _: None)
    for obj in (JOB, ended_pod()):
        cache.put(obj, key=KEY)
    return cache


@pytest.fixture(name="heard")
def heard_keys() -> "asyncio.Queue[Key]":
    return asyncio.Queue()


@pytest.fixture(name="protecting")
async def protecting_at_work(
    vaults: Vaults, cache: Cache, heard: "asyncio.Queue[Key]", defaults: Defaults, now: datetime
) -> AsyncIterator[Protecting]:
    server: Any = Server()
    protecting = Protecting(
        server,
        vaults=vaults,
        cache=cache,
        announcer=Announcer(server, instance="us", now=lambda: now),
        defaults=defaults,
        on_news=heard.put_nowait,
        now=lambda: now,
        clock=asyncio.get_running_loop().time,
    )
    work = asyncio.create_task(protecting.run(period=600))
    yield protecting
    work.cancel()
    await asyncio.wait([work])


def phase(protecting: Protecting) -> str:
    (backup,) = protecting.backups.of(KEY)
    return str((backup.get("status") or {}).get("phase") or "")


async def test_a_vault_that_waits_hears_at_once_of_the_end_that_we_wrote(
    protecting: Protecting, heard: "asyncio.Queue[Key]"
) -> None:
    async with asyncio.timeout(5):
        protecting.backups.changed(SCOPE, REQUEST)
        assert (await heard.get(), phase(protecting)) == (KEY, ""), "the watch told"
        assert (await heard.get(), phase(protecting)) == (KEY, "Completed"), "no watch has told"


async def test_a_vault_that_waits_for_nothing_hears_nothing(
    protecting: Protecting, vaults: Vaults, heard: "asyncio.Queue[Key]"
) -> None:
    vaults.drop(vaults.get(KEY) or {})
    protecting.backups.changed(SCOPE, REQUEST)
    assert heard.empty()
