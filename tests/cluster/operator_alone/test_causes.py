"""No cause hides: what the cluster refuses is named in its part's condition within seconds."""

from typing import Any

import pytest

from playing.api import Api
from playing.kubelet import Kubelet
from playing.operator import Operator
from playing.types import Vault
from playing.waiting import condition, until

pytestmark = [pytest.mark.controlplane, pytest.mark.usefixtures("operator")]

SECONDS = 15
EXTERNAL: dict[str, Any] = {"database": {"external": {"secretName": "theirs"}}}
EMBEDDED: dict[str, Any] = {"database": {"embedded": {}}}


def forbid(api: Api, resource: str) -> None:
    """A quota of none, in force when the controller has counted what is used."""
    quota = {"apiVersion": "v1", "kind": "ResourceQuota", "metadata": {"name": "none"}}
    api.create({**quota, "spec": {"hard": {resource: "0"}}})
    until(lambda: (api.get("ResourceQuota", "none") or {})["status"].get("used"))


@pytest.mark.parametrize(
    ("resource", "spec", "part"),
    [
        ("pods", {}, "DatabaseReady"),
        ("pods", EXTERNAL, "Migrated"),
        ("pods", EMBEDDED, "WorkloadReady"),
        ("persistentvolumeclaims", EMBEDDED, "StorageReady"),
        ("services", EMBEDDED, "ServiceReady"),
    ],
)
def test_an_exceeded_quota_is_named(
    api: Api, kubelet: Kubelet, apply_vault: Vault, resource: str, spec: dict[str, Any], part: str
) -> None:
    secret = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "theirs"}}
    api.create({**secret, "stringData": {"DATABASE_URL": "postgresql://u:p@db.example/v"}})
    forbid(api, resource)
    apply_vault(**spec)
    until(lambda: condition(api, "demo", part).get("reason") == "QuotaExceeded", seconds=SECONDS)
    assert "exceeded quota: none" in condition(api, "demo", part)["message"]
    assert condition(api, "demo", "Ready")["status"] == "False"


def test_a_lifted_quota_lets_the_vault_go_on(
    api: Api, kubelet: Kubelet, operator: Operator, apply_vault: Vault
) -> None:
    forbid(api, "persistentvolumeclaims")
    apply_vault(**EMBEDDED)
    until(lambda: condition(api, "demo", "StorageReady").get("reason") == "QuotaExceeded", seconds=SECONDS)
    api.delete("ResourceQuota", "none")
    until(lambda: condition(api, "demo", "Ready").get("status") == "True", seconds=60)


def test_a_claim_that_nothing_provides_is_named(api: Api, operator: Operator, apply_vault: Vault) -> None:
    apply_vault(storage={"claim": {"storageClassName": "nobody"}}, **EMBEDDED)
    until(lambda: condition(api, "demo", "StorageReady").get("reason") == "ClaimPending", seconds=SECONDS)
    assert "demo-media" in condition(api, "demo", "StorageReady")["message"]


def test_a_failed_migration_is_named_in_its_own_words(
    api: Api, kubelet: Kubelet, operator: Operator, apply_vault: Vault
) -> None:
    kubelet.migrates = lambda: False
    apply_vault()
    until(lambda: condition(api, "demo", "Migrated").get("reason") in ("Crashing", "MigrationFailed"))
    assert "no such table" in condition(api, "demo", "Migrated")["message"]
