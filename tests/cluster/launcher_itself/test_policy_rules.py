"""NetworkPolicies become rules that say the same."""

from typing import Any

from launcher.kube import Object
from launcher.network_policies import ruleset, world

NAMESPACES = (
    {"metadata": {"name": "a", "labels": {"team": "one"}}},
    {"metadata": {"name": "b", "labels": {"team": "two"}}},
)


def pod(address: str, *, namespace: str = "a", created: str = "1", **labels: str) -> Object:
    port = {"name": "http", "containerPort": 8000}
    return {
        "metadata": {"namespace": namespace, "labels": labels, "creationTimestamp": created},
        "spec": {"containers": [{"ports": [port]}]},
        "status": {"phase": "Running", "podIP": address},
    }


def policy(**spec: Any) -> Object:
    return {"metadata": {"namespace": "a", "name": "p"}, "spec": {"podSelector": {}, **spec}}


def chains(policies: list[Object], *pods: Object) -> dict[str, list[str]]:
    """The rules of every chain, but for what lets a pod speak to itself."""
    found: dict[str, list[str]] = {}
    for line in ruleset(world(policies, pods, NAMESPACES)).splitlines():
        words = line.split()
        if words[:1] == ["chain"]:
            found[words[1]] = []
        elif line.startswith("    "):
            found[list(found)[-1]].append(line.strip())
    return {name: rules[1:] if name not in ("forward", "input") else rules for name, rules in found.items()}


def test_without_policies_nothing_is_held_back() -> None:
    assert set(chains([], pod("10.0.0.1"))) == {"forward", "input"}


def test_an_isolated_pod_receives_nothing_that_no_rule_names() -> None:
    rules = chains([policy()], pod("10.0.0.1"), pod("10.0.0.2", namespace="b"))
    assert rules["ingress_10_0_0_1"] == ["drop"]
    assert "ip daddr vmap { 10.0.0.1 : jump ingress_10_0_0_1 }" in rules["forward"]
    assert "egress_10_0_0_1" not in rules
    assert "ingress_10_0_0_2" not in rules


def test_a_peer_without_namespace_is_a_pod_of_the_same_namespace() -> None:
    allowed = {"from": [{"podSelector": {"matchLabels": {"app": "web"}}}], "ports": [{"port": 5432}]}
    rules = chains(
        [policy(podSelector={"matchLabels": {"app": "db"}}, ingress=[allowed])],
        pod("10.0.0.1", app="db"),
        pod("10.0.0.2", app="web"),
        pod("10.0.0.3", namespace="b", app="web"),
    )
    assert rules["ingress_10_0_0_1"] == ["ip saddr { 10.0.0.2 } tcp dport 5432 return", "drop"]


def test_a_peer_with_both_selectors_must_match_both() -> None:
    peer = {
        "namespaceSelector": {"matchExpressions": [{"key": "team", "operator": "In", "values": ["two"]}]},
        "podSelector": {"matchLabels": {"app": "dns"}},
    }
    rules = chains(
        [policy(policyTypes=["Egress"], egress=[{"to": [peer], "ports": [{"port": 53, "protocol": "UDP"}]}])],
        pod("10.0.0.1"),
        pod("10.0.0.2", namespace="b", app="dns"),
        pod("10.0.0.3", namespace="b", app="web"),
    )
    assert rules["egress_10_0_0_1"] == ["ip daddr { 10.0.0.2 } udp dport 53 return", "drop"]
    assert "ip saddr vmap { 10.0.0.1 : jump egress_10_0_0_1 }" in rules["input"]
    assert "ingress_10_0_0_1" not in rules


def test_a_rule_that_names_no_peer_lets_everyone_in_on_its_ports() -> None:
    ports = [{"port": 8000, "endPort": 8010}, {"port": "http"}, {"port": "unknown"}]
    rules = chains([policy(ingress=[{"ports": ports}])], pod("10.0.0.1"))
    assert rules["ingress_10_0_0_1"] == ["tcp dport 8000-8010 return", "tcp dport 8000 return", "drop"]


def test_an_empty_rule_lets_everything_in() -> None:
    assert chains([policy(ingress=[{}])], pod("10.0.0.1"))["ingress_10_0_0_1"] == ["return", "drop"]


def test_a_block_of_addresses_has_exceptions() -> None:
    block = {"cidr": "0.0.0.0/0", "except": ["10.0.0.0/8", "169.254.0.0/16"]}
    rules = chains([policy(policyTypes=["Egress"], egress=[{"to": [{"ipBlock": block}]}])], pod("10.0.0.1"))
    assert rules["egress_10_0_0_1"] == [
        "ip daddr 0.0.0.0/0 ip daddr != { 10.0.0.0/8, 169.254.0.0/16 } return",
        "drop",
    ]


def test_a_port_name_means_what_the_receiving_pod_calls_so() -> None:
    peer = {"podSelector": {"matchLabels": {"app": "web"}}}
    rules = chains(
        [policy(policyTypes=["Egress"], egress=[{"to": [peer], "ports": [{"port": "http"}]}])],
        pod("10.0.0.1"),
        pod("10.0.0.2", app="web"),
    )
    assert rules["egress_10_0_0_1"] == ["ip daddr 10.0.0.2 tcp dport 8000 return", "drop"]


def test_an_address_used_again_belongs_to_the_youngest_pod() -> None:
    held = policy(podSelector={"matchLabels": {"app": "old"}})
    rules = chains([held], pod("10.0.0.1", created="1", app="old"), pod("10.0.0.1", created="2", app="new"))
    assert "ingress_10_0_0_1" not in rules


def test_finished_pods_and_pods_on_the_nodes_network_have_no_rules() -> None:
    finished = pod("10.0.0.1")
    finished["status"]["phase"] = "Succeeded"
    on_node = pod("10.0.0.2")
    on_node["spec"]["hostNetwork"] = True
    assert set(chains([policy()], finished, on_node)) == {"forward", "input"}
