"""The status of a MediaVaultBackup."""

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from mediavault_operator import names
from mediavault_operator.spec import BackupRequest, MediaVault
from mediavault_operator.status.backup import (
    BackupSeen,
    compute_backup_status,
    failure_event,
    kept_snapshots,
    obstacle,
)
from mediavault_operator.status.conditions import find

REQUEST = BackupRequest(name="nightly", namespace="tenant", uid="u", generation=2, vault="photos")
TARGET: dict[str, Any] = {"backup": {"target": {"claim": {"name": "backups"}}}}
DONE = {"snapshot": "1a2b3c4d5e", "files": 3, "missing": 0, "size": 900, "added": 100, "kept": "1a2b3c4d"}


@pytest.fixture
def vault(make_vault: Callable[..., MediaVault]) -> MediaVault:
    return make_vault(TARGET)


def job(ended: str = "") -> dict[str, Any]:
    status: dict[str, Any] = {"startTime": "2026-11-22T11:00:00Z"}
    if ended:
        status["conditions"] = [{"type": ended, "status": "True", "reason": "BackoffLimitExceeded"}]
    if ended == "Complete":
        status["completionTime"] = "2026-11-22T11:05:00Z"
    return {"metadata": {"name": "nightly-backup"}, "status": status}


def pod(outcome: dict[str, Any], *, code: int = 0, at: str = "2026-11-22T11:00:00Z") -> dict[str, Any]:
    ended = {"exitCode": code, "message": json.dumps(outcome) + "\n"}
    container = {"name": names.BACKUP_CONTAINER, "state": {"terminated": ended}}
    return {
        "metadata": {"name": "nightly-backup-x", "creationTimestamp": at},
        "status": {"phase": "Failed" if code else "Succeeded", "containerStatuses": [container]},
    }


def status_of(now: datetime, previous: dict[str, Any] | None = None, **seen: Any) -> dict[str, Any]:
    given = BackupSeen(request=REQUEST, deployment={}, **seen)
    return compute_backup_status(given, previous=previous or {}, now=now)


def test_a_completed_backup_tells_what_it_has(vault: MediaVault, now: datetime) -> None:
    status = status_of(now, vault=vault, job=job("Complete"), pods=(pod(DONE),))
    assert (status["phase"], status["progress"], status["observedGeneration"]) == ("Completed", 100, 2)
    assert (status["files"], status["missingFiles"]) == (3, 0)
    assert (status["sizeBytes"], status["addedBytes"], status["snapshot"]) == (900, 100, "1a2b3c4d5e")
    assert (status["target"], status["path"]) == ({"claim": {"name": "backups"}}, "tenant/photos")
    assert status["encryption"] == {"secretName": "photos-backup", "key": "password"}
    for kind in ("Ready", "Verified"):
        assert (find(status, kind) or {})["status"] == "True"
    assert find(status, "Reconciling") is None


def test_files_that_the_vault_had_lost_are_told(vault: MediaVault, now: datetime) -> None:
    status = status_of(now, vault=vault, job=job("Complete"), pods=(pod({**DONE, "missing": 2}),))
    verified = find(status, "Verified") or {}
    assert (verified["status"], verified["reason"]) == ("False", "FilesMissing")
    assert "2 files" in verified["message"]


def test_a_failed_backup_names_the_reason_of_its_last_pod(vault: MediaVault, now: datetime) -> None:
    first = pod({"error": "no answer", "reason": "TargetUnreachable"}, code=1, at="2026-11-22T11:00:00Z")
    last = pod({"error": "wrong password", "reason": "WrongKey"}, code=2, at="2026-11-22T11:01:00Z")
    status = status_of(now, vault=vault, job=job("Failed"), pods=(first, last))
    stalled = find(status, "Stalled") or {}
    assert (status["phase"], stalled["reason"]) == ("Failed", "WrongKey")
    assert "wrong password" in stalled["message"]
    (event,) = failure_event(status, {})
    assert (event.type, event.reason) == ("Warning", "WrongKey")
    assert failure_event(status, status) == ()


