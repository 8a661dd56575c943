"""From a MediaVault to all its children and to Ready, for each kind of database."""

import pytest

from playing.api import Api
from playing.audit import STATUS, Audit
from playing.kubelet import Kubelet
from playing.operator import Operator
from playing.types import Vault
from playing.waiting import condition, until, until_ready

pytestmark = [pytest.mark.controlplane, pytest.mark.usefixtures("operator")]

COMMON = {
    "Secret/demo-admin",
    "Secret/demo-django",
    "ServiceAccount/demo",
    "Service/demo",
    "NetworkPolicy/demo",
    "PersistentVolumeClaim/demo-media",
    "Deployment/demo",
}
MANAGED = {
    "Secret/demo-database",
    "Service/demo-db",
    "NetworkPolicy/demo-db",
    "PersistentVolumeClaim/demo-db",
    "StatefulSet/demo-db",
}
TLS = {"hosts": ["b.example.org"], "secretName": "demo-tls"}
KINDS = sorted({child.partition("/")[0] for child in COMMON | MANAGED} | {"PodDisruptionBudget"})


def children(api: Api) -> set[str]:
    found = {f"{kind}/{obj['metadata']['name']}" for kind in KINDS for obj in api.list(kind)}
    return found - {"ServiceAccount/default"}


def jobs(api: Api) -> list[str]:
    return [job["metadata"]["name"] for job in api.list("Job")]


def test_a_vault_that_says_nothing_gets_a_database_of_its_own(
    api: Api, kubelet: Kubelet, apply_vault: Vault
) -> None:
    apply_vault()
    vault = until_ready(api, "demo")
    assert children(api) == COMMON | MANAGED
    assert len(jobs(api)) == 1
    assert vault["status"]["phase"] == "Running"
    assert vault["status"]["version"] == "1.0"


def test_an_embedded_vault_needs_neither_database_nor_job(
    api: Api, kubelet: Kubelet, apply_vault: Vault
) -> None:
    apply_vault(database={"embedded": {}})
    until_ready(api, "demo")
    assert children(api) == COMMON
    assert jobs(api) == []


def test_an_external_vault_waits_for_its_secret_and_goes_on_as_soon_as_it_is_there(
    api: Api, kubelet: Kubelet, apply_vault: Vault
) -> None:
    apply_vault(database={"external": {"secretName": "theirs"}})
    until(lambda: condition(api, "demo", "DatabaseReady").get("status") == "False")
    assert "theirs" in condition(api, "demo", "DatabaseReady")["message"]
    assert jobs(api) == []
    secret = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "theirs"}}
    api.create({**secret, "stringData": {"DATABASE_URL": "postgresql://u:p@db.example/v"}})
    until_ready(api, "demo")
    assert children(api) == COMMON | {"Secret/theirs"}


def test_a_changed_database_url_is_migrated_to_before_the_pods_follow(
    api: Api, kubelet: Kubelet, apply_vault: Vault
) -> None:
    secret = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "theirs"}}
    api.create({**secret, "stringData": {"DATABASE_URL": "postgresql://u:p@one.example/v"}})
    apply_vault(database={"external": {"secretName": "theirs"}})
    until_ready(api, "demo")
    (first,) = jobs(api)
    api.patch("Secret", "theirs", {"stringData": {"DATABASE_URL": "postgresql://u:p@two.example/v"}})
    until(lambda: jobs(api) and first not in jobs(api))
    until_ready(api, "demo")


def test_more_replicas_get_a_disruption_budget_and_lose_it_again(
    api: Api, kubelet: Kubelet, apply_vault: Vault
) -> None:
    apply_vault(replicas=2, storage={"claim": {"accessModes": ["ReadWriteMany"]}})
    until(lambda: "PodDisruptionBudget/demo" in children(api))
    api.patch("MediaVault", "demo", {"spec": {"replicas": 1}})
    until(lambda: "PodDisruptionBudget/demo" not in children(api))


def test_an_ingress_comes_with_its_host_and_goes_with_it(
    api: Api, kubelet: Kubelet, apply_vault: Vault
) -> None:
    apply_vault(ingress={"host": "a.example.org"})
    until_ready(api, "demo")
    assert (api.get("MediaVault", "demo") or {})["status"]["url"] == "http://a.example.org"
    assert condition(api, "demo", "ServiceReady")["reason"] == "IngressPending"
    api.patch("MediaVault", "demo", {"spec": {"ingress": {"host": "b.example.org", "tls": {}}}})
    until(lambda: (api.get("Ingress", "demo") or {})["spec"].get("tls") == [TLS])
    until_ready(api, "demo")
    assert (api.get("MediaVault", "demo") or {})["status"]["url"] == "https://b.example.org"
    api.patch("MediaVault", "demo", {"spec": {"ingress": None}})
    until(lambda: api.get("Ingress", "demo") is None)
    until_ready(api, "demo")


def test_the_web_pods_wait_for_the_migration(api: Api, kubelet: Kubelet, apply_vault: Vault) -> None:
    kubelet.migrates = lambda: False
    apply_vault()
    until(lambda: jobs(api) and condition(api, "demo", "Degraded").get("status") == "True", seconds=60)
    assert api.get("Deployment", "demo") is None
    assert "no such table" in condition(api, "demo", "Migrated")["message"]


def test_writes_are_the_children_and_a_status_per_headline(
    api: Api, audit: Audit, kubelet: Kubelet, apply_vault: Vault
) -> None:
    apply_vault(database={"embedded": {}})
    until_ready(api, "demo")
    writes = [call.resource for call in audit.writes()]
    statuses = writes.count(STATUS)
    assert len(writes) - statuses == len(COMMON)
    assert 2 <= statuses <= 4


def test_nothing_is_read_to_provision_a_vault(
    api: Api, audit: Audit, kubelet: Kubelet, apply_vault: Vault
) -> None:
    until(
        lambda: "mediavaults.mediavault.io" in {call.resource for call in audit.reads()},
        what="the operator's last list",
    )
    started = len(audit.reads())
    apply_vault()
    until_ready(api, "demo")
    assert len(audit.reads()) == started


def test_generated_values_stay_what_they_are(
    api: Api, operator: Operator, kubelet: Kubelet, apply_vault: Vault
) -> None:
    apply_vault()
    until_ready(api, "demo")
    secrets = ("admin", "database", "django")
    before = {name: (api.get("Secret", f"demo-{name}") or {})["data"] for name in secrets}
    api.patch("MediaVault", "demo", {"spec": {"admin": {"email": "a@example.org"}}})
    until(lambda: (api.get("Secret", "demo-admin") or {})["data"]["email"] != before["admin"]["email"])
    after = (api.get("Secret", "demo-admin") or {})["data"]
    assert {**before["admin"], "email": after["email"]} == after
    assert (api.get("Secret", "demo-django") or {})["data"] == before["django"]
    assert (api.get("Secret", "demo-database") or {})["data"] == before["database"]
    assert after["password"].encode() not in operator.log.read_bytes()
