"""The backups of a vault are taken one after the other, and what became of each is told."""

from collections.abc import Callable
from typing import Any

import pytest

from mediavault_operator import names
from mediavault_operator.kube import errors
from mediavault_operator.kube.cache import Key, Ref
from mediavault_operator.reconcile_backups import LOOK_AGAIN
from mediavault_operator.status.conditions import find

Body = dict[str, Any]
Told = Any
KEY = Key("tenant", "photos")
DONE = {"snapshot": "1a2b3c4d5e", "files": 3, "missing": 0, "size": 900, "added": 100, "kept": "1a2b3c4d"}


async def test_a_vault_without_backups_is_left_alone(told: Told) -> None:
    assert await told.look() is None
    assert (told.server.made, told.server.statuses) == ([], [])


@pytest.mark.usefixtures("running")
async def test_a_backup_that_is_asked_for_begins_by_the_release_that_runs(told: Told) -> None:
    told.backup("one")
    assert await told.look() == LOOK_AGAIN
    (job,) = told.server.made
    (container,) = job["spec"]["template"]["spec"]["containers"]
    assert (job["metadata"]["name"], container["image"]) == ("one-backup", "registry/app:0.9")
    assert told.status("one")["phase"] == "Running"
    assert await told.look() == LOOK_AGAIN
    assert (len(told.server.made), len(told.server.statuses)) == (1, 1), "at rest nothing is written"


@pytest.mark.usefixtures("running")
async def test_backups_are_taken_one_after_the_other_the_oldest_first(told: Told) -> None:
    told.backup("young", at="11:30")
    told.backup("old", at="11:00")
    await told.look()
    assert [each["metadata"]["name"] for each in told.server.made] == ["old-backup"]
    assert (told.reason("old"), told.reason("young")) == ("Running", "AnotherRuns")
    told.job("old", "Complete")
    told.pod("old", DONE)
    assert await told.look() == 0.0, "the next one need not wait"
    assert told.status("old")["phase"] == "Completed"
    await told.look()
    assert told.reason("young") == "Running"


@pytest.mark.usefixtures("running")
async def test_the_end_of_a_backup_is_told_once(told: Told) -> None:
    told.backup("one")
    told.job("one", "Complete")
    told.pod("one", DONE)
    await told.look()
    await told.look()
    assert told.ended == ["one"]


@pytest.mark.usefixtures("running")
async def test_a_failure_is_told_in_an_event_too(told: Told) -> None:
    told.backup("one")
    told.job("one", "Failed")
    told.pod("one", {"error": "wrong password", "reason": "WrongKey"})
    await told.look()
    assert (told.status("one")["phase"], told.ended) == ("Failed", ["one"])
    assert [(each["type"], each["reason"]) for each in told.server.events] == [("Warning", "WrongKey")]


@pytest.mark.usefixtures("running")
async def test_a_job_of_an_earlier_backup_of_the_same_name_is_not_taken_for_its_own(told: Told) -> None:
    told.backup("one")
    told.job("one", "Complete", owner="uid-of-an-earlier-one")
    told.server.trouble = errors.AlreadyExists("POST: one-backup exists", said="one-backup exists")
    told.server.unseen = told.cache.of(KEY)[Ref("Job", "one-backup")]
    with pytest.raises(errors.AlreadyExists):
        await told.look()
    assert told.reason("one") == "JobRefused"
    assert "one-backup exists" in (find(told.status("one"), "Ready") or {})["message"]


@pytest.mark.usefixtures("running")
async def test_a_job_that_lost_its_labels_gets_them_back(told: Told) -> None:
    told.backup("one")
    told.job("one")
    lost = told.cache.of(KEY)[Ref("Job", "one-backup")]
    told.cache.drop(lost, at=1)
    told.server.trouble, told.server.unseen = errors.AlreadyExists("POST: one-backup exists"), lost
    await told.look()
    (patch,) = told.server.patches
    assert patch["metadata"]["uid"] == "uid-of-one-backup"
    assert patch["metadata"]["labels"][names.VAULT_LABEL] == "photos"
    assert told.reason("one") == "Running"
    assert Ref("Job", "one-backup") in told.cache.of(KEY)


@pytest.mark.usefixtures("running")
async def test_a_name_that_is_free_by_now_is_tried_again(told: Told) -> None:
    told.backup("one")
    told.server.trouble = errors.AlreadyExists("POST: one-backup exists")
    with pytest.raises(errors.Conflict):
        await told.look()


@pytest.mark.usefixtures("running")
async def test_a_job_that_was_refused_is_made_when_it_may_be(told: Told) -> None:
    told.backup("one")
    told.server.trouble = errors.Forbidden("POST: no quota", said="no quota")
    with pytest.raises(errors.Forbidden):
        await told.look()
    told.server.trouble = None
    await told.look()
    assert told.reason("one") == "Running"


@pytest.mark.usefixtures("running")
@pytest.mark.parametrize(
    ("line", "percent"),
    [
        ('{"percent": 40}', 40),
        ("", 0),
        ("Traceback:", 0),
        ("[]", 0),
        ('{"percent": null}', 0),
        ('{"percent": 1e99}', 0),
        ('{"percent": Infinity}', 0),
        ('{"percent": -1}', 0),
    ],
)
async def test_progress_is_what_the_pod_says_if_it_can_be(told: Told, line: str, percent: int) -> None:
    told.backup("one")
    told.job("one")
    told.pod("one")
    told.server.line = line
    await told.look()
    assert told.status("one")["progress"] == percent


async def test_a_backup_of_a_vault_that_is_not_there_waits_for_it(told: Told) -> None:
    told.backup("one")
    assert await told.look() == LOOK_AGAIN
    assert (told.reason("one"), told.server.made) == ("VaultNotFound", [])


async def test_a_backup_of_a_vault_that_is_not_served_yet_waits_for_it(
    told: Told, apply: Callable[..., Body]
) -> None:
    apply(served=False, ready=False)
    told.backup("one")
    assert await told.look() == LOOK_AGAIN
    assert (told.reason("one"), told.server.made) == ("VaultNotReady", [])


async def test_a_backup_of_media_that_nobody_can_read_beside_the_vault_ends_at_once(
    told: Told, apply: Callable[..., Body]
) -> None:
    apply(storage={"s3": {"bucket": "media"}})
    told.backup("one")
    assert await told.look() == 0.0
    assert (told.status("one")["phase"], told.reason("one"), told.ended) == (
        "Failed",
        "MediaInBucket",
        ["one"],
    )
    assert await told.look() is None, "nothing is left to be looked at"


async def test_the_jobs_of_ended_backups_go_with_their_vault(told: Told) -> None:
    told.backup("ended", phase="Completed", snapshot="1a")
    told.job("ended", "Complete")
    told.backup("without-job", phase="Failed")
    await told.look()
    assert told.server.deleted == [("Job", "ended-backup")]


@pytest.mark.usefixtures("running")
async def test_the_jobs_of_ended_backups_stay_while_their_vault_does(told: Told) -> None:
    told.backup("ended", phase="Completed", snapshot="1a")
    told.job("ended", "Complete")
    await told.look()
    assert told.server.deleted == []


@pytest.mark.usefixtures("running")
async def test_a_backup_that_is_being_deleted_is_not_begun(told: Told) -> None:
    told.backup("one")
    (body,) = told.backups.of(KEY)
    body["metadata"]["deletionTimestamp"] = "2026-11-22T12:00:00Z"
    assert await told.look() is None
    assert (told.server.made, told.server.statuses) == ([], [])
