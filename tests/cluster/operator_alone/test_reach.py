"""Ways to a vault and its figures through kinds that other projects define, which may come, go and lack."""

from collections.abc import Iterator
from contextlib import ExitStack
from functools import partial
from typing import Any

import pytest

from launcher.cluster import Cluster
from launcher.fixtures import lacking
from launcher.progress import LackError
from playing.api import Api
from playing.audit import Audit
from playing.foreign_kinds import foreign_kinds
from playing.kubelet import Kubelet
from playing.operator import Operator
from playing.types import Start, Vault
from playing.waiting import condition, until, until_ready

pytestmark = pytest.mark.controlplane

GATEWAY: dict[str, Any] = {"parentRefs": [{"name": "edge"}], "hostnames": ["a.example"]}
SPEC: dict[str, Any] = {"database": {"embedded": {}}, "gateway": GATEWAY, "monitoring": {}}


@pytest.fixture
def has_foreign_kinds(served: Cluster) -> Iterator[None]:
    try:
        with foreign_kinds(served):
            yield
    except LackError as error:
        lacking(error)


def test_a_vault_is_served_where_the_kinds_are_missing_and_gets_them_when_they_come(
    served: Cluster, api: Api, kubelet: Kubelet, start: Start, apply_vault: Vault
) -> None:
    with start():
        apply_vault(**SPEC)
        until_ready(api, "demo")
        assert condition(api, "demo", "Incomplete")["reason"] == "KindMissing"
    with ExitStack() as running:
        try:
            with foreign_kinds(served):
                # One that begins looks at once; the look each minute is a unit's to prove.
                running.enter_context(start())
                until(lambda: api.get("PodMonitor", "demo") and api.get("HTTPRoute", "demo"))
                until(lambda: not condition(api, "demo", "Incomplete"))
        except LackError as error:
            lacking(error)
        until(lambda: condition(api, "demo", "Incomplete"), what="the kinds are seen to be gone")
        assert condition(api, "demo", "Ready")["status"] == "True"


def test_route_and_monitor_come_with_their_fields_stay_as_they_are_and_go(
    has_foreign_kinds: None, api: Api, audit: Audit, kubelet: Kubelet, operator: Operator, apply_vault: Vault
) -> None:
    apply_vault(**SPEC)
    until_ready(api, "demo")
    until(lambda: api.get("PodMonitor", "demo") and api.get("HTTPRoute", "demo"))
    until(audit.quiet)
    assert condition(api, "demo", "ServiceReady")["reason"] == "RoutePending"
    parents = [{"parentRef": {"name": "edge"}, "controllerName": "a.b/c", "conditions": [accepted()]}]
    api.patch_status("HTTPRoute", "demo", {"parents": parents})
    until(lambda: condition(api, "demo", "ServiceReady")["reason"] == "Addressed")
    assert "is kept otherwise" not in operator.log.read_text()
    api.patch("HTTPRoute", "demo", {"spec": {"hostnames": ["stolen.example"]}})
    until(lambda: (api.get("HTTPRoute", "demo") or {})["spec"]["hostnames"] == ["a.example"])
    api.patch("MediaVault", "demo", {"spec": {"gateway": None, "monitoring": None}})
    until(lambda: api.get("PodMonitor", "demo") is None and api.get("HTTPRoute", "demo") is None)


def accepted() -> dict[str, str]:
    return {
        "type": "Accepted",
        "status": "True",
        "reason": "Accepted",
        "message": "",
        "lastTransitionTime": "2026-11-25T00:00:00Z",
    }


def has(api: Api, service: dict[str, Any]) -> bool:
    found: dict[str, Any] = (api.get("Service", "demo") or {})["spec"]
    return service.items() <= found.items()


def test_a_service_goes_through_every_type_and_back(
    api: Api, kubelet: Kubelet, operator: Operator, apply_vault: Vault
) -> None:
    balancer = {
        "type": "LoadBalancer",
        "loadBalancerClass": "a/b",
        "loadBalancerSourceRanges": ["192.0.2.0/24"],
        "externalTrafficPolicy": "Local",
    }
    apply_vault(database={"embedded": {}}, service=balancer)
    until_ready(api, "demo")
    found = (api.get("Service", "demo") or {})["spec"]
    assert balancer.items() <= found.items()
    assert condition(api, "demo", "ServiceReady")["reason"] == "LoadBalancerPending"
    for service in ({"type": "NodePort", "externalTrafficPolicy": "Cluster"}, {"type": "ClusterIP"}):
        api.patch("MediaVault", "demo", {"spec": {"service": None}})
        api.patch("MediaVault", "demo", {"spec": {"service": service}})
        until(partial(has, api, service))
        until_ready(api, "demo")
    left = (api.get("Service", "demo") or {})["spec"]
    assert not {"loadBalancerClass", "loadBalancerSourceRanges", "externalTrafficPolicy"} & left.keys()
