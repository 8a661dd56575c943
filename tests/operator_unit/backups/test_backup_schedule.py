"""Backups of a schedule are asked for when they are due, and go when the repository has them no more."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from mediavault_operator.kube import errors
from mediavault_operator.kube.cache import Key
from mediavault_operator.reconcile_backups import LOOK_AGAIN

Body = dict[str, Any]
Told = Any
KEY = Key("tenant", "photos")
PLAN: Body = {"target": {"claim": {"name": "backups"}}}
AT_NIGHT = {**PLAN, "schedule": "30 2 * * *"}
DONE = {"snapshot": "1a2b3c4d5e", "files": 3, "missing": 0, "size": 900, "added": 100, "kept": "1a2b3c4d"}


async def test_the_first_backup_of_a_schedule_is_asked_for_at_once(
    told: Told, apply: Callable[..., Body]
) -> None:
    apply(AT_NIGHT)
    assert await told.look() == 0.0
    (backup,) = told.server.made
    assert backup["metadata"]["name"] == "photos-20261122-1200"
    assert backup["spec"] == {"vaultName": "photos", "scheduled": True}
    await told.look()
    assert len(told.server.made) == 1, "it is known, though no watch has told of it"


@pytest.mark.usefixtures("running")
async def test_between_two_backups_the_schedule_is_waited_for(
    told: Told, apply: Callable[..., Body], now: datetime
) -> None:
    told.vaults.drop(told.vaults.get(KEY) or {})
    apply(AT_NIGHT)
    told.backup("nightly", scheduled=True, at="02:30", phase="Completed", snapshot="1a")
    told.backup("by-hand", at="11:00", phase="Completed", snapshot="2b")
    due = datetime.fromisoformat("2026-11-23T02:30:00+00:00")
    assert await told.look() == (due - now).total_seconds()
    assert told.server.made == []


async def test_a_backup_that_was_missed_is_made_up_for_once(told: Told, apply: Callable[..., Body]) -> None:
    apply({**PLAN, "schedule": "0 * * * *"})
    told.backup("long-ago", scheduled=True, at="02:30", phase="Failed")
    await told.look()
    assert [each["metadata"]["name"] for each in told.server.made] == ["photos-20261122-0300"]


@pytest.mark.parametrize(
    ("plan", "more"),
    [
        (PLAN, {}),
        ({**AT_NIGHT, "suspend": True}, {}),
        (AT_NIGHT, {"ready": False}),
        (AT_NIGHT, {"ready": False, "degraded": True, "serving": 0}),
        (AT_NIGHT, {"served": False}),
        (AT_NIGHT, {"paused": True}),
        (AT_NIGHT, {"suspend": True}),
        (AT_NIGHT, {"storage": {"s3": {"bucket": "media"}}}),
        (AT_NIGHT, {"storage": {"claim": {"accessModes": ["ReadWriteOncePod"]}}}),
        (None, {}),
    ],
)
async def test_no_backup_is_asked_for_without_a_schedule_and_a_vault_that_can_be_backed_up(
    told: Told, apply: Callable[..., Body], plan: Body | None, more: Body
) -> None:
    apply(plan, **more)
    assert await told.look() is None
    assert told.server.made == []


async def test_a_vault_that_is_held_on_the_pods_of_before_goes_on_being_backed_up(
    told: Told, apply: Callable[..., Body]
) -> None:
    apply(AT_NIGHT, ready=False, degraded=True)
    await told.look()
    assert [each["metadata"]["name"] for each in told.server.made] == ["photos-20261122-1200"]


async def test_a_vault_that_leaves_has_no_schedule_any_more(told: Told, apply: Callable[..., Body]) -> None:
    apply(AT_NIGHT)["metadata"]["deletionTimestamp"] = "2026-11-22T12:00:00Z"
    assert await told.look() is None
    assert told.server.made == []


async def test_a_name_that_is_taken_is_looked_at_again(told: Told, apply: Callable[..., Body]) -> None:
    apply(AT_NIGHT)
    told.server.trouble = errors.AlreadyExists("it is there")
    assert await told.look() == LOOK_AGAIN


@pytest.mark.usefixtures("running")
async def test_what_the_repository_has_not_any_more_goes_after_a_backup_of_the_schedule(told: Told) -> None:
    told.backup("kept", scheduled=True, at="08:00", phase="Completed", snapshot="1a2b3c4d99")
    told.backup("forgotten", scheduled=True, at="07:00", phase="Completed", snapshot="77777777")
    told.backup("failed", scheduled=True, at="06:00", phase="Failed")
    told.backup("by-hand", at="05:00", phase="Completed", snapshot="88888888")
    told.backup("new", scheduled=True)
    told.job("new", "Complete")
    told.pod("new", DONE)
    await told.look()
    assert sorted(told.server.deleted) == [("MediaVaultBackup", "failed"), ("MediaVaultBackup", "forgotten")]
    assert told.status("new")["phase"] == "Completed"


@pytest.mark.usefixtures("running")
async def test_nothing_is_removed_where_nobody_told_what_is_left(told: Told) -> None:
    told.backup("old", scheduled=True, at="07:00", phase="Completed", snapshot="77777777")
    told.backup("new", scheduled=True)
    told.job("new", "Complete")
    told.pod("new", {**DONE, "kept": ""})
    await told.look()
    assert told.server.deleted == []


@pytest.mark.usefixtures("running")
async def test_a_backup_ends_only_when_what_is_over_has_been_removed(told: Told) -> None:
    told.backup("failed", scheduled=True, at="06:00", phase="Failed")
    told.backup("new", scheduled=True)
    told.job("new", "Complete")
    told.pod("new", DONE)
    told.server.trouble = errors.Conflict("it has changed")
    with pytest.raises(errors.Conflict):
        await told.look()
    assert told.status("new") == {}
    told.server.trouble = None
    await told.look()
    assert told.server.deleted == [("MediaVaultBackup", "failed")]
    assert told.status("new")["phase"] == "Completed"


@pytest.mark.usefixtures("running")
async def test_what_somebody_else_removes_meanwhile_is_no_failure(told: Told) -> None:
    told.backup("failed", scheduled=True, at="06:00", phase="Failed")
    told.backup("new", scheduled=True)
    told.job("new", "Complete")
    told.pod("new", DONE)
    told.server.trouble = errors.NotFound("it is gone")
    await told.look()
    assert told.status("new")["phase"] == "Completed"
