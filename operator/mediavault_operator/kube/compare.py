"""Whether a live object still is what we applied, and what others have added to it. Pure.

The API server adds defaults and its own bookkeeping to what it is sent, and others may own fields beside
ours; so a live object is compared in our fields only. Lists of maps are matched by the key that server-
side apply merges them by; everything inside a list that it replaces whole is compared whole.
"""

import base64
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any, Final

Path = tuple[str, ...]

_MERGE_KEYS: Final[Mapping[str, tuple[str, ...]]] = {
    "containers": ("name",),
    "initContainers": ("name",),
    "ephemeralContainers": ("name",),
    "env": ("name",),
    "volumes": ("name",),
    "imagePullSecrets": ("name",),
    "volumeMounts": ("mountPath",),
    "ports": ("containerPort", "port", "protocol"),
    "ownerReferences": ("uid",),
    "conditions": ("type",),
    "topologySpreadConstraints": ("topologyKey", "whenUnsatisfiable"),
}
_DEFAULT_KEY: Final[Mapping[str, str]] = {"protocol": "TCP"}
_QUANTITIES: Final = frozenset({"requests", "limits", "capacity", "sizeLimit"})
_SUFFIXES: Final[Mapping[str, Decimal]] = {
    **{f"{unit}i": Decimal(1024) ** power for power, unit in enumerate("KMGTPE", start=1)},
    **{unit: Decimal(1000) ** power for power, unit in enumerate("kMGTPE", start=1)},
    "m": Decimal("0.001"),
    "u": Decimal("0.000001"),
    "n": Decimal("0.000000001"),
}


def differences(desired: Mapping[str, Any], live: Mapping[str, Any]) -> tuple[str, ...]:
    """The paths of the fields in `desired` that `live` lacks or has otherwise; none where nothing needs
    writing.
    """
    return tuple(".".join(path) for path in _differ(_as_stored(desired), live, (), atomic=False))


def additions(desired: Mapping[str, Any], live: Mapping[str, Any]) -> tuple[str, ...]:
    """The paths of what others added where it changes what runs or who is let in: to pod templates, to
    the data of Secrets and to NetworkPolicies. What the API server itself fills in is not among them.
    """
    desired = _as_stored(desired)
    kind = desired.get("kind")
    if kind == "Secret":
        found = _added(desired.get("data", {}), live.get("data", {}), ("data",))
    elif kind == "NetworkPolicy":
        found = _added(desired["spec"], live.get("spec", {}), ("spec",))
    elif "template" in desired.get("spec", {}):
        template = ("spec", "template")
        found = _added_to_template(
            desired["spec"]["template"], live.get("spec", {}).get("template", {}), template
        )
    else:
        return ()
    return tuple(".".join(path) for path in found)


def _differ(desired: Any, live: Any, path: Path, *, atomic: bool) -> Iterator[Path]:
    if desired == live:
        return
    if isinstance(desired, Mapping) and isinstance(live, Mapping):
        yield from _differ_in_map(desired, live, path, atomic=atomic)
    elif _is_list(desired) and _is_list(live):
        yield from _differ_in_list(desired, live, path, atomic=atomic)
    elif not _same_quantity(desired, live, path):
        yield path


def _differ_in_map(
    desired: Mapping[str, Any], live: Mapping[str, Any], path: Path, *, atomic: bool
) -> Iterator[Path]:
    for name, value in desired.items():
        if name in live:
            yield from _differ(value, live[name], (*path, name), atomic=atomic or name in _SELECTORS)
        elif value not in _EMPTY:
            yield (*path, name)
    filled_in = frozenset() if _SELECTORS.intersection(path) else _FILLED_IN
    if atomic and any(name not in desired and name not in filled_in for name in live):
        yield path


def _differ_in_list(
    desired: Sequence[Any], live: Sequence[Any], path: Path, *, atomic: bool
) -> Iterator[Path]:
    keys = () if atomic else _MERGE_KEYS.get(path[-1] if path else "", ())
    if keys and all(isinstance(item, Mapping) for item in (*desired, *live)):
        by_key = {_merge_key(item, keys): item for item in live}
        for item in desired:
            key = _merge_key(item, keys)
            here = (*path[:-1], f"{path[-1]}[{','.join(key)}]")
            if key in by_key:
                yield from _differ(item, by_key[key], here, atomic=False)
            else:
                yield here
    elif len(desired) != len(live):
        yield path
    else:
        for index, (wanted, found) in enumerate(zip(desired, live, strict=True)):
            yield from _differ(wanted, found, (*path[:-1], f"{path[-1]}[{index}]"), atomic=True)


