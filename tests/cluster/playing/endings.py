"""What stands of each vault in the end, told so that two runs of the same story tell the same.

Names of vaults, times, and what is drawn by chance or by the API server are left out; hashes are numbered, so
that what was equal still is.
"""

import json
import re
from collections import defaultdict
from typing import Any, TypeAlias

from playing.api import Api, Object

Ending: TypeAlias = dict[str, Object]
"""Objects by kind and name."""

CHILDREN = (
    "Secret",
    "ServiceAccount",
    "Service",
    "NetworkPolicy",
    "PersistentVolumeClaim",
    "StatefulSet",
    "Deployment",
    "Job",
    "PodDisruptionBudget",
    "Ingress",
)
_TIME = re.compile(r"\d{4}-\d\d-\d\dT[\d:.]+Z")
_DRAWN = re.compile(r"\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b|\b[0-9a-f]{8,}\b")
_ASSIGNED = ("clusterIP", "clusterIPs", "nodePort", "healthCheckNodePort", "volumeName")


def endings(api: Api) -> dict[str, Ending]:
    """What stands in the namespace, by the first word of the names."""
    found: dict[str, list[Object]] = defaultdict(list)
    for kind in ("MediaVault", *CHILDREN):
        for obj in api.list(kind):
            found[obj["metadata"]["name"].partition("-")[0]].append(obj)
    return {vault: _ending(vault, objects) for vault, objects in found.items()}


def differences(one: Any, other: Any, path: str = "") -> list[str]:
    """Where two endings differ."""
    if isinstance(one, dict) and isinstance(other, dict):
        keys = sorted(one.keys() | other.keys())
        return [each for key in keys for each in differences(one.get(key), other.get(key), f"{path}/{key}")]
    if isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        pairs = enumerate(zip(one, other, strict=True))
        return [each for at, pair in pairs for each in differences(*pair, f"{path}/{at}")]
    return [] if one == other else [f"{path}: {one!r} became {other!r}"]


def _ending(vault: str, objects: list[Object]) -> Ending:
    text = _TIME.sub("TIME", json.dumps([_essence(obj) for obj in objects], sort_keys=True))
    text = re.sub(rf"\b{vault}\b", "VAULT", text)
    drawn: dict[str, str] = {}
    text = _DRAWN.sub(lambda found: drawn.setdefault(found[0], f"DRAWN{len(drawn)}"), text)
    return {f"{obj['kind']}/{obj['metadata']['name']}": obj for obj in json.loads(text)}


def _essence(obj: Object) -> Object:
    metadata = {
        key: obj["metadata"].get(key)
        for key in ("name", "labels", "annotations", "ownerReferences", "finalizers")
    }
    essence = {"kind": obj["kind"], "metadata": metadata, "spec": _without(obj.get("spec"), _ASSIGNED)}
    if obj["kind"] == "Secret":
        essence["data"] = sorted(obj.get("data") or {})
    if obj["kind"] == "MediaVault":
        essence["status"] = obj.get("status")
    return essence


def _without(value: Any, keys: tuple[str, ...]) -> Any:
    if isinstance(value, dict):
        return {key: _without(inner, keys) for key, inner in value.items() if key not in keys}
    return [_without(inner, keys) for inner in value] if isinstance(value, list) else value
