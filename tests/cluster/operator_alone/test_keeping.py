"""What is ours is kept as it should be; what is not ours is left alone, and told."""

import pytest

from playing.api import Api, Object
from playing.audit import Audit
from playing.kubelet import Kubelet
from playing.types import Vault
from playing.waiting import condition, until, until_ready

pytestmark = [pytest.mark.controlplane, pytest.mark.usefixtures("operator")]

EMBEDDED: Object = {"embedded": {}}


def the(api: Api, kind: str, name: str) -> Object:
    found = api.get(kind, name)
    assert found is not None, f"{kind} {name} is missing"
    return found


def test_a_field_of_ours_that_somebody_edits_is_put_back(
    api: Api, kubelet: Kubelet, apply_vault: Vault
) -> None:
    apply_vault(database=EMBEDDED)
    until_ready(api, "demo")
    port = the(api, "Service", "demo")["spec"]["ports"][0]["port"]
    api.patch("Service", "demo", {"spec": {"ports": [{"name": "other", "port": 8888, "protocol": "TCP"}]}})
    until(lambda: port in [each["port"] for each in the(api, "Service", "demo")["spec"]["ports"]])


def test_an_image_that_somebody_sets_on_the_deployment_is_put_back(
    api: Api, kubelet: Kubelet, apply_vault: Vault
) -> None:
    apply_vault(database=EMBEDDED)
    until_ready(api, "demo")
    wanted = the(api, "Deployment", "demo")["spec"]["template"]["spec"]["containers"][0]["image"]
    container = {"name": "web", "image": "evil:1"}
    foreign = {"spec": {"template": {"spec": {"containers": [container]}}}}
    api.strategic("Deployment", "demo", foreign)
    until(
        lambda: the(api, "Deployment", "demo")["spec"]["template"]["spec"]["containers"][0]["image"] == wanted
    )


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("Deployment", "demo"),
        ("Service", "demo"),
        ("ServiceAccount", "demo"),
        ("NetworkPolicy", "demo"),
        ("Secret", "demo-django"),
        ("StatefulSet", "demo-db"),
    ],
)
def test_a_deleted_child_comes_back(
    api: Api, kubelet: Kubelet, apply_vault: Vault, kind: str, name: str
) -> None:
    apply_vault()
    until_ready(api, "demo")
    before = the(api, kind, name)["metadata"]["uid"]
    api.delete(kind, name)
    until(lambda: (api.get(kind, name) or {"metadata": {"uid": before}})["metadata"]["uid"] != before)


def test_labels_and_annotations_of_others_stay_and_cost_no_write(
    api: Api, audit: Audit, kubelet: Kubelet, apply_vault: Vault
) -> None:
    apply_vault(database=EMBEDDED)
    until_ready(api, "demo")
    until(audit.quiet)
    before = len(audit.writes())
    foreign = {"metadata": {"labels": {"team": "red"}, "annotations": {"example.org/note": "hello"}}}
    for kind, name in (("Service", "demo"), ("Deployment", "demo"), ("Secret", "demo-admin")):
        api.patch(kind, name, foreign)
    until(audit.quiet)
    assert len(audit.writes()) == before
    assert the(api, "Service", "demo")["metadata"]["labels"]["team"] == "red"
    assert the(api, "Secret", "demo-admin")["metadata"]["annotations"]["example.org/note"] == "hello"


def test_our_labels_are_put_back_and_no_value_is_made_anew(
    api: Api, kubelet: Kubelet, apply_vault: Vault
) -> None:
    apply_vault(database=EMBEDDED)
    until_ready(api, "demo")
    before = the(api, "Secret", "demo-django")
    gone = {"app.kubernetes.io/managed-by": None, "mediavault.io/vault": None}
    api.patch("Secret", "demo-django", {"metadata": {"labels": gone}})
    until(lambda: "mediavault.io/vault" in the(api, "Secret", "demo-django")["metadata"].get("labels", {}))
    after = the(api, "Secret", "demo-django")
    assert after["data"] == before["data"]
    assert after["metadata"]["uid"] == before["metadata"]["uid"]


def test_an_object_of_somebody_else_is_reported_and_left_alone(
    api: Api, kubelet: Kubelet, apply_vault: Vault
) -> None:
    theirs = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "demo-django"}}
    api.create({**theirs, "stringData": {"SECRET_KEY": "theirs"}})
    before = the(api, "Secret", "demo-django")
    apply_vault(database=EMBEDDED)
    until(lambda: condition(api, "demo", "Conflict").get("status") == "True")
    assert "demo-django" in condition(api, "demo", "Conflict")["message"]
    assert the(api, "Secret", "demo-django") == before
    assert api.get("Deployment", "demo") is None, "a pod would have been given somebody else's Secret"
    api.delete("Secret", "demo-django")
    until_ready(api, "demo", seconds=60)
    assert condition(api, "demo", "Conflict") == {}


def test_an_impossible_spec_is_told_and_the_last_possible_one_goes_on_serving(
    api: Api, kubelet: Kubelet, apply_vault: Vault
) -> None:
    claim = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}
    api.create(
        {"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": {"name": "theirs"}, "spec": claim}
    )
    apply_vault(storage={"claim": {"existingClaim": "theirs"}})
    until_ready(api, "demo")
    before = the(api, "Deployment", "demo")["spec"]
    api.patch("MediaVault", "demo", {"spec": {"replicas": 2}})
    until(lambda: condition(api, "demo", "Stalled").get("status") == "True")
    assert "ReadWriteMany" in condition(api, "demo", "Stalled")["message"]
    assert the(api, "Deployment", "demo")["spec"] == before
    api.delete("Deployment", "demo")
    until(lambda: api.get("Deployment", "demo"), what="what goes on serving is kept alive as well")
    api.patch("MediaVault", "demo", {"spec": {"replicas": 1}})
    until_ready(api, "demo")
    assert condition(api, "demo", "Stalled") == {}


def test_a_field_that_a_spec_no_longer_has_goes_from_the_child(
    api: Api, kubelet: Kubelet, apply_vault: Vault
) -> None:
    apply_vault(database=EMBEDDED, service={"annotations": {"example.org/dns": "a"}})
    until_ready(api, "demo")
    assert the(api, "Service", "demo")["metadata"]["annotations"]["example.org/dns"] == "a"
    api.patch("MediaVault", "demo", {"spec": {"service": None}})
    until(lambda: "example.org/dns" not in the(api, "Service", "demo")["metadata"]["annotations"])


def test_a_container_that_somebody_adds_is_told_and_left(
    api: Api, kubelet: Kubelet, apply_vault: Vault
) -> None:
    apply_vault()
    until_ready(api, "demo")
    assert condition(api, "demo", "Drifted") == {}, "what the API server fills in is nobody's addition"
    container = {"name": "sidecar", "image": "localhost/sidecar:1"}
    api.strategic("Deployment", "demo", {"spec": {"template": {"spec": {"containers": [container]}}}})
    until(lambda: "sidecar" in condition(api, "demo", "Drifted").get("message", ""))
    containers = the(api, "Deployment", "demo")["spec"]["template"]["spec"]["containers"]
    assert {each["name"] for each in containers} == {"web", "front", "worker", "sidecar"}
