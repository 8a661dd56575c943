"""Letting a MediaVault go only after its last backup, and when what it has elsewhere has gone."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from mediavault_operator import names
from mediavault_operator.children import Plan
from mediavault_operator.kube import errors
from mediavault_operator.kube.backups import Backups
from mediavault_operator.kube.cache import Vaults, key_of
from mediavault_operator.observed import Observed
from mediavault_operator.parting import PATIENCE, TRY_AGAIN, Parting
from mediavault_operator.servers.postgres import NotOurs, ServerError
from mediavault_operator.sharing import SecretUnusable
from mediavault_operator.spec import Defaults, MediaVault, effective, parse
from mediavault_operator.status import Event

BACKED_UP = {"backup": {"target": {"claim": {"name": "backups"}}}, "deletionPolicy": "Backup"}
RUNS = Plan(manifests=({"kind": "Deployment"},), stale=(), template=None)
SHARED = {"database": {"shared": {"adminSecretName": "server"}}, "deletionPolicy": "Delete"}


class Cluster:
    """What is written, told and dropped."""

    def __init__(self) -> None:
        self.written: list[dict[str, Any]] = []
        self.told: list[Event] = []
        self.dropped = 0
        self.released = 0
        self.asked: list[dict[str, Any]] = []
        self.trouble: Exception | None = None
        self.refusal: Exception | None = None

    async def merge(self, resource: Any, namespace: str, name: str, patch: dict[str, Any]) -> dict[str, Any]:
        self.written.append(patch["metadata"])
        metadata = {**patch["metadata"], "name": name, "namespace": namespace, "resourceVersion": "8"}
        return {"metadata": metadata}

    async def post(self, resource: Any, obj: Any, event: Event) -> None:
        self.told.append(event)

    async def release(self, vault: dict[str, Any]) -> None:
        self.released += 1

    async def create(self, resource: Any, namespace: str, body: dict[str, Any]) -> dict[str, Any]:
        if self.refusal:
            raise self.refusal
        self.asked.append(body)
        return {**body, "metadata": {**body["metadata"], "uid": "backup-uid", "resourceVersion": "9"}}

    async def drop(self, vault: MediaVault) -> None:
        self.dropped += 1
        if self.trouble:
            raise self.trouble


@pytest.fixture(name="cluster")
def played_cluster() -> Cluster:
    return Cluster()


@pytest.fixture(name="parting")
def partings(cluster: Cluster, defaults: Defaults, now: datetime) -> Parting:
    part: Any = cluster
    return Parting(
        client=part,
        vaults=Vaults(),
        backups=Backups(on_change=lambda _: None),
        sharing=part,
        retention=part,
        announcer=part,
        defaults=defaults,
        now=lambda: now,
    )


def body_of(vault: MediaVault, spec: dict[str, Any], *finalizers: str, **more: str) -> dict[str, Any]:
    metadata = {"name": "photos", "namespace": "tenant", "uid": "vault-uid", "resourceVersion": "7", **more}
    return {
        "metadata": {**metadata, "finalizers": list(finalizers)},
        "spec": spec,
        "status": {"effective": effective(vault)},
    }


async def test_only_a_database_that_is_to_go_holds_a_vault_back(
    parting: Parting, cluster: Cluster, make_vault: Callable[..., MediaVault]
) -> None:
    for spec in ({}, {"deletionPolicy": "Delete"}, {**SHARED, "deletionPolicy": "Retain"}):
        vault = make_vault(spec)
        body = body_of(vault, spec)
        assert await parting.hold(body, vault) is body
    assert cluster.written == []
    vault = make_vault(SHARED)
    held = await parting.hold(body_of(vault, SHARED, "others.io/own"), vault)
    assert held["metadata"]["finalizers"] == ["others.io/own", names.FINALIZER]
    assert cluster.written[0]["resourceVersion"] == "7", "written only on what was seen"
    assert parting.vaults.get(key_of(held)) is not None


async def test_a_database_that_is_to_stay_holds_nothing_back_any_more(
    parting: Parting, cluster: Cluster, make_vault: Callable[..., MediaVault]
) -> None:
    spec = {**SHARED, "deletionPolicy": "Retain"}
    vault = make_vault(spec)
    await parting.hold(body_of(vault, spec, names.FINALIZER), vault)
    assert cluster.written[0]["finalizers"] is None


async def test_a_vault_goes_when_its_database_has(
    parting: Parting, cluster: Cluster, make_vault: Callable[..., MediaVault], now: datetime
) -> None:
    body = body_of(make_vault(SHARED), SHARED, names.FINALIZER, deletionTimestamp=now.isoformat())
    assert await parting.part(body) is None
    assert (cluster.dropped, [event.reason for event in cluster.told]) == (1, ["DatabaseDropped"])
    assert cluster.released == 1
    assert cluster.written[0]["finalizers"] is None


async def test_nothing_is_dropped_that_is_to_stay_or_not_ours(
    parting: Parting, cluster: Cluster, make_vault: Callable[..., MediaVault], now: datetime
) -> None:
    free = body_of(make_vault(SHARED), SHARED, deletionTimestamp=now.isoformat())
    assert await parting.part(free) is None
    late = {**SHARED, "deletionPolicy": "Retain"}
    await parting.part(body_of(make_vault(SHARED), late, names.FINALIZER, deletionTimestamp=now.isoformat()))
    assert (cluster.dropped, cluster.released) == (0, 0)
    assert [event.reason for event in cluster.told] == ["DatabaseKept"]


@pytest.mark.parametrize("trouble", [SecretUnusable("there is no Secret"), NotOurs("theirs")])
async def test_what_can_never_be_dropped_is_told_and_holds_up_nothing(
    parting: Parting,
    cluster: Cluster,
    make_vault: Callable[..., MediaVault],
    now: datetime,
    trouble: Exception,
) -> None:
    cluster.trouble = trouble
    body = body_of(make_vault(SHARED), SHARED, names.FINALIZER, deletionTimestamp=now.isoformat())
    assert await parting.part(body) is None
    (event,) = cluster.told
    assert (event.type, event.reason) == ("Warning", "DatabaseLeft")
    assert str(trouble) in event.message
    assert names.shared_database("tenant", "photos") in event.message


async def test_a_server_that_is_away_is_waited_for_until_the_deadline(
    parting: Parting, cluster: Cluster, make_vault: Callable[..., MediaVault], now: datetime
) -> None:
    cluster.trouble = ServerError("away")
    vault = make_vault(SHARED)
    young = body_of(vault, SHARED, names.FINALIZER, deletionTimestamp=now.isoformat())
    assert await parting.part(young) == TRY_AGAIN
    assert cluster.written == []
    asked = now - PATIENCE - timedelta(seconds=1)
    old = body_of(vault, SHARED, names.FINALIZER, deletionTimestamp=asked.isoformat())
    assert await parting.part(old) is None
    assert [event.reason for event in cluster.told] == ["DatabaseLeft"]


def test_the_last_spec_that_was_served_says_where_the_database_is(
    make_vault: Callable[..., MediaVault], defaults: Defaults
) -> None:
    shown = effective(make_vault(SHARED))
    body = {"metadata": {"name": "photos", "namespace": "tenant"}, "spec": shown}
    assert parse(body, defaults=defaults).database == make_vault(SHARED).database


Body = dict[str, Any]


@pytest.fixture
def leaving(make_vault: Callable[..., MediaVault], now: datetime) -> Body:
    """A vault that is deleted under the policy Backup."""
    vault = make_vault({**BACKED_UP, "suspend": True, "replicas": 1})
    return body_of(vault, BACKED_UP, names.FINALIZER, deletionTimestamp=now.isoformat())


async def test_a_last_backup_holds_a_vault_back(
    parting: Parting, make_vault: Callable[..., MediaVault]
) -> None:
    vault = make_vault(BACKED_UP)
    held = await parting.hold(body_of(vault, BACKED_UP), vault)
    assert held["metadata"]["finalizers"] == [names.FINALIZER]


def test_until_its_last_backup_a_vault_runs_its_database_alone(parting: Parting, leaving: Body) -> None:
    vault = parting.before_its_last_backup(leaving)
    assert vault is not None
    assert (vault.suspend, vault.replicas) == (False, 0)


@pytest.mark.parametrize("policy", ["Retain", "Delete"])
def test_another_policy_waits_for_no_backup(parting: Parting, leaving: Body, policy: str) -> None:
    leaving["spec"] = {**BACKED_UP, "deletionPolicy": policy}
    assert parting.before_its_last_backup(leaving) is None


def test_a_deletion_that_leaves_everything_waits_for_no_backup(parting: Parting, leaving: Body) -> None:
    leaving["metadata"]["finalizers"].append("orphan")
    assert parting.before_its_last_backup(leaving) is None


async def test_the_last_backup_begins_when_nobody_can_write_any_more(
    parting: Parting, cluster: Cluster, leaving: Body
) -> None:
    web = {"metadata": {"name": "w", "labels": {names.COMPONENT_LABEL: names.WEB}}, "status": {}}
    backup = await parting.last_backup(leaving, RUNS, Observed(pods=(web,)))
    assert backup is not None
    assert (backup.name, cluster.asked) == ("", [])
    backup = await parting.last_backup(leaving, RUNS, Observed())
    assert backup is not None
    assert backup.name == "photos-last-vault-ui"
    assert [body["spec"] for body in cluster.asked] == [{"vaultName": "photos"}]
    await parting.last_backup(leaving, RUNS, Observed())
    assert len(cluster.asked) == 1, "asked for once"


async def test_a_vault_that_never_ran_goes_without_and_leaves_what_it_has(
    parting: Parting, cluster: Cluster, leaving: Body
) -> None:
    nothing = Plan(manifests=({"kind": "Secret"},), stale=(), template=None)
    assert await parting.last_backup(leaving, nothing, Observed()) is None
    assert await parting.part(leaving) is None
    assert (cluster.asked, cluster.released) == ([], 0)
    assert cluster.written[0]["finalizers"] is None


async def test_a_namespace_that_goes_waits_for_no_backup(
    parting: Parting, cluster: Cluster, leaving: Body
) -> None:
    cluster.refusal = errors.NamespaceTerminating("it goes", status=403)
    assert await parting.last_backup(leaving, RUNS, Observed()) is None


async def test_data_go_after_the_last_backup_alone(parting: Parting, cluster: Cluster, leaving: Body) -> None:
    leaving["status"]["lastBackup"] = "photos-last-vault-ui"
    assert parting.before_its_last_backup(leaving) is None
    assert await parting.part(leaving) is None
    assert cluster.released == 1
    assert cluster.written[0]["finalizers"] is None
