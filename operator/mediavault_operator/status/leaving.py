"""A vault that is to go only after a last backup: it stands until that is taken, and serves nobody."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from mediavault_operator.status.conditions import condition, find, settled
from mediavault_operator.status.finding import Finding, Level, fine, waiting

_JUDGED: Final = frozenset({"Ready", "Reconciling", "Stalled", "Degraded"})
_WAYS_OUT: Final = "or set spec.deletionPolicy to Retain or Delete to let the vault go without"


@dataclass(frozen=True, kw_only=True)
class LastBackup:
    """The MediaVaultBackup taken before a vault goes, by its status; without a name it is still to come."""

    name: str
    status: Mapping[str, Any]


def leaving_status(
    known: Mapping[str, Any], backup: LastBackup, *, previous: Mapping[str, Any], now: datetime
) -> dict[str, Any]:
    """`known`, which tells of the parts, judged as a whole by how far the last backup is."""
    found = _finding(backup)
    stalled = found.level is Level.STALLED
    told = [
        condition(
            kind,
            holds,
            reason=found.reason,
            message=found.message,
            generation=known["observedGeneration"],
            now=now,
        )
        for kind, holds in (
            ("Ready", False),
            ("Stalled" if stalled else "Reconciling", True),
            ("Degraded", stalled),
        )
    ]
    parts = [dict(each) for each in known.get("conditions") or () if each.get("type") not in _JUDGED]
    status = {**known, "phase": "Deleting", "conditions": settled([*told, *parts], previous)}
    return {**status, "lastBackup": backup.name} if found.level is Level.FINE else status


def _finding(backup: LastBackup) -> Finding:
    name, status = backup.name, backup.status
    said = str((find(status, "Ready") or {}).get("message") or "it has not begun")
    verified = find(status, "Verified") or {}
    if not name:
        return waiting("Stopping", "the vault is being deleted: its web pods end before its last backup")
    if status.get("phase") == "Failed":
        return _stays(
            "LastBackupFailed",
            f"{said}. Mend the cause and delete the MediaVaultBackup {name}, so that another one is taken",
        )
    if status.get("phase") != "Completed":
        return waiting("LastBackup", f"the vault goes when its last backup {name} is verified: {said}")
    if verified.get("status") != "True":
        return _stays("LastBackupIncomplete", f"its last backup {name} is: {verified.get('message')}")
    return fine("LastBackupTaken", f"the vault goes, as its last backup {name} is verified")


def _stays(reason: str, why: str) -> Finding:
    return Finding(reason=reason, message=f"the vault stays: {why}, {_WAYS_OUT}", level=Level.STALLED)
