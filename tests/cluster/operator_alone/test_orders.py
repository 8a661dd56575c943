"""What is ordered of a running vault: to be left alone, to be restarted, to have more room."""

from functools import partial

import pytest

from playing.api import Api, Object
from playing.audit import STATUS, Audit
from playing.kubelet import Kubelet
from playing.types import Vault
from playing.waiting import condition, until, until_ready

pytestmark = [pytest.mark.controlplane, pytest.mark.usefixtures("operator")]

EMBEDDED: Object = {"embedded": {}}


def order(api: Api, **annotations: str | None) -> None:
    named = {f"mediavault.io/{key.replace('_', '-')}": value for key, value in annotations.items()}
    api.patch("MediaVault", "demo", {"metadata": {"annotations": named}})


def size_of(api: Api, claim: str) -> str:
    found = api.get("PersistentVolumeClaim", claim) or {}
    return str(found["spec"]["resources"]["requests"]["storage"])


def reason(api: Api, kind: str) -> str:
    return str(condition(api, "demo", kind).get("reason", ""))


def test_a_paused_vault_is_left_alone_until_it_goes_on(
    api: Api, audit: Audit, kubelet: Kubelet, apply_vault: Vault
) -> None:
    apply_vault(database=EMBEDDED)
    until_ready(api, "demo")
    order(api, paused="true")
    until(lambda: condition(api, "demo", "Paused").get("status") == "True")
    assert condition(api, "demo", "Ready")["status"] == "True"
    until(audit.quiet)
    writes = len(audit.writes())
    api.delete("Service", "demo")
    api.patch("MediaVault", "demo", {"spec": {"service": {"port": 8080}}})
    until(audit.quiet)
    assert api.get("Service", "demo") is None
    assert {call.resource for call in audit.writes()[writes:]} <= {STATUS}
    order(api, paused=None)
    assert until_ready(api, "demo")["status"]["url"].endswith(":8080")
    assert condition(api, "demo", "Paused") == {}


def test_a_restart_is_ordered_by_an_annotation(api: Api, kubelet: Kubelet, apply_vault: Vault) -> None:
    apply_vault(database=EMBEDDED)
    until_ready(api, "demo")
    pods = {pod["metadata"]["uid"] for pod in api.list("Pod")}
    order(api, restarted_at="now")
    until(lambda: pods.isdisjoint(pod["metadata"]["uid"] for pod in api.list("Pod")) and api.list("Pod"))
    until_ready(api, "demo")


@pytest.mark.parametrize(
    ("spec", "field", "claim", "part"),
    [
        ({"database": EMBEDDED}, ("storage", "claim"), "demo-media", "StorageReady"),
        ({}, ("database", "managed"), "demo-db", "DatabaseReady"),
    ],
)
def test_a_claim_grows_where_its_class_allows_it_and_says_why_where_not(
    api: Api,
    kubelet: Kubelet,
    apply_vault: Vault,
    spec: Object,
    field: tuple[str, str],
    claim: str,
    part: str,
) -> None:
    name = f"grows-{api.namespace}"
    kind = {"apiVersion": "storage.k8s.io/v1", "kind": "StorageClass"}
    api.create(
        {**kind, "metadata": {"name": name}, "provisioner": "example.org/none", "allowVolumeExpansion": True}
    )
    outer, inner = field

    def want(size: str) -> None:
        api.patch("MediaVault", "demo", {"spec": {outer: {inner: {"size": size}}}})

    apply_vault(**{**spec, outer: {inner: {"size": "10Gi", "storageClassName": name}}})
    until_ready(api, "demo")
    want("20Gi")
    until(lambda: size_of(api, claim) == "20Gi")
    until_ready(api, "demo")
    api.patch("StorageClass", name, {"allowVolumeExpansion": False})
    want("30Gi")
    until(lambda: reason(api, part) == "CannotGrow" == reason(api, "Stalled"))
    assert "allowVolumeExpansion" in condition(api, "demo", part)["message"]
    # A setting that needs no larger claim is served all the same.
    api.patch("MediaVault", "demo", {"spec": {"resources": {"limits": {"memory": "2Gi"}}}})
    until(partial(_has_limit, api, "2Gi"))
    want("20Gi")
    until_ready(api, "demo")
    assert size_of(api, claim) == "20Gi"


def _has_limit(api: Api, memory: str) -> bool:
    deployment = api.get("Deployment", "demo") or {}
    web = deployment["spec"]["template"]["spec"]["containers"][0]
    return bool(web["resources"]["limits"]["memory"] == memory)


def test_users_that_go_and_come_back_are_each_time_brought_by_a_migration(
    api: Api, kubelet: Kubelet, apply_vault: Vault
) -> None:
    with_ann, without = [{"username": "ann"}], None

    def migrated() -> Object:
        return dict((api.get("MediaVault", "demo") or {})["status"]["migration"])

    apply_vault(users=with_ann)
    until_ready(api, "demo")
    first = migrated()
    for users in (without, with_ann):
        before = migrated()
        api.patch("MediaVault", "demo", {"spec": {"users": users}})
        until(lambda before=before: migrated() != before)  # type: ignore[misc]
        until_ready(api, "demo")
    assert migrated() == first
    assert (api.get("Deployment", "demo") or {})["metadata"]["generation"] == 1
    assert api.get("Secret", "demo-user-ann") is not None
