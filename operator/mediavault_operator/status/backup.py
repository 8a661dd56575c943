"""The status of a MediaVaultBackup, from what was seen of its vault, its Job and its pods."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from mediavault_operator import names
from mediavault_operator.observed import Object, is_complete, is_running, true_condition
from mediavault_operator.outcome import report_of
from mediavault_operator.spec import (
    AccessMode,
    BackupPlan,
    BackupRequest,
    Bucket,
    Claim,
    MediaVault,
    key_shown,
    target_shown,
)
from mediavault_operator.status.conditions import Condition, settled
from mediavault_operator.status.events import Event
from mediavault_operator.status.finding import Finding, Level, fine, waiting
from mediavault_operator.status.jobs import failure_of
from mediavault_operator.status.pods import cause_of, newest_first
from mediavault_operator.status.saying import Sayer

FINISHED: Final = ("Completed", "Failed")
NEWS_DELAY: Final = timedelta(minutes=1)
"""How much later than those of its Job the news of a pod may come."""


@dataclass(frozen=True, kw_only=True)
class BackupSeen:
    """One backup as last seen; `before` is another one of the vault that has to end first.

    `awaited` says that its vault is there and was never served, `refused` why its Job could not be made,
    `percent` is the progress that its pod told last.
    """

    request: BackupRequest
    vault: MediaVault | None
    awaited: bool = False
    deployment: Object | None = None
    job: Object | None = None
    pods: tuple[Object, ...] = ()
    before: str = ""
    refused: str = ""
    percent: int | None = None


def obstacle(seen: BackupSeen) -> Finding | None:
    """Why the Job of a backup cannot be made, now or ever."""
    vault, name = seen.vault, seen.request.vault
    if vault is None:
        return _without_vault(seen)
    if vault.backup is None:
        return _failing("NoTarget", f"the MediaVault {name} does not say where backups go: set spec.backup")
    if (never := unreadable(vault)) is not None:
        return never
    if vault.suspend:
        return waiting(
            "Suspended", f"the MediaVault {name} is suspended: the backup begins when it runs again"
        )
    if seen.deployment is None:
        return _not_ready(name)
    if seen.before:
        return waiting("AnotherRuns", f"the backup begins when {seen.before} has ended")
    return None


def unreadable(vault: MediaVault) -> Finding | None:
    """Why a vault can never be backed up, as what its media lie on is decided once."""
    if isinstance(vault.storage, Bucket):
        message = "the media lie in a bucket, which is not copied: use its versioning or replication"
        return Finding(reason="MediaInBucket", message=message, level=Level.STALLED)
    if isinstance(vault.storage, Claim) and AccessMode.READ_WRITE_ONCE_POD in vault.storage.access_modes:
        message = "the media are on a claim that one pod alone can mount (ReadWriteOncePod)"
        message = f"{message}: no second pod can read them"
        return Finding(reason="MediaNotShared", message=message, level=Level.STALLED)
    return None


def _failing(reason: str, message: str) -> Finding:
    return Finding(reason=reason, message=message)


def _without_vault(seen: BackupSeen) -> Finding:
    name = seen.request.vault
    if seen.awaited:
        return _not_ready(name)
    return _failing("VaultNotFound", f"there is no MediaVault {name} in this namespace: make one")


def _not_ready(vault: str) -> Finding:
    return waiting("VaultNotReady", f"the backup begins when the MediaVault {vault} has started")


def compute_backup_status(seen: BackupSeen, *, previous: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """The whole status of a backup that has not ended yet."""
    found = _finding(seen, now)
    report = _report(seen)
    status: dict[str, Any] = {
        "observedGeneration": seen.request.generation,
        "phase": _phase(seen, found),
        "conditions": settled(_conditions(seen, found, report, now), previous),
        **_times(seen),
        **_place(seen, previous),
    }
    if seen.job is not None:
        known = int(previous.get("progress") or 0)
        status["progress"] = 100 if found.level is Level.FINE else max(known, seen.percent or 0)
    if found.level is Level.FINE:
        status |= _result(report)
    return {key: value for key, value in status.items() if value is not None}


def failure_event(status: Mapping[str, Any], previous: Mapping[str, Any]) -> tuple[Event, ...]:
    """The Event of a backup that has just failed."""
    if status["phase"] != "Failed" or previous.get("phase") == "Failed":
        return ()
    ready = next(each for each in status["conditions"] if each["type"] == "Ready")
    return (Event(type="Warning", reason=ready["reason"], message=ready["message"]),)


def kept_snapshots(seen: BackupSeen) -> frozenset[str] | None:
    """The beginnings of the ids that the repository had at the end, None where that was not told."""
    kept = _report(seen).get("kept")
    return frozenset(str(kept).split()) if kept else None


def _finding(seen: BackupSeen, now: datetime) -> Finding:
    if seen.job is None:
        return obstacle(seen) or _not_begun(seen)
    if is_complete(seen.job):
        return _completed(seen, now)
    said = failure_of(seen.job, newest_first(seen.pods), container=names.BACKUP_CONTAINER)
    if said is not None:
        failed = true_condition(seen.job, "Failed") or {}
        reason = str(_report(seen).get("reason") or failed.get("reason") or "JobFailed")
        return Finding(reason=reason, message=f"the backup failed: {said}", level=Level.STALLED)
    causes = (cause_of(pod) for pod in seen.pods)
    return next(filter(None, causes), None) or waiting("Running", "the backup is being taken")


def _not_begun(seen: BackupSeen) -> Finding:
    if seen.refused:
        return _failing("JobRefused", f"the Job of the backup cannot be made: {seen.refused}")
    return waiting("Starting", "the Job of the backup is about to be made")


def _completed(seen: BackupSeen, now: datetime) -> Finding:
    report = _report(seen)
    if report.get("snapshot"):
        return fine("Completed", f"{report.get('files')} files in snapshot {str(report['snapshot'])[:8]}")
    if _is_to_be_told(seen, now):
        return waiting("Running", "the backup was taken, and which snapshot it made is about to be known")
    message = "the backup was taken, but its pod went before it could be asked which snapshot it made"
    return Finding(reason="ResultLost", message=message, level=Level.STALLED)


def _is_to_be_told(seen: BackupSeen, now: datetime) -> bool:
    """Whether news of the pod may still come, as Jobs and pods are watched by connections of their own."""
    ended = (seen.job or {}).get("status", {}).get("completionTime")
    late = ended is None or now - datetime.fromisoformat(ended) > NEWS_DELAY
    return not late or any(is_running(pod) for pod in seen.pods)


def _conditions(
    seen: BackupSeen, found: Finding, report: Mapping[str, Any], now: datetime
) -> list[Condition]:
    sayer = Sayer(generation=seen.request.generation, now=now)
    result = [sayer.say("Ready", found.level is Level.FINE, found), *sayer.ahead(found)]
    if found.level is Level.FINE:
        result.append(_verified(sayer, report))
    return result


def _verified(sayer: Sayer, report: Mapping[str, Any]) -> Condition:
    missing = int(report.get("missing") or 0)
    if missing:
        message = f"the vault had lost the bytes of {missing} files before, so the backup has not got them"
        return sayer.say("Verified", False, _failing("FilesMissing", message))
    message = "the repository was read back and all files of the database are there"
    return sayer.say("Verified", True, fine("ReadBack", message))


def _phase(seen: BackupSeen, found: Finding) -> str:
    if found.level is Level.FINE:
        return "Completed"
    if found.level is Level.STALLED:
        return "Failed"
    return "Pending" if seen.job is None else "Running"


def _times(seen: BackupSeen) -> dict[str, Any]:
    status = (seen.job or {}).get("status", {})
    return {"startedAt": status.get("startTime"), "completedAt": status.get("completionTime")}


def _place(seen: BackupSeen, previous: Mapping[str, Any]) -> dict[str, Any]:
    """Where the backup goes, as the vault said when its Job was made."""
    if previous.get("target"):
        return {key: previous[key] for key in ("target", "encryption", "path") if key in previous}
    plan: BackupPlan | None = seen.vault.backup if seen.vault else None
    if plan is None or seen.job is None:
        return {}
    return {
        "target": target_shown(plan.target),
        "encryption": key_shown(plan.encryption),
        "path": names.backup_path(seen.request.namespace, seen.request.vault),
    }


def _result(report: Mapping[str, Any]) -> dict[str, Any]:
    fields = {
        "snapshot": "snapshot",
        "files": "files",
        "missingFiles": "missing",
        "sizeBytes": "size",
        "addedBytes": "added",
    }
    return {name: report.get(told) for name, told in fields.items()}


def _report(seen: BackupSeen) -> Mapping[str, Any]:
    told = (report_of(pod, names.BACKUP_CONTAINER) for pod in newest_first(seen.pods))
    return next(filter(None, told), {})
