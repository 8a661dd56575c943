"""How large a claim is, is to be, and whether it comes to that."""

from collections.abc import Mapping
from typing import Any, Final

_FAILED: Final = ("ControllerResizeError", "NodeResizeError")


def requested_size(claim: Mapping[str, Any] | None) -> str:
    """The size that a claim asks for, empty where there is no claim."""
    spec = (claim or {}).get("spec", {})
    return str((spec.get("resources", {}).get("requests") or {}).get("storage", ""))


def capacity(claim: Mapping[str, Any] | None) -> str:
    """The size that a claim has; what it asks for where nothing is told yet."""
    status = (claim or {}).get("status", {})
    return str((status.get("capacity") or {}).get("storage", "")) or requested_size(claim)


def claim_conditions(claim: Mapping[str, Any] | None) -> dict[str, str]:
    """The messages of the conditions that hold, by their types."""
    return {
        str(each.get("type")): str(each.get("message") or "")
        for each in (claim or {}).get("status", {}).get("conditions") or ()
        if each.get("status", "True") == "True"
    }


def failed_growth(claim: Mapping[str, Any] | None) -> str | None:
    """What the storage provider said when it could not enlarge the volume, None where it did not fail."""
    conditions = claim_conditions(claim)
    return next((conditions[kind] for kind in _FAILED if kind in conditions), None)
