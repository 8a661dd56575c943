"""Backups are taken as the schedule says, and a vault that wants a last one goes only after it."""

import pytest

from playing.api import Api, Object
from playing.kubelet import SNAPSHOT, Kubelet
from playing.operator import Operator
from playing.types import Vault
from playing.waiting import condition, until, until_ready

pytestmark = [pytest.mark.controlplane, pytest.mark.usefixtures("operator")]

BACKUP = {"target": {"claim": {"name": "backups"}}}
DATA = {"demo-admin", "demo-database", "demo-django", "demo-media", "demo-db"}
KEY = {"demo-backup"}
GARBAGE = 90
"""Seconds within which the garbage collector acts; it learns of a new kind of owner only every 30 s."""


def backups(api: Api, phase: str) -> list[Object]:
    return [each for each in api.list("MediaVaultBackup") if each.get("status", {}).get("phase") == phase]


def data(api: Api) -> set[str]:
    found = [obj["metadata"] for kind in ("Secret", "PersistentVolumeClaim") for obj in api.list(kind)]
    return {each["name"] for each in found if "deletionTimestamp" not in each}


def deleted_in_vain(api: Api, kubelet: Kubelet, apply_vault: Vault) -> None:
    """A vault that stays though it was deleted, as its last backup failed."""
    kubelet.backs_up = lambda: False
    apply_vault(backup=BACKUP, deletionPolicy="Backup")
    until_ready(api, "demo")
    api.delete("MediaVault", "demo")
    until(lambda: condition(api, "demo", "Stalled").get("reason") == "LastBackupFailed")


def test_the_first_backup_of_a_schedule_is_taken_at_once(
    api: Api, kubelet: Kubelet, apply_vault: Vault
) -> None:
    apply_vault(backup={**BACKUP, "schedule": "30 2 * * *"})
    until_ready(api, "demo")
    (backup,) = until(lambda: backups(api, "Completed"))
    assert backup["spec"] == {"vaultName": "demo", "scheduled": True}
    status = backup["status"]
    assert (status["snapshot"], status["files"], status["progress"]) == (SNAPSHOT, 2, 100)
    assert {each["type"]: each["status"] for each in status["conditions"]} == {
        "Ready": "True",
        "Verified": "True",
    }


def test_a_vault_goes_only_after_its_last_backup_and_leaves_the_key(
    api: Api, kubelet: Kubelet, apply_vault: Vault
) -> None:
    deleted_in_vain(api, kubelet, apply_vault)
    assert "the key does not open it" in condition(api, "demo", "Stalled")["message"]
    assert data(api) == DATA | KEY
    assert (api.get("Deployment", "demo") or {})["spec"]["replicas"] == 0, "nobody writes any more"
    (failed,) = backups(api, "Failed")
    kubelet.backs_up = lambda: True
    api.delete("MediaVaultBackup", failed["metadata"]["name"])
    # The Job of the one that failed has to go first.
    until(lambda: api.get("MediaVault", "demo") is None, seconds=GARBAGE, what="the vault has gone")
    until(lambda: data(api) == KEY, seconds=GARBAGE)
    assert len(backups(api, "Completed")) == 1
    until(lambda: not api.list("Job"), seconds=GARBAGE, what="no pod of a backup holds a claim any more")


def test_another_policy_lets_a_vault_go_without_its_last_backup(
    api: Api, kubelet: Kubelet, apply_vault: Vault
) -> None:
    deleted_in_vain(api, kubelet, apply_vault)
    api.patch("MediaVault", "demo", {"spec": {"deletionPolicy": "Retain"}})
    until(lambda: api.get("MediaVault", "demo") is None, what="the vault has gone")
    assert data(api) == DATA | KEY


def test_a_namespace_does_not_wait_for_a_last_backup(
    api: Api, kubelet: Kubelet, operator: Operator, apply_vault: Vault
) -> None:
    deleted_in_vain(api, kubelet, apply_vault)
    api.delete_namespace()
    until(lambda: not api.list("MediaVault") and not data(api), seconds=GARBAGE)
