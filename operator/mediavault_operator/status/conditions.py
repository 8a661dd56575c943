"""Conditions in the Kubernetes convention; a time changes only where a status does."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, TypeAlias

Condition: TypeAlias = dict[str, Any]


def condition(
    kind: str, holds: bool, *, reason: str, message: str, generation: int, now: datetime
) -> Condition:
    """One condition as of now."""
    return {
        "type": kind,
        "status": "True" if holds else "False",
        "reason": reason,
        "message": message,
        "observedGeneration": generation,
        "lastTransitionTime": now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
    }


def settled(conditions: list[Condition], previous: Mapping[str, Any]) -> list[Condition]:
    """The conditions with the times of those of before that had the same status."""
    times = {
        (known.get("type"), known.get("status")): known.get("lastTransitionTime")
        for known in previous.get("conditions") or ()
    }
    return [
        {**current, "lastTransitionTime": times.get(key) or current["lastTransitionTime"]}
        for current in conditions
        for key in [(current["type"], current["status"])]
    ]


def find(status: Mapping[str, Any], kind: str) -> Condition | None:
    """The condition of a type, None where a status has none."""
    found = (dict(known) for known in status.get("conditions") or () if known.get("type") == kind)
    return next(found, None)


def is_ready(status: Mapping[str, Any]) -> bool:
    """Whether a status says that all is well."""
    return (find(status, "Ready") or {}).get("status") == "True"
