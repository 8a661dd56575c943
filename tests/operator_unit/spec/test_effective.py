"""The spec as it is served."""

from collections.abc import Callable
from typing import Any

import pytest

from mediavault_operator.spec import Defaults, MediaVault, effective, last_served, parse

SPECS: list[dict[str, Any]] = [
    {},
    {"storage": {"s3": {"bucket": "media", "endpoint": "http://s3", "region": "r", "secretName": "k"}}},
    {"storage": {"claim": {"existingClaim": "old"}}, "database": {"external": {"secretName": "url"}}},
    {
        "database": {"embedded": {}},
        "service": {"type": "NodePort", "nodePort": 30080, "annotations": {"a": "b"}},
    },
    {
        "pods": {
            "labels": {"team": "media"},
            "annotations": {"a/b": "c"},
            "nodeSelector": {"disk": "ssd"},
            "tolerations": [
                {"key": "media", "value": "only", "effect": "NoExecute", "tolerationSeconds": 30},
                {"operator": "Exists"},
            ],
            "affinity": {"podAffinity": {}},
            "topologySpread": [{"topologyKey": "rack", "maxSkew": 2, "whenUnsatisfiable": "DoNotSchedule"}],
            "priorityClassName": "high",
            "runtimeClassName": "gvisor",
            "imagePullSecrets": ["registry"],
        }
    },
    {"pods": {"topologySpread": []}},
    {"storage": {"claim": {"storageClassName": "", "volumeName": "disk"}}, "resources": {}},
    {"database": {"managed": {"storageClassName": "", "resources": {}}}},
    {"users": [{"username": "bob", "admin": True, "email": "b@c.d"}, {"username": "ann", "secretName": "s"}]},
    {"gateway": {"parentRefs": [{"name": "g", "port": 443}], "hostnames": ["a.example"], "tls": False}},
    {"monitoring": {}, "service": {"type": "LoadBalancer", "loadBalancerSourceRanges": ["192.0.2.0/24"]}},
    {"imagePullPolicy": "Always", "admin": {"username": "eve", "email": "eve@example.org"}, "suspend": True},
]


def test_every_decision_of_the_operator_shows(make_vault: Callable[..., MediaVault]) -> None:
    shown = effective(make_vault())
    assert shown["replicas"] == 1
    assert shown["storage"] == {"claim": {"size": "10Gi", "accessModes": ["ReadWriteOnce"]}}
    assert shown["database"]["managed"]["image"] == "registry/postgres:17"
    assert "imagePullPolicy" not in shown


@pytest.mark.parametrize("spec", SPECS)
def test_what_is_shown_is_itself_a_spec_of_the_same_vault(
    spec: dict[str, Any], make_vault: Callable[..., MediaVault], defaults: Defaults
) -> None:
    shown = effective(make_vault(spec))
    again = parse({"metadata": {"name": "photos"}, "spec": shown}, defaults=defaults)
    assert effective(again) == shown


@pytest.mark.parametrize("spec", SPECS)
def test_a_vault_can_be_served_from_its_status_alone(
    spec: dict[str, Any], make_vault: Callable[..., MediaVault], defaults: Defaults
) -> None:
    vault = make_vault(spec)
    body = {
        "metadata": {"name": "photos", "namespace": "tenant", "uid": "vault-uid", "generation": 3},
        "spec": {"replicas": "nonsense"},
        "status": {"effective": effective(vault)},
    }
    again = last_served(body, defaults=defaults)
    assert again is not None
    assert effective(again) == effective(vault)


@pytest.mark.parametrize("status", [None, {}, {"effective": {"replicas": "many"}}])
def test_nothing_was_served_where_the_status_tells_of_nothing(status: Any, defaults: Defaults) -> None:
    assert last_served({"metadata": {"name": "photos"}, "status": status}, defaults=defaults) is None
