"""Which Events a change of status is worth: transitions, each told once."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from mediavault_operator.status.conditions import Condition, find
from mediavault_operator.status.pause import PAUSED


@dataclass(frozen=True, kw_only=True)
class Event:
    """One Event about a MediaVault; `type` is Normal or Warning."""

    type: str
    reason: str
    message: str


def events_between(previous: Mapping[str, Any], current: Mapping[str, Any]) -> tuple[Event, ...]:
    """What happened between two statuses, empty where nothing that people should hear of did."""
    return tuple(_transitions(previous, current))


def _transitions(previous: Mapping[str, Any], current: Mapping[str, Any]) -> Iterator[Event]:
    if _became(previous, current, PAUSED):
        yield Event(type="Normal", reason="Paused", message="The vault is left as it is until it goes on")
    if _ceased(previous, current, PAUSED):
        yield Event(type="Normal", reason="Resumed", message="The vault is kept in repair again")
    if _became(previous, current, "Migrated"):
        yield _event("Normal", find(current, "Migrated"))
    trouble = find(current, "Degraded")
    if _holds(trouble) and _differs(find(previous, "Degraded"), trouble):
        yield _event("Warning", trouble)
    if _became(previous, current, "Ready") or (not _holds(trouble) and _ceased(previous, current, "Ready")):
        yield _event("Normal", find(current, "Ready"))
    address = find(current, "ServiceReady")
    if _reason(address) == "LoadBalancerPending" != _reason(find(previous, "ServiceReady")):
        yield _event("Normal", address)


def _event(kind: str, found: Condition | None) -> Event:
    found = found or {}
    return Event(type=kind, reason=str(found.get("reason", "")), message=str(found.get("message", "")))


def _holds(found: Condition | None) -> bool:
    return found is not None and found.get("status") == "True"


def _became(previous: Mapping[str, Any], current: Mapping[str, Any], kind: str) -> bool:
    before, after = find(previous, kind), find(current, kind)
    return _holds(after) and (not _holds(before) or _reason(before) != _reason(after))


def _ceased(previous: Mapping[str, Any], current: Mapping[str, Any], kind: str) -> bool:
    return _holds(find(previous, kind)) and not _holds(find(current, kind))


def _differs(before: Condition | None, after: Condition | None) -> bool:
    return (not _holds(before) and _holds(after)) or _reason(before) != _reason(after)


def _reason(found: Condition | None) -> str:
    return str((found or {}).get("reason", ""))
