"""The status of a MediaVaultClass: how far it has reached its vaults."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from mediavault_operator.rollout import Progress
from mediavault_operator.spec import Problem, Refusal
from mediavault_operator.status.conditions import condition, find, settled
from mediavault_operator.status.events import Event
from mediavault_operator.status.finding import Finding, Level, fine, waiting

PAUSED = "RolloutPaused"
_TOLD = 5


def class_status(
    *,
    generation: int,
    revision: str,
    found: Progress,
    troubles: Mapping[str, str],
    previous: Mapping[str, Any],
    now: datetime,
) -> dict[str, Any]:
    """The status of a valid class; `troubles` are what the vaults that got worse say, by name."""
    vaults = {kind: getattr(found, kind) for kind in ("total", "updated", "ready", "rolling", "waiting")}
    status = {"observedGeneration": generation, "revision": revision, "vaults": vaults}
    return _judged(status, _finding(found, troubles), generation, previous, now)


def invalid_class_status(
    *, generation: int, problems: tuple[Problem, ...], previous: Mapping[str, Any], now: datetime
) -> dict[str, Any]:
    """The status of a class that cannot be served: its vaults go on with what they have."""
    finding = Finding(reason=Refusal.INVALID_SPEC, message="; ".join(map(str, problems)), level=Level.STALLED)
    status = {**previous, "observedGeneration": generation}
    return _judged(status, finding, generation, previous, now)


def class_events(previous: Mapping[str, Any], current: Mapping[str, Any]) -> tuple[Event, ...]:
    """What happened between two statuses of a class."""
    before, after = find(previous, "Ready") or {}, find(current, "Ready") or {}
    if before.get("reason") == after.get("reason") or not after:
        return ()
    kind = "Warning" if find(current, "Stalled") else "Normal"
    return (Event(type=kind, reason=str(after["reason"]), message=str(after["message"])),)


def _finding(found: Progress, troubles: Mapping[str, str]) -> Finding:
    reached = f"{found.updated} of {found.total} vaults have this revision"
    if found.worse:
        told = "; ".join(f"{name}: {said}" for name, said in sorted(troubles.items())[:_TOLD])
        message = (
            f"{reached}, and no further one gets it while {len(found.worse)} of them got worse by it. "
            f"It goes on when they are mended or the class is changed. {told}"
        )
        return Finding(reason=PAUSED, message=message, level=Level.STALLED)
    if found.rolling or found.waiting:
        return waiting("RollingOut", f"{reached}, {found.rolling} are rolling and {found.waiting} wait")
    return fine("RolledOut", f"all {found.total} vaults have this revision")


def _judged(
    status: Mapping[str, Any], finding: Finding, generation: int, previous: Mapping[str, Any], now: datetime
) -> dict[str, Any]:
    kinds = [("Ready", finding.level is Level.FINE)]
    if finding.level is Level.WAITING:
        kinds.append(("Reconciling", True))
    if finding.level is Level.STALLED:
        kinds.append(("Stalled", True))
    conditions = [
        condition(kind, holds, reason=finding.reason, message=finding.message, generation=generation, now=now)
        for kind, holds in kinds
    ]
    return {**status, "conditions": settled(conditions, previous)}
