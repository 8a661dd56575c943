"""What somebody does to a child: every edit in our fields is undone, and undoing it disturbs nothing else."""

from collections.abc import Callable
from functools import partial

import pytest

from playing.api import Api, Object
from playing.kubelet import Kubelet
from playing.types import Vault
from playing.waiting import condition, until, until_ready

pytestmark = [pytest.mark.controlplane, pytest.mark.usefixtures("operator")]

OURS = ("app.kubernetes.io/managed-by", "mediavault.io/vault")
CHILDREN = [
    ("Secret", "demo-admin"),
    ("Secret", "demo-database"),
    ("Secret", "demo-django"),
    ("ServiceAccount", "demo"),
    ("Service", "demo"),
    ("Service", "demo-db"),
    ("NetworkPolicy", "demo"),
    ("NetworkPolicy", "demo-db"),
    ("PersistentVolumeClaim", "demo-media"),
    ("PersistentVolumeClaim", "demo-db"),
    ("StatefulSet", "demo-db"),
    ("Deployment", "demo"),
]


def the(api: Api, kind: str, name: str) -> Object:
    found = api.get(kind, name)
    assert found is not None, f"{kind} {name} is missing"
    return found


def has_our_label(api: Api, kind: str, name: str) -> bool:
    return OURS[1] in the(api, kind, name)["metadata"].get("labels", {})


def test_a_label_taken_off_any_child_comes_back_and_restarts_nothing(
    api: Api, kubelet: Kubelet, apply_vault: Vault
) -> None:
    apply_vault()
    until_ready(api, "demo")
    jobs = [job["metadata"]["uid"] for job in api.list("Job")]
    for kind, name in CHILDREN:
        api.patch(kind, name, {"metadata": {"labels": dict.fromkeys(OURS)}})
        until(partial(has_our_label, api, kind, name))
    until_ready(api, "demo")
    assert the(api, "Deployment", "demo")["metadata"]["generation"] == 1
    assert the(api, "StatefulSet", "demo-db")["metadata"]["generation"] == 1
    assert [job["metadata"]["uid"] for job in api.list("Job")] == jobs


def _selects_more(obj: Object) -> bool:
    selector = obj["spec"].get("selector") or obj["spec"]["podSelector"]["matchLabels"]
    return "extra" in selector


@pytest.mark.parametrize(
    ("kind", "name", "edit", "is_undone"),
    [
        ("Service", "demo", {"spec": {"selector": {"extra": "x"}}}, lambda obj: not _selects_more(obj)),
        (
            "NetworkPolicy",
            "demo-db",
            {"spec": {"podSelector": {"matchLabels": {"extra": "x"}}}},
            lambda obj: not _selects_more(obj),
        ),
        ("NetworkPolicy", "demo-db", {"spec": {"egress": [{}]}}, lambda obj: "egress" not in obj["spec"]),
        ("NetworkPolicy", "demo", {"spec": {"ingress": [{}]}}, lambda obj: obj["spec"]["ingress"] != [{}]),
        (
            "Deployment",
            "demo",
            {"spec": {"strategy": {"type": "RollingUpdate"}}},
            lambda obj: obj["spec"]["strategy"] == {"type": "Recreate"},
        ),
        (
            "ServiceAccount",
            "demo",
            {"automountServiceAccountToken": True},
            lambda obj: obj["automountServiceAccountToken"] is False,
        ),
        ("StatefulSet", "demo-db", {"spec": {"replicas": 3}}, lambda obj: obj["spec"]["replicas"] == 1),
        (
            "Secret",
            "demo-database",
            {"data": {"host": "ZXZpbA=="}},
            lambda obj: obj["data"]["host"] != "ZXZpbA==",
        ),
    ],
)
def test_an_edit_is_undone(
    api: Api,
    kubelet: Kubelet,
    apply_vault: Vault,
    kind: str,
    name: str,
    edit: Object,
    is_undone: Callable[[Object], bool],
) -> None:
    apply_vault()
    until_ready(api, "demo")
    api.patch(kind, name, edit)
    until(lambda: is_undone(the(api, kind, name)))
    until_ready(api, "demo")


def test_a_child_with_a_controller_of_somebody_else_is_told_and_left_until_it_is_free(
    api: Api, kubelet: Kubelet, apply_vault: Vault
) -> None:
    apply_vault(database={"embedded": {}})
    until_ready(api, "demo")
    other = api.create({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "other"}})
    owner = {"apiVersion": "v1", "kind": "ConfigMap", "name": "other", "controller": True}
    owners = [{**owner, "uid": other["metadata"]["uid"]}]
    api.patch("Service", "demo", {"metadata": {"ownerReferences": owners}})
    until(lambda: "ConfigMap other" in condition(api, "demo", "Conflict").get("message", ""))
    assert the(api, "Service", "demo")["metadata"]["ownerReferences"] == owners
    api.patch("Service", "demo", {"metadata": {"ownerReferences": None}})
    until_ready(api, "demo")
    assert the(api, "Service", "demo")["metadata"]["ownerReferences"][0]["kind"] == "MediaVault"


def test_a_claim_that_somebody_deletes_under_a_vault_is_told_as_the_loss_it_will_be(
    api: Api, kubelet: Kubelet, apply_vault: Vault
) -> None:
    apply_vault(database={"embedded": {}})
    until_ready(api, "demo")
    api.patch("PersistentVolumeClaim", "demo-media", {"metadata": {"finalizers": ["example.org/held"]}})
    api.delete("PersistentVolumeClaim", "demo-media")
    until(lambda: condition(api, "demo", "Degraded").get("reason") == "ClaimTerminating")
    api.patch("PersistentVolumeClaim", "demo-media", {"metadata": {"finalizers": None}})
    until_ready(api, "demo")