def test_a_failed_job_without_a_word_gives_its_own_reason(vault: MediaVault, now: datetime) -> None:
    status = status_of(now, vault=vault, job=job("Failed"))
    assert (find(status, "Ready") or {})["reason"] == "BackoffLimitExceeded"


def test_a_result_that_nobody_read_is_no_backup(vault: MediaVault, now: datetime) -> None:
    status = status_of(now, vault=vault, job=job("Complete"))
    assert (status["phase"], (find(status, "Stalled") or {})["reason"]) == ("Failed", "ResultLost")


@pytest.mark.parametrize(
    ("at", "pods", "phase"),
    [
        ("2026-11-22T11:59:30Z", (), "Running"),
        ("2026-11-22T11:58:30Z", (), "Failed"),
        ("2026-11-22T11:58:30Z", ({"metadata": {"name": "x"}, "status": {"phase": "Running"}},), "Running"),
    ],
)
def test_news_of_the_pod_may_be_later_than_those_of_its_job(
    vault: MediaVault, now: datetime, at: str, pods: tuple[dict[str, Any], ...], phase: str
) -> None:
    ended = job("Complete")
    ended["status"]["completionTime"] = at
    assert status_of(now, vault=vault, job=ended, pods=pods)["phase"] == phase


def test_progress_only_grows(vault: MediaVault, now: datetime) -> None:
    assert status_of(now, vault=vault, job=job(), percent=40)["progress"] == 40
    assert status_of(now, {"progress": 70}, vault=vault, job=job(), percent=40)["progress"] == 70
    assert status_of(now, {"progress": 70}, vault=vault, job=job())["progress"] == 70


@pytest.mark.parametrize(
    ("spec", "seen", "reason"),
    [
        (None, {"vault": None}, "VaultNotFound"),
        (None, {"vault": None, "awaited": True}, "VaultNotReady"),
        ({}, {}, "NoTarget"),
        ({**TARGET, "suspend": True}, {}, "Suspended"),
        (TARGET, {"deployment": None}, "VaultNotReady"),
        (TARGET, {"before": "another"}, "AnotherRuns"),
    ],
)
def test_what_stands_in_the_way_is_named(
    make_vault: Callable[..., MediaVault], now: datetime, spec: Any, seen: dict[str, Any], reason: str
) -> None:
    given = {"vault": None if spec is None else make_vault(spec), "deployment": {}, **seen}
    waits = BackupSeen(request=REQUEST, **given)
    assert (obstacle(waits) or fail()).reason == reason
    status = compute_backup_status(waits, previous={}, now=now)
    assert (status["phase"], (find(status, "Ready") or {})["reason"]) == ("Pending", reason)


@pytest.mark.parametrize(
    ("storage", "reason"),
    [
        ({"s3": {"bucket": "media"}}, "MediaInBucket"),
        ({"claim": {"accessModes": ["ReadWriteOncePod"]}}, "MediaNotShared"),
    ],
)
def test_what_can_never_be_backed_up_fails(
    make_vault: Callable[..., MediaVault], now: datetime, storage: Any, reason: str
) -> None:
    status = status_of(now, vault=make_vault({**TARGET, "storage": storage}))
    assert (status["phase"], (find(status, "Stalled") or {})["reason"]) == ("Failed", reason)
    assert find(status, "Reconciling") is None


def fail() -> Any:
    raise AssertionError("nothing stands in the way")


def test_a_refused_job_is_told_in_the_servers_words(vault: MediaVault, now: datetime) -> None:
    status = status_of(now, vault=vault, refused="exceeded quota: pods")
    assert "exceeded quota: pods" in (find(status, "Ready") or {})["message"]


def test_the_snapshots_that_stay_are_those_that_the_end_named(vault: MediaVault) -> None:
    told = {**DONE, "kept": "aaaaaaaa bbbbbbbb"}
    seen = BackupSeen(request=REQUEST, vault=vault, job=job("Complete"), pods=(pod(told),))
    assert kept_snapshots(seen) == frozenset({"aaaaaaaa", "bbbbbbbb"})
    assert kept_snapshots(BackupSeen(request=REQUEST, vault=vault)) is None
