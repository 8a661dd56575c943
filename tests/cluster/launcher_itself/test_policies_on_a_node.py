"""NetworkPolicies hold on a real node: what they allow flows, what they do not is dropped."""

from collections.abc import Iterator
from uuid import uuid4

import pytest

from launcher.cluster import Cluster
from launcher.kube import Object
from launcher_itself.pods import SleepingPod, apply, becomes, run, sleeping_pod

pytestmark = pytest.mark.node

PORT = 8000


@pytest.fixture
def namespace(own_node: Cluster) -> Iterator[str]:
    name = f"p{uuid4().hex[:8]}"
    own_node.kubectl("create", "namespace", name)
    yield name
    own_node.kubectl("delete", "namespace", name, "--wait=false")


@pytest.fixture
def server(own_node: Cluster, namespace: str) -> Iterator[SleepingPod]:
    """A pod that takes connections on two ports."""
    pod = run(own_node, namespace, sleeping_pod("server"))
    with pod.listening(PORT), pod.listening(PORT + 1):
        yield pod


def policy(selected: str, **spec: object) -> Object:
    return {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": {"name": f"for-{selected}"},
        "spec": {"podSelector": {"matchLabels": {"app": selected}}, **spec},
    }


def test_only_the_pods_and_ports_that_are_named_get_in(
    own_node: Cluster, namespace: str, server: SleepingPod
) -> None:
    friend = run(own_node, namespace, sleeping_pod("friend"))
    stranger = run(own_node, namespace, sleeping_pod("stranger"))
    assert stranger.reaches(server.address, PORT)
    peer = {"podSelector": {"matchLabels": {"app": "friend"}}}
    apply(own_node, namespace, policy("server", ingress=[{"from": [peer], "ports": [{"port": PORT}]}]))
    becomes(False, stranger, server.address, PORT)
    assert friend.reaches(server.address, PORT)
    assert not friend.reaches(server.address, PORT + 1)
    own_node.kubectl("delete", "networkpolicy", "for-server", "-n", namespace)
    becomes(True, stranger, server.address, PORT)


def test_a_pod_held_to_an_egress_rule_reaches_that_alone(
    own_node: Cluster, namespace: str, server: SleepingPod
) -> None:
    client = run(own_node, namespace, sleeping_pod("client"))
    kubernetes = own_node.kubectl("get", "service", "kubernetes", "-o", "jsonpath={.spec.clusterIP}")
    assert client.reaches(kubernetes, 443)
    peer = {"podSelector": {"matchLabels": {"app": "server"}}}
    apply(own_node, namespace, policy("client", policyTypes=["Egress"], egress=[{"to": [peer]}]))
    becomes(False, client, kubernetes, 443)
    assert client.reaches(server.address, PORT)
    assert server.reaches(kubernetes, 443)


def test_rules_hold_for_what_comes_through_a_service(
    own_node: Cluster, namespace: str, server: SleepingPod
) -> None:
    client = run(own_node, namespace, sleeping_pod("client"))
    service = {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": "server"},
        "spec": {"selector": {"app": "server"}, "ports": [{"port": 80, "targetPort": PORT}]},
    }
    apply(own_node, namespace, service)
    address = own_node.kubectl(
        "get", "service", "server", "-n", namespace, "-o", "jsonpath={.spec.clusterIP}"
    )
    becomes(True, client, address, 80)
    apply(own_node, namespace, policy("server", ingress=[{"ports": [{"port": PORT + 1}]}]))
    becomes(False, client, address, 80)
    assert client.reaches(server.address, PORT + 1)
