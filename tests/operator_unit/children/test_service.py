"""The Services."""

from collections.abc import Callable
from typing import Any

from mediavault_operator import names
from mediavault_operator.children.service import build_database_service, build_service

Maker = Callable[..., Any]


def test_the_service_leads_its_port_to_the_named_port_of_the_web_pods(make_vault: Maker) -> None:
    spec = build_service(make_vault({"service": {"type": "LoadBalancer", "port": 8080}}))["spec"]
    assert spec["type"] == "LoadBalancer"
    assert spec["ports"] == [{"name": "http", "port": 8080, "targetPort": "http", "protocol": "TCP"}]
    assert spec["selector"] == names.selector("photos", names.WEB)


def test_a_node_port_and_annotations_are_passed_on(make_vault: Maker) -> None:
    service = {"type": "NodePort", "nodePort": 30080, "annotations": {"cloud/lb": "internal"}}
    built = build_service(make_vault({"service": service}))
    assert built["spec"]["ports"][0]["nodePort"] == 30080
    assert built["metadata"]["annotations"]["cloud/lb"] == "internal"
    assert built["metadata"]["annotations"][names.VAULT_UID_ANNOTATION] == "vault-uid"


def test_the_databases_service_has_no_address_of_its_own(make_vault: Maker) -> None:
    spec = build_database_service(make_vault())["spec"]
    assert (spec["clusterIP"], spec["ports"][0]["port"]) == ("None", 5432)


def test_what_concerns_traffic_from_outside_is_passed_on_as_written(make_vault: Maker) -> None:
    balancer = {
        "loadBalancerClass": "cloud/internal",
        "loadBalancerSourceRanges": ["192.0.2.0/24"],
        "externalTrafficPolicy": "Local",
    }
    spec = build_service(make_vault({"service": {"type": "LoadBalancer", **balancer}}))["spec"]
    assert balancer.items() <= spec.items()
    assert not balancer.keys() & build_service(make_vault())["spec"].keys()
