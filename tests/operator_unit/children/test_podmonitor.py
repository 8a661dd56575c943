"""The PodMonitor."""

from collections.abc import Callable
from typing import Any

from mediavault_operator import names
from mediavault_operator.children.deployment import build_deployment
from mediavault_operator.children.podmonitor import build_pod_monitor

Maker = Callable[..., Any]


def test_it_finds_the_port_of_the_web_pods(make_vault: Maker) -> None:
    vault = make_vault({"monitoring": {}})
    spec = build_pod_monitor(vault, vault.monitoring)["spec"]
    deployment = build_deployment(vault, image="app:1", secrets="s", shared=False)["spec"]
    ports = [port for each in deployment["template"]["spec"]["containers"] for port in each.get("ports", ())]
    (endpoint,) = spec["podMetricsEndpoints"]
    assert spec["selector"] == deployment["selector"]
    assert endpoint["port"] in {port["name"] for port in ports}
    assert endpoint["interval"] == "60s"


def test_labels_of_the_spec_choose_a_prometheus_and_never_replace_ours(make_vault: Maker) -> None:
    vault = make_vault({"monitoring": {"interval": "15s", "labels": {"release": "p"}}})
    built = build_pod_monitor(vault, vault.monitoring)
    assert built["metadata"]["labels"] == {"release": "p", **names.labels("photos", names.WEB)}
    assert built["spec"]["podMetricsEndpoints"][0]["interval"] == "15s"
