"""Claims get volumes when their class says so, and lose them when they go."""

from typing import Any

from launcher.addons import PROVISIONER
from launcher.kube import Object
from launcher.volumes import claims_to_grow, volumes_to_create, volumes_to_remove

CLASSES = (
    {
        "metadata": {"name": "standard"},
        "provisioner": PROVISIONER,
        "volumeBindingMode": "WaitForFirstConsumer",
    },
    {"metadata": {"name": "immediate"}, "provisioner": PROVISIONER, "volumeBindingMode": "Immediate"},
    {"metadata": {"name": "other"}, "provisioner": "someone.else", "volumeBindingMode": "Immediate"},
)


def claim(storage_class: str, *, annotations: dict[str, str] | None = None, **spec: Any) -> Object:
    return {
        "metadata": {"name": "c", "namespace": "n", "uid": "u", "annotations": annotations or {}},
        "spec": {
            "storageClassName": storage_class,
            "accessModes": ["ReadWriteMany"],
            "resources": {"requests": {"storage": "2Gi"}},
            **spec,
        },
    }


def created(wanted: Object, existing: tuple[Object, ...] = ()) -> list[Object]:
    return volumes_to_create([wanted], CLASSES, existing, node="here", root="/volumes")


def test_a_claim_without_a_pod_waits_where_its_class_says_so() -> None:
    assert created(claim("standard")) == []


def test_a_claim_whose_pod_is_scheduled_gets_a_local_volume_on_that_node() -> None:
    (volume,) = created(claim("standard", annotations={"volume.kubernetes.io/selected-node": "here"}))
    assert volume["spec"]["local"] == {"path": "/volumes/pvc-u"}
    assert volume["spec"]["accessModes"] == ["ReadWriteMany"]
    assert volume["spec"]["claimRef"]["uid"] == "u"


def test_a_claim_of_an_immediate_class_gets_its_volume_at_once_and_only_one() -> None:
    (volume,) = created(claim("immediate"))
    assert created(claim("immediate"), (volume,)) == []


def test_claims_of_other_classes_and_bound_claims_are_left_alone() -> None:
    assert created(claim("other")) == []
    assert created(claim("manual")) == []
    assert created(claim("immediate", volumeName="mine")) == []


def test_a_released_volume_goes_only_if_it_is_ours_and_to_be_deleted() -> None:
    (ours,) = created(claim("immediate"))
    released = {**ours, "status": {"phase": "Released"}}
    kept = {**released, "spec": {**ours["spec"], "persistentVolumeReclaimPolicy": "Retain"}}
    foreign = {**released, "metadata": {"name": "manual"}}
    bound = {**ours, "status": {"phase": "Bound"}}
    assert volumes_to_remove([released]) == ["pvc-u"]
    assert volumes_to_remove([kept, foreign, bound]) == []


def test_a_claim_that_asks_for_more_than_it_has_grows() -> None:
    (volume,) = created(claim("immediate"))
    small = {**claim("immediate", volumeName="pvc-u"), "status": {"capacity": {"storage": "1Gi"}}}
    settled = {**claim("immediate", volumeName="pvc-u"), "status": {"capacity": {"storage": "2Gi"}}}
    assert claims_to_grow([small], [volume]) == [(small, "2Gi")]
    assert claims_to_grow([settled], [volume]) == []
