"""Several operators, one of which works: the others take over when it is gone."""

import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path

import pytest

from launcher.cluster import Cluster
from playing.api import Api
from playing.kubelet import Kubelet
from playing.operator import Operator, operating
from playing.types import Vault
from playing.waiting import until, until_ready

pytestmark = pytest.mark.controlplane

FAILOVER_SECONDS = 20.0
Contend = Callable[[], AbstractContextManager[Operator]]


@pytest.fixture
def contend(served: Cluster, api: Api, tmp_path: Path) -> Contend:
    """Starts an operator that works only while it holds the Lease."""
    return partial(
        operating,
        served.kubeconfig,
        tmp_path,
        namespaces=[api.namespace],
        environment={"MEDIAVAULT_LEASE_NAMESPACE": api.namespace},
    )


def leads(operator: Operator) -> bool:
    return "leading, by the Lease" in operator.log.read_text()


def test_one_works_and_the_other_stands_by_alive(
    api: Api, kubelet: Kubelet, contend: Contend, apply_vault: Vault
) -> None:
    with contend() as first, contend() as second:
        until(lambda: leads(first))
        apply_vault()
        until_ready(api, "demo")
        assert second.healthy()
        assert not leads(second)


def test_another_leads_soon_after_the_leader_was_killed(
    api: Api, kubelet: Kubelet, contend: Contend, apply_vault: Vault
) -> None:
    with contend() as first, contend() as second:
        until(lambda: leads(first))
        first.kill()
        killed = time.monotonic()
        apply_vault()
        until_ready(api, "demo")
        assert leads(second)
        assert time.monotonic() - killed < FAILOVER_SECONDS + 10


def test_a_leader_that_ends_in_order_leaves_the_lease_to_the_other_at_once(contend: Contend) -> None:
    with contend() as first, contend() as second:
        until(lambda: leads(first))
        first.stop()
        stopped = time.monotonic()
        until(lambda: leads(second), seconds=FAILOVER_SECONDS)
        assert time.monotonic() - stopped < FAILOVER_SECONDS / 2


def test_a_leader_that_was_away_for_too_long_ends_and_writes_nothing(
    api: Api, kubelet: Kubelet, contend: Contend, apply_vault: Vault
) -> None:
    with contend() as first, contend() as second:
        until(lambda: leads(first))
        first.pause()
        until(lambda: leads(second), seconds=FAILOVER_SECONDS)
        apply_vault()
        until_ready(api, "demo")
        first.resume()
        until(lambda: first.ended() is not None)
        assert first.ended() == 3
        assert "another may lead" in first.log.read_text()
