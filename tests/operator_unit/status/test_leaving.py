"""What is told of a vault that goes only after a last backup."""

from datetime import datetime
from typing import Any

import pytest

from mediavault_operator.status import LastBackup, leaving_status
from mediavault_operator.status.conditions import find

KNOWN: dict[str, Any] = {
    "observedGeneration": 4,
    "phase": "Running",
    "conditions": [
        {"type": "Ready", "status": "True", "lastTransitionTime": "2026-01-01T00:00:00Z"},
        {"type": "StorageReady", "status": "True", "lastTransitionTime": "2026-01-01T00:00:00Z"},
    ],
}


def backup(phase: str, *, name: str = "photos-last-1", verified: str = "True", said: str = "") -> LastBackup:
    told = {"Ready": said, "Verified": "1 file is missing"}
    conditions = [{"type": kind, "status": verified, "message": text} for kind, text in told.items()]
    return LastBackup(name=name, status={"phase": phase, "conditions": conditions})


@pytest.mark.parametrize(
    ("last", "kind", "reason", "words"),
    [
        (LastBackup(name="", status={}), "Reconciling", "Stopping", "web pods end"),
        (LastBackup(name="photos-last-1", status={}), "Reconciling", "LastBackup", "it has not begun"),
        (backup("Running", said="the backup is being taken"), "Reconciling", "LastBackup", "being taken"),
        (backup("Failed", said="disk full"), "Stalled", "LastBackupFailed", "disk full. Mend the cause and"),
        (backup("Failed"), "Stalled", "LastBackupFailed", "set spec.deletionPolicy to Retain or Delete"),
        (backup("Completed", verified="False"), "Stalled", "LastBackupIncomplete", "1 file is missing"),
        (backup("Completed"), "Reconciling", "LastBackupTaken", "is verified"),
    ],
)
def test_a_vault_that_leaves_says_what_it_waits_for(
    last: LastBackup, kind: str, reason: str, words: str, now: datetime
) -> None:
    status = leaving_status(KNOWN, last, previous=KNOWN, now=now)
    assert status["phase"] == "Deleting"
    for condition in (find(status, "Ready"), find(status, kind)):
        assert condition is not None
        assert (condition["reason"], condition["observedGeneration"]) == (reason, 4)
        assert words in condition["message"]
    assert (find(status, "Ready") or {})["status"] == "False"
    assert find(status, "StorageReady") == KNOWN["conditions"][1]


def test_only_a_verified_backup_is_remembered(now: datetime) -> None:
    for last in (backup("Running"), backup("Failed"), backup("Completed", verified="False")):
        assert "lastBackup" not in leaving_status(KNOWN, last, previous=KNOWN, now=now)
    assert (
        leaving_status(KNOWN, backup("Completed"), previous=KNOWN, now=now)["lastBackup"] == "photos-last-1"
    )
