"""What is known of MediaVaultBackups, and the one that a new vault begins with."""

from collections.abc import Callable
from typing import Any

import pytest

from mediavault_operator.kube.backups import Backups, waits_for
from mediavault_operator.kube.cache import Key
from mediavault_operator.kube.resources import BACKUP
from mediavault_operator.kube.watch import Scope
from mediavault_operator.spec import ClaimTarget, MediaVault, S3Target

SCOPE = Scope(BACKUP, None, {})
COMPLETED: dict[str, Any] = {
    "phase": "Completed",
    "snapshot": "1a2b",
    "path": "tenant/films",
    "target": {"claim": {"name": "backups"}},
    "encryption": {"secretName": "films-backup", "key": "password"},
}
IN_A_BUCKET = {**COMPLETED, "target": {"s3": {"bucket": "vaults"}}}


def backup(
    name: str = "b", *, namespace: str = "tenant", version: int = 1, allowed: Any = (), status: Any = None
) -> dict[str, Any]:
    metadata = {"name": name, "namespace": namespace, "uid": f"uid-of-{name}", "generation": 1}
    return {
        "metadata": {
            **metadata,
            "resourceVersion": str(version),
            "creationTimestamp": "2026-11-22T11:00:00Z",
        },
        "spec": {"vaultName": "films", "allowedNamespaces": list(allowed)},
        "status": COMPLETED if status is None else status,
    }


@pytest.fixture
def heard() -> list[str]:
    return []


@pytest.fixture
def backups(heard: list[str]) -> Backups:
    return Backups(on_change=lambda body: heard.append(body["metadata"]["name"]))


def beginning(make_vault: Callable[..., MediaVault], **source: Any) -> MediaVault:
    return make_vault({"bootstrap": {"fromBackup": {"name": "b", **source}}})


def test_the_backups_of_a_vault_are_found_and_forgotten(backups: Backups, heard: list[str]) -> None:
    backups.replace(SCOPE, [backup("b"), backup("a")], "5")
    films = Key("tenant", "films")
    assert [each["metadata"]["name"] for each in backups.of(films)] == ["a", "b"]
    backups.removed(SCOPE, backup("a", version=2))
    assert [each["metadata"]["name"] for each in backups.of(films)] == ["b"]
    backups.replace(SCOPE, [], "9")
    assert backups.of(films) == ()
    assert heard == ["b", "a", "a", "b"]


def test_old_news_are_none(backups: Backups, heard: list[str]) -> None:
    backups.changed(SCOPE, backup(version=3))
    backups.changed(SCOPE, backup(version=2))
    assert heard == ["b"]


def test_a_completed_backup_of_the_same_namespace_can_be_used(
    backups: Backups, make_vault: Callable[..., MediaVault]
) -> None:
    backups.changed(SCOPE, backup())
    source = backups.source(beginning(make_vault))
    assert source is not None
    assert source.usable
    assert source.target == ClaimTarget(name="backups")
    assert (source.path, source.snapshot) == ("tenant/films", "1a2b")


@pytest.mark.parametrize(
    ("found", "reason", "waits"),
    [
        (None, "BackupNotFound", False),
        (backup(status={"phase": "Running"}), "BackupNotCompleted", True),
        (backup(status={"phase": "Failed"}), "BackupFailed", False),
    ],
)
def test_what_cannot_be_used_is_named(
    backups: Backups, make_vault: Callable[..., MediaVault], found: Any, reason: str, waits: bool
) -> None:
    if found:
        backups.changed(SCOPE, found)
    source = backups.source(beginning(make_vault))
    assert source is not None
    assert source.trouble is not None
    assert (source.trouble[0], source.waits) == (reason, waits)


@pytest.mark.parametrize(
    ("allowed", "status", "reason"),
    [
        ((), IN_A_BUCKET, "BackupNotFound"),
        (("another",), IN_A_BUCKET, "BackupNotFound"),
        (("tenant",), COMPLETED, "BackupOutOfReach"),
        (("tenant",), IN_A_BUCKET, None),
    ],
)
def test_another_namespace_needs_a_grant_and_a_bucket(
    backups: Backups, make_vault: Callable[..., MediaVault], allowed: Any, status: Any, reason: str | None
) -> None:
    backups.changed(SCOPE, backup(namespace="other", allowed=allowed, status=status))
    source = backups.source(beginning(make_vault, namespace="other"))
    assert source is not None
    assert (source.trouble[0] if source.trouble else None) == reason
    if reason is None:
        assert isinstance(source.target, S3Target)


def test_vaults_that_begin_with_a_backup_are_told_from_others() -> None:
    vault: dict[str, Any] = {
        "metadata": {"name": "photos", "namespace": "tenant"},
        "spec": {"bootstrap": {"fromBackup": {"name": "b"}}},
    }
    assert waits_for(vault, backup())
    assert not waits_for(vault, backup(namespace="other"))
    assert not waits_for({**vault, "spec": {}}, backup())


def test_a_vault_that_is_being_deleted_waits_for_backups_of_its_own() -> None:
    metadata = {"name": "films", "namespace": "tenant", "deletionTimestamp": "2026-11-25T02:30:00Z"}
    assert waits_for({"metadata": metadata, "spec": {}}, backup())
    assert not waits_for({"metadata": {**metadata, "name": "others"}, "spec": {}}, backup())
