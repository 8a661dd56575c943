"""`backup` and `bootstrap` of a MediaVault."""

from collections.abc import Callable
from typing import Any

import pytest

from mediavault_operator.spec import (
    Bootstrap,
    ClaimTarget,
    EncryptionKey,
    InvalidSpec,
    MediaVault,
    Retention,
    S3Target,
    effective,
    key_shown,
    parse_place,
    target_shown,
)

Maker = Callable[..., MediaVault]
CLAIM: dict[str, Any] = {"claim": {"name": "backups"}}


def test_nothing_is_backed_up_where_nothing_is_asked_for(make_vault: Maker) -> None:
    assert make_vault().backup is None
    assert make_vault().bootstrap is None


def test_a_target_is_enough(make_vault: Maker) -> None:
    plan = make_vault({"backup": {"target": CLAIM}}).backup
    assert plan is not None
    assert plan.target == ClaimTarget(name="backups")
    assert (plan.generated, plan.encryption) == (True, EncryptionKey(secret_name="photos-backup"))
    assert (plan.schedule, plan.suspend, plan.retention) == (None, False, Retention())


def test_everything_can_be_said(make_vault: Maker) -> None:
    bucket = {"bucket": "vaults", "prefix": "all", "endpoint": "http://s3:9000", "region": "r"}
    spec = {
        "backup": {
            "schedule": "30 2 * * *",
            "suspend": True,
            "retention": {"keepLast": 1, "keepDaily": 7, "keepWeekly": 5, "keepMonthly": 12},
            "encryption": {"secretName": "key", "key": "k"},
            "target": {"s3": {**bucket, "secretName": "s3"}},
        },
        "bootstrap": {"fromBackup": {"name": "b", "namespace": "other", "encryption": {"secretName": "k"}}},
    }
    vault = make_vault(spec)
    assert vault.backup is not None
    assert vault.backup.target == S3Target(
        bucket="vaults", prefix="all", endpoint="http://s3:9000", region="r", secret_name="s3"
    )
    assert vault.backup.retention == Retention(last=1, daily=7, weekly=5, monthly=12)
    assert vault.bootstrap == Bootstrap(
        name="b", namespace="other", encryption=EncryptionKey(secret_name="k")
    )
    again = make_vault(effective(vault))
    assert (again.backup, again.bootstrap) == (vault.backup, vault.bootstrap)


@pytest.mark.parametrize(
    ("backup", "field"),
    [
        ({"schedule": "30 2 * * *"}, "spec.backup.target"),
        ({"retention": {"keepLast": 0}}, "spec.backup.retention.keepLast"),
        ({"target": {}}, "spec.backup.target"),
        ({"target": {**CLAIM, "s3": {"bucket": "abc"}}}, "spec.backup.target"),
        ({"target": {"claim": {}}}, "spec.backup.target.claim.name"),
        ({"target": {"s3": {}}}, "spec.backup.target.s3.bucket"),
        ({"target": {"s3": {"bucket": "abc", "endpoint": "s3"}}}, "spec.backup.target.s3.endpoint"),
        ({"target": CLAIM, "schedule": "nightly"}, "spec.backup.schedule"),
        ({"target": CLAIM, "schedule": "61 2 * * *"}, "spec.backup.schedule"),
        ({"target": CLAIM, "schedule": "0 0 30 2 *"}, "spec.backup.schedule"),
        ({"target": CLAIM, "retention": {"keepLast": 0}}, "spec.backup.retention.keepLast"),
        ({"target": CLAIM, "encryption": {}}, "spec.backup.encryption.secretName"),
    ],
)
def test_what_cannot_be_served_is_named(make_vault: Maker, backup: Any, field: str) -> None:
    with pytest.raises(InvalidSpec) as refused:
        make_vault({"backup": backup})
    assert field in {problem.field for problem in refused.value.problems}


@pytest.mark.parametrize(
    "backup",
    [{}, {"suspend": True}, {"schedule": "30 2 * * *", "suspend": True}, {"retention": {"keepLast": 3}}],
)
def test_what_a_vault_says_beside_the_target_of_its_class_is_nothing_without_it(
    make_vault: Maker, backup: Any
) -> None:
    assert make_vault({"backup": backup}).backup is None


def test_who_lacks_a_target_is_told_that_nobody_names_one(make_vault: Maker) -> None:
    words = "neither the vault nor its class names a target"
    with pytest.raises(InvalidSpec, match=words):
        make_vault({"backup": {"schedule": "30 2 * * *"}})
    with pytest.raises(InvalidSpec, match=words):
        make_vault({"backup": {"suspend": True}, "deletionPolicy": "Backup"})


def test_a_backup_to_begin_with_needs_a_name(make_vault: Maker) -> None:
    with pytest.raises(InvalidSpec, match=r"spec\.bootstrap\.fromBackup\.name"):
        make_vault({"bootstrap": {"fromBackup": {}}})


def test_the_place_of_a_backup_is_read_as_it_is_shown() -> None:
    key = EncryptionKey(secret_name="key", key="k")
    for target in (ClaimTarget(name="c"), S3Target(bucket="abc", secret_name="s3")):
        status = {"target": target_shown(target), "encryption": key_shown(key)}
        assert parse_place(status) == (target, key)
    assert parse_place({}) is None


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({}, "needs to know where backups go"),
        ({"backup": {"target": CLAIM}, "storage": {"s3": {"bucket": "media"}}}, "a bucket is not copied"),
        (
            {"backup": {"target": CLAIM}, "storage": {"claim": {"accessModes": ["ReadWriteOncePod"]}}},
            "a claim that one pod alone can mount",
        ),
    ],
)
def test_a_last_backup_has_to_be_possible(make_vault: Maker, more: dict[str, Any], words: str) -> None:
    with pytest.raises(InvalidSpec) as refusal:
        make_vault({**more, "deletionPolicy": "Backup"})
    assert [problem.field for problem in refusal.value.problems] == ["spec.deletionPolicy"]
    assert words in str(refusal.value)
