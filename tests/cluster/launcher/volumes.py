"""Which `local` volumes the claims of a node call for, which have been released, and which must grow.

The kubelet gives a `local` volume to a pod's fsGroup, which it does not do for hostPath: so pods without root
can write to these volumes. Capacity is a number that is recorded, not a limit that is enforced.
"""

from collections.abc import Iterable

from launcher.addons import PROVISIONER
from launcher.kube import Object

_SELECTED_NODE = "volume.kubernetes.io/selected-node"
_PROVISIONED_BY = "pv.kubernetes.io/provisioned-by"


def volumes_to_create(
    claims: Iterable[Object], classes: Iterable[Object], volumes: Iterable[Object], *, node: str, root: str
) -> list[Object]:
    """A PersistentVolume for each claim that waits for this provisioner and has none yet."""
    own = {item["metadata"]["name"]: item for item in classes if item["provisioner"] == PROVISIONER}
    existing = {item["metadata"]["name"] for item in volumes}
    waiting = (claim for claim in claims if _waits(claim, own))
    return [_volume(claim, node=node, root=root) for claim in waiting if volume_name(claim) not in existing]


def volumes_to_remove(volumes: Iterable[Object]) -> list[str]:
    """Names of this provisioner's volumes whose claim has gone and whose policy is Delete."""
    return [
        item["metadata"]["name"]
        for item in volumes
        if _is_own(item)
        and item.get("status", {}).get("phase") == "Released"
        and item["spec"]["persistentVolumeReclaimPolicy"] == "Delete"
        and "deletionTimestamp" not in item["metadata"]
    ]


def claims_to_grow(claims: Iterable[Object], volumes: Iterable[Object]) -> list[tuple[Object, str]]:
    """Claims on this provisioner's volumes that ask for another size than they have, with that size."""
    own = {item["metadata"]["name"] for item in volumes if _is_own(item)}
    found = []
    for claim in claims:
        wanted = claim["spec"]["resources"]["requests"]["storage"]
        given = claim.get("status", {}).get("capacity", {}).get("storage")
        if claim["spec"].get("volumeName") in own and given is not None and given != wanted:
            found.append((claim, wanted))
    return found


def volume_name(claim: Object) -> str:
    """The name of the volume made for this claim."""
    return f"pvc-{claim['metadata']['uid']}"


def _waits(claim: Object, own: dict[str, Object]) -> bool:
    storage_class = own.get(claim["spec"].get("storageClassName", ""))
    if storage_class is None or claim["spec"].get("volumeName") or "deletionTimestamp" in claim["metadata"]:
        return False
    if storage_class["volumeBindingMode"] == "Immediate":
        return True
    return _SELECTED_NODE in claim["metadata"].get("annotations", {})


def _is_own(volume: Object) -> bool:
    return bool(volume["metadata"].get("annotations", {}).get(_PROVISIONED_BY) == PROVISIONER)


def _volume(claim: Object, *, node: str, root: str) -> Object:
    name = volume_name(claim)
    on_this_node = {"key": "kubernetes.io/hostname", "operator": "In", "values": [node]}
    return {
        "apiVersion": "v1",
        "kind": "PersistentVolume",
        "metadata": {"name": name, "annotations": {_PROVISIONED_BY: PROVISIONER}},
        "spec": {
            "capacity": {"storage": claim["spec"]["resources"]["requests"]["storage"]},
            "accessModes": claim["spec"]["accessModes"],
            "volumeMode": "Filesystem",
            "storageClassName": claim["spec"]["storageClassName"],
            "persistentVolumeReclaimPolicy": "Delete",
            "claimRef": {
                "apiVersion": "v1",
                "kind": "PersistentVolumeClaim",
                "namespace": claim["metadata"]["namespace"],
                "name": claim["metadata"]["name"],
                "uid": claim["metadata"]["uid"],
            },
            "local": {"path": f"{root}/{name}"},
            "nodeAffinity": {"required": {"nodeSelectorTerms": [{"matchExpressions": [on_this_node]}]}},
        },
    }
