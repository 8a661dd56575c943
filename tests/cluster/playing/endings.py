"""What stands of each vault in the end, told so that two runs of the same story tell the same.

Names of vaults, times, and what is drawn by chance or by the API server are left out; a hash or uid is told
by where it was seen first, so that what was equal still is.
"""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
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
_TIME = re.compile(r"\d{4}-\d\d-\d\dT[\d:.]+Z|(?<=-)\d{8}-\d{4}(?!\d)")
# Words as names have them: those of databases are joined by an underscore.
_BEGIN, _END = "(?<![0-9A-Za-z])", "(?![0-9A-Za-z])"
_DRAWN = re.compile(rf"{_BEGIN}(?:[0-9a-f]{{8}}(?:-[0-9a-f]{{4}}){{3}}-[0-9a-f]{{12}}|[0-9a-f]{{8,}}){_END}")
_ASSIGNED = ("clusterIP", "clusterIPs", "nodePort", "healthCheckNodePort", "volumeName")


class Endings(Mapping[str, Ending]):
    """What stands of each vault; told when it is asked for, as there may be very many."""

    def __init__(self, found: Mapping[str, list[Object]]) -> None:
        self._found = found
        self._told: dict[str, Ending] = {}

    def __getitem__(self, vault: str) -> Ending:
        if vault not in self._told:
            self._told[vault] = _ending(vault, self._found[vault])
        return self._told[vault]

    def __iter__(self) -> Iterator[str]:
        return iter(self._found)

    def __len__(self) -> int:
        return len(self._found)


def endings(api: Api, kinds: Iterable[str] = CHILDREN) -> Endings:
    """What stands in the namespace of these kinds, by the first word of the names."""
    found: dict[str, list[Object]] = defaultdict(list)
    for kind in (*kinds, "MediaVault"):
        for obj in api.list(kind):
            found[obj["metadata"]["name"].partition("-")[0]].append(obj)
    return Endings(dict(found))


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
    vaults = (obj["status"] for obj in objects if obj["kind"] == "MediaVault")
    asked: Object = next((status.get("effective", {}).get("service", {}) for status in vaults), {})
    assigned = [key for key in _ASSIGNED if key not in asked]
    telling, ending = _Telling(vault), Ending()
    for obj in objects:
        place = telling.of(f"{obj['kind']}/{obj['metadata']['name']}", "name")
        while place in ending:
            place = f"another {place}"
        ending[place] = telling.of(_essence(obj, assigned), place)
    return ending


class _Telling:
    """Tells values of one vault: its name by a word, what is drawn by where it was seen first, no times."""

    def __init__(self, vault: str) -> None:
        self._name = re.compile(rf"{_BEGIN}{vault}{_END}")
        self._drawn: dict[str, str] = {}

    def of(self, value: Any, place: str) -> Any:
        """A value at a place of the ending."""
        if isinstance(value, dict):
            return {key: self.of(inner, f"{place}/{key}") for key, inner in sorted(value.items())}
        if isinstance(value, list):
            return [self.of(inner, f"{place}/{at}") for at, inner in enumerate(value)]
        if not isinstance(value, str):
            return value
        text = self._name.sub("VAULT", _TIME.sub("TIME", value))
        return _DRAWN.sub(lambda found: self._drawn.setdefault(found[0], f"<{place}>"), text)


def _essence(obj: Object, assigned: Collection[str]) -> Object:
    metadata = {
        key: obj["metadata"].get(key)
        for key in ("name", "labels", "annotations", "ownerReferences", "finalizers")
    }
    essence = {"kind": obj["kind"], "metadata": metadata, "spec": _without(obj.get("spec"), assigned)}
    if obj["kind"] == "Secret":
        essence["data"] = sorted(obj.get("data") or {})
    if obj["kind"] in ("MediaVault", "MediaVaultBackup"):
        essence["status"] = _dated(obj.get("status"), obj["metadata"]["generation"])
    return essence


def _dated(value: Any, generation: int) -> Any:
    """Whether what was observed is the present generation, instead of which one it is."""
    if isinstance(value, dict):
        return {
            key: inner == generation if key == "observedGeneration" else _dated(inner, generation)
            for key, inner in value.items()
        }
    return [_dated(inner, generation) for inner in value] if isinstance(value, list) else value


def _without(value: Any, keys: Collection[str]) -> Any:
    if isinstance(value, dict):
        return {key: _without(inner, keys) for key, inner in value.items() if key not in keys}
    return [_without(inner, keys) for inner in value] if isinstance(value, list) else value
