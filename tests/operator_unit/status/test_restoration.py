"""The condition Restored of a vault that begins with a backup."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from mediavault_operator import names
from mediavault_operator.observed import Source
from mediavault_operator.spec import ClaimTarget, EncryptionKey

Judge = Callable[..., dict[str, Any]]
Read = Callable[..., dict[str, Any]]
Maker = Callable[..., Any]
BEGINNING: dict[str, Any] = {"bootstrap": {"fromBackup": {"name": "b"}}}
SOURCE = Source(
    target=ClaimTarget(name="backups"),
    encryption=EncryptionKey(secret_name="key"),
    path="tenant/films",
    snapshot="1a2b",
)


def job(ended: str = "") -> dict[str, Any]:
    conditions = [{"type": ended, "status": "True", "reason": "BackoffLimitExceeded"}] if ended else []
    return {"metadata": {"name": "photos-restore"}, "status": {"conditions": conditions}}


def test_a_vault_that_begins_with_nothing_has_no_such_condition(judge: Judge, healthy: Maker) -> None:
    status = judge(healthy(), {})
    assert "Restored" not in {each["type"] for each in status["conditions"]}
    assert "restored" not in status


def test_a_restored_vault_remembers_it(judge: Judge, healthy: Maker, condition: Read) -> None:
    status = judge(healthy(source=SOURCE, restore_job=job("Complete")), BEGINNING)
    assert status["restored"] == {"backup": "b", "snapshot": "1a2b"}
    assert condition(status, "Restored")["status"] == "True"
    without = judge(healthy(source=SOURCE, restored=status["restored"]), BEGINNING)
    assert without["restored"] == status["restored"]


def test_a_restore_under_way_is_what_the_vault_waits_for(
    judge: Judge, healthy: Maker, condition: Read
) -> None:
    status = judge(healthy(source=SOURCE, restore_job=job(), deployment=None, migration=None), BEGINNING)
    assert condition(status, "Ready")["reason"] == "Restoring"


def test_a_failed_restore_says_why_and_what_to_do(
    judge: Judge, healthy: Maker, pod: Maker, condition: Read
) -> None:
    said = json.dumps({"error": "the vault has data already", "reason": "VaultNotEmpty"})
    ended = {"name": names.BACKUP_CONTAINER, "state": {"terminated": {"exitCode": 2, "message": said}}}
    failed = pod(names.RESTORE, ended, phase="Failed")
    status = judge(healthy(source=SOURCE, restore_job=job("Failed"), pods=(failed,)), BEGINNING)
    stalled = condition(status, "Stalled")
    assert stalled["reason"] == "RestoreFailed"
    assert "the vault has data already" in stalled["message"]
    assert "kubectl delete job photos-restore" in stalled["message"]


@pytest.mark.parametrize(("waits", "kind"), [(True, "Reconciling"), (False, "Degraded")])
def test_a_backup_that_cannot_be_used_is_named(
    judge: Judge, healthy: Maker, condition: Read, waits: bool, kind: str
) -> None:
    troubled = replace(SOURCE, trouble=("BackupNotFound", "there is none"), waits=waits)
    status = judge(healthy(source=troubled, deployment=None, migration=None), BEGINNING)
    assert condition(status, "Ready")["reason"] == "BackupNotFound"
    assert condition(status, kind)["status"] == "True"