def _merge_key(item: Mapping[str, Any], keys: tuple[str, ...]) -> tuple[str, ...]:
    values = (item.get(key, _DEFAULT_KEY.get(key)) for key in keys)
    return tuple(str(value) for value in values if value is not None)


def _is_list(value: Any) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, str | bytes)


def _same_quantity(desired: Any, live: Any, path: Path) -> bool:
    if not _QUANTITIES.intersection(path):
        return False
    wanted, found = _quantity(desired), _quantity(live)
    return wanted is not None and wanted == found


def _quantity(value: Any) -> Decimal | None:
    text = str(value)
    for suffix, factor in _SUFFIXES.items():
        if text.endswith(suffix):
            text, scale = text.removesuffix(suffix), factor
            break
    else:
        scale = Decimal(1)
    try:
        return Decimal(text) * scale
    except InvalidOperation:
        return None


def _as_stored(desired: Mapping[str, Any]) -> Mapping[str, Any]:
    """A Secret's stringData as the API server keeps it: encoded, in data."""
    if not (plain := desired.get("stringData")):
        return desired
    encoded = {name: base64.b64encode(value.encode()).decode() for name, value in plain.items()}
    rest = {name: value for name, value in desired.items() if name != "stringData"}
    return {**rest, "data": {**desired.get("data", {}), **encoded}}


_EMPTY: Final[tuple[Any, ...]] = (None, "", {}, [])
"""What the API server may leave out where it is sent."""

_FILLED_IN: Final = frozenset({"protocol", "apiVersion", "defaultMode", "optional", "divisor", "name"})
"""What the API server fills in inside lists that are replaced whole: ports of policies, items of
projections.
"""

_SELECTORS: Final = frozenset({"selector", "podSelector", "labelSelector"})
"""Maps that are replaced whole: one label more, and they select nothing of ours."""

_CONTAINER_DEFAULTS: Final = frozenset(
    {"imagePullPolicy", "resources", "terminationMessagePath", "terminationMessagePolicy"}
)
_POD_DEFAULTS: Final = frozenset(
    {
        "dnsPolicy",
        "restartPolicy",
        "schedulerName",
        "securityContext",
        "serviceAccount",
        "terminationGracePeriodSeconds",
    }
)
_CONTAINERS: Final = ("containers", "initContainers")
_FREE_MAPS: Final = ("labels", "annotations")
_OUR_GUESTS: Final = frozenset({"kubectl.kubernetes.io/restartedAt"})
"""Additions that are a person's ordinary tool at work, not drift."""


def _added(desired: Mapping[str, Any], live: Mapping[str, Any], path: Path) -> Iterator[Path]:
    for name in live:
        if name not in desired:
            yield (*path, name)


def _added_to_template(desired: Mapping[str, Any], live: Mapping[str, Any], path: Path) -> Iterator[Path]:
    for name in _FREE_MAPS:
        mine, theirs = (side.get("metadata", {}).get(name, {}) for side in (desired, live))
        guests = mine.keys() | _OUR_GUESTS
        yield from ((*path, "metadata", name, key) for key in theirs if key not in guests)
    pod, live_pod = desired["spec"], live.get("spec", {})
    for name, value in live_pod.items():
        here = (*path, "spec", name)
        if name in pod and name in _MERGE_KEYS:
            yield from _added_items(pod[name], value, here)
        elif name not in pod and name not in _POD_DEFAULTS:
            yield here


def _added_items(
    desired: Sequence[Mapping[str, Any]], live: Sequence[Mapping[str, Any]], path: Path
) -> Iterator[Path]:
    keys = _MERGE_KEYS[path[-1]]
    mine = {_merge_key(item, keys): item for item in desired}
    for item in live:
        key = _merge_key(item, keys)
        here = (*path[:-1], f"{path[-1]}[{','.join(key)}]")
        if key not in mine:
            yield here
            continue
        if path[-1] in _CONTAINERS:
            yield from _added_to_container(mine[key], item, here)


def _added_to_container(desired: Mapping[str, Any], live: Mapping[str, Any], path: Path) -> Iterator[Path]:
    for name, value in live.items():
        if name in ("env", "volumeMounts", "ports"):
            yield from _added_items(desired.get(name, ()), value, (*path, name))
        elif name not in desired and name not in _CONTAINER_DEFAULTS:
            yield (*path, name)
    if (context := "securityContext") in desired:
        yield from _added(desired[context], live.get(context, {}), (*path, context))
