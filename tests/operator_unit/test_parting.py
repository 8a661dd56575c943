"""Letting a MediaVault go only when what it has outside of the cluster has gone; not waiting for ever."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from mediavault_operator import names
from mediavault_operator.kube.cache import Vaults, key_of
from mediavault_operator.parting import PATIENCE, TRY_AGAIN, Parting
from mediavault_operator.servers.postgres import NotOurs, ServerError
from mediavault_operator.sharing import SecretUnusable
from mediavault_operator.spec import Defaults, MediaVault, effective, parse
from mediavault_operator.status import Event

SHARED = {"database": {"shared": {"adminSecretName": "server"}}, "deletionPolicy": "Delete"}


class Cluster:
    """What is written, told and dropped."""

    def __init__(self) -> None:
        self.written: list[dict[str, Any]] = []
        self.told: list[Event] = []
        self.dropped = 0
        self.trouble: Exception | None = None

    async def merge(self, resource: Any, namespace: str, name: str, patch: dict[str, Any]) -> dict[str, Any]:
        self.written.append(patch["metadata"])
        metadata = {**patch["metadata"], "name": name, "namespace": namespace, "resourceVersion": "8"}
        return {"metadata": metadata}

    async def post(self, resource: Any, obj: Any, event: Event) -> None:
        self.told.append(event)

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
    return Parting(part, Vaults(), part, part, defaults, now=lambda: now)


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
    assert cluster.written[0]["finalizers"] is None


async def test_nothing_is_dropped_that_is_to_stay_or_not_ours(
    parting: Parting, cluster: Cluster, make_vault: Callable[..., MediaVault], now: datetime
) -> None:
    free = body_of(make_vault(SHARED), SHARED, deletionTimestamp=now.isoformat())
    assert await parting.part(free) is None
    late = {**SHARED, "deletionPolicy": "Retain"}
    await parting.part(body_of(make_vault(SHARED), late, names.FINALIZER, deletionTimestamp=now.isoformat()))
    assert cluster.dropped == 0
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
