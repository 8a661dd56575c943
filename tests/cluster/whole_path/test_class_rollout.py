"""A bad change of a class stops at the first of its vaults: the others serve on, and mending it heals."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from launcher.cluster import Cluster
from tenancy.namespaces import restricted_namespace
from tenancy.vault import TenantVault

pytestmark = pytest.mark.node

NAMES = ("ann", "bob", "eve")


@pytest.fixture
def vaults(installed: Cluster) -> Iterator[tuple[TenantVault, ...]]:
    with restricted_namespace(installed) as namespace:
        yield tuple(TenantVault(installed, namespace, name) for name in NAMES)
        installed.kubectl("delete", "mediavaultclass", namespace)


def test_a_bad_image_takes_one_vault_only(vaults: tuple[TenantVault, ...]) -> None:
    apply_class(vaults)
    for each in vaults:
        each.apply({"className": each.namespace})
    for each in vaults:
        each.wait()
    former = {each.name: each.names_of("pods") for each in vaults}

    apply_class(vaults, image="localhost/no-such-image:1")
    vaults[0].until(
        lambda: condition(vaults, "Stalled").get("reason") == "RolloutPaused", what="it is stopped"
    )
    hit, *others = sorted(vaults, key=lambda each: each.condition("Ready")["status"])
    assert f"{hit.namespace}/{hit.name}: " in condition(vaults, "Stalled")["message"]
    assert "localhost/no-such-image:1" in condition(vaults, "Stalled")["message"]
    for each in others:
        assert each.condition("Outdated")["status"] == "True"
        with each.tenant() as tenant:
            assert tenant.get("/api/files/").status_code == 200

    apply_class(vaults)
    hit.wait()
    assert {each.name: each.names_of("pods") for each in others} == {
        each.name: former[each.name] for each in others
    }


def apply_class(vaults: tuple[TenantVault, ...], **defaults: str) -> None:
    """The vaults' class, as new or changed: one at a time, and these defaults."""
    body = {
        "apiVersion": "mediavault.io/v1",
        "kind": "MediaVaultClass",
        "metadata": {"name": vaults[0].namespace},
        "spec": {
            "defaults": {"database": {"embedded": {}}, **defaults},
            "rollout": {"maxConcurrent": 1, "progressDeadlineSeconds": 60},
        },
    }
    vaults[0].cluster.kubectl("apply", "-f", "-", stdin=json.dumps(body))


def condition(vaults: tuple[TenantVault, ...], kind: str) -> dict[str, Any]:
    """A condition of the class, empty where it has none of that type."""
    found = vaults[0].get("mediavaultclass", vaults[0].namespace) or {}
    conditions = found.get("status", {}).get("conditions", ())
    return next((each for each in conditions if each["type"] == kind), {})
