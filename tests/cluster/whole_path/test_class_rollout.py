"""A bad change of a class stops at the first of its vaults, while all of them serve on."""

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


def test_a_bad_image_is_tried_by_one_vault_and_takes_none_down(vaults: tuple[TenantVault, ...]) -> None:
    apply_class(vaults)
    for each in vaults:
        each.apply({"className": each.namespace})
    for each in vaults:
        each.wait()
    before = {each.name: each.names_of("pods") for each in vaults}

    apply_class(vaults, image="localhost/no-such-image:1")
    vaults[0].until(lambda: condition(vaults, "Stalled").get("reason") == "RolloutPaused", what="it stops")
    (tried,) = (each for each in vaults if each.names_of("jobs"))
    told = condition(vaults, "Stalled")["message"]
    assert f"{tried.namespace}/{tried.name}: " in told
    assert "localhost/no-such-image:1" in told
    for each in vaults:
        assert bool(each.condition("Outdated")) == (each != tried)
        assert before[each.name] <= each.names_of("pods")
        with each.tenant() as tenant:
            assert tenant.get("/api/files/").status_code == 200

    apply_class(vaults)
    vaults[0].until(lambda: condition(vaults, "Ready").get("reason") == "RolledOut", what="it is mended")
    for each in vaults:
        each.wait()
        each.until(lambda v=each: v.names_of("pods") == before[v.name], what="only its pod is there")  # type: ignore[misc]


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
