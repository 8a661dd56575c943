"""Whether a quota that has no room for a pod beside another has room for it in the other's place. Pure."""

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from mediavault_operator.spec import amount

_REFUSAL: Final = re.compile(r"exceeded quota: [^,]+, requested: (\S+), used: (\S+), limited: (\S+)$")
_PARTS: Final = re.compile(r"(?:(requests|limits)\.)?(.+)")

PodSpec = Mapping[str, Any]


def fits_instead(said: str, new: PodSpec, old: PodSpec) -> bool:
    """Whether the quota that refused a pod of `new` with these words would admit it with one of `old` gone.

    What `old` does not ask for itself, as a LimitRange may have filled it in, does not count as given back.
    """
    told = _REFUSAL.search(said)
    if told is None:
        return False
    requested, used, limited = map(_amounts, told.groups())
    return all(
        _fits(requested[name], used[name], limited[name], asks=_asked(new, name), asked=_asked(old, name))
        for name in limited
    )


def _fits(
    requested: Decimal | None, used: Decimal | None, limit: Decimal | None, *, asks: Decimal, asked: Decimal
) -> bool:
    if requested is None or used is None or limit is None:
        return False
    growth = Decimal(0) if asks == asked else requested - asked
    return used + growth <= limit


def _amounts(told: str) -> dict[str, Decimal | None]:
    pairs = (pair.partition("=") for pair in told.split(","))
    return {name: amount(value) for name, _, value in pairs}


def _asked(pod: PodSpec, name: str) -> Decimal:
    """What a pod asks of a quota's resource, such as `limits.memory` or `cpu`."""
    kind, resource = _PARTS.fullmatch(name).groups()  # type: ignore[union-attr]
    kind = kind or "requests"
    together = sum((_of(each, kind, resource) for each in pod["containers"]), Decimal(0))
    before = (_of(each, kind, resource) for each in pod.get("initContainers") or ())
    return max((together, *before))


def _of(container: Mapping[str, Any], kind: str, resource: str) -> Decimal:
    resources = container.get("resources") or {}
    # What is limited and not requested is requested up to its limit.
    kinds = (kind, "limits") if kind == "requests" else (kind,)
    written = (str((resources.get(each) or {}).get(resource) or "") for each in kinds)
    return next((found for text in written if (found := amount(text)) is not None), Decimal(0))
