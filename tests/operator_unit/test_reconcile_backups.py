"""Backups of a vault are taken one after the other, the schedule's asked for, and what is over removed."""

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from mediavault_operator import names
from mediavault_operator.kube import errors
from mediavault_operator.kube.backups import Backups
from mediavault_operator.kube.cache import Cache, Key, Vaults
from mediavault_operator.kube.events import Announcer
from mediavault_operator.kube.report import Reporter
from mediavault_operator.kube.resources import BACKUP
from mediavault_operator.reconcile_backups import LOOK_AGAIN, BackupReconciler
from mediavault_operator.spec import Defaults, MediaVault, effective
from mediavault_operator.status.conditions import find

Body = dict[str, Any]
KEY = Key("tenant", "photos")
PLAN: Body = {"target": {"claim": {"name": "backups"}}}
AT_NIGHT = {**PLAN, "schedule": "30 2 * * *"}
DONE = {"snapshot": "1a2b3c4d5e", "files": 3, "missing": 0, "size": 900, "added": 100, "kept": "1a2b3c4d"}


class Server:
    """An API server that takes every write, unless there is `trouble`; `line` is what a pod says."""

    def __init__(self, backups: Backups) -> None:
        self._backups = backups
        self.made: list[Body] = []
        self.events: list[Body] = []
        self.statuses: list[Body] = []
        self.deleted: list[tuple[str, str]] = []
        self.trouble: errors.ApiError | None = None
        self.line: str = ""
        self._version = 100

    async def create(self, resource: Any, namespace: str, body: Body) -> Body:
        if resource.kind == "Event":
            self.events.append(body)
            return body
        if self.trouble:
            raise self.trouble
        self.made.append(body)
        return self._answer(body, uid=f"uid-of-{body['metadata']['name']}")

    async def apply_status(self, resource: Any, namespace: str, body: Body) -> Body:
        self.statuses.append(body["status"])
        known = self._backups.get(Key(namespace, body["metadata"]["name"])) or {}
        return self._answer({**known, "status": body["status"]})

    async def delete(self, resource: Any, namespace: str, name: str, *, uid: str) -> None:
        if self.trouble:
            raise self.trouble
        self.deleted.append((resource.kind, name))

    async def last_line(self, namespace: str, pod: str, container: str) -> str:
        return self.line

    def _answer(self, body: Body, **more: str) -> Body:
        self._version += 1
        assigned = {"creationTimestamp": "2026-11-22T12:00:00Z", **body["metadata"], **more}
        return {**body, "metadata": {**assigned, "resourceVersion": str(self._version)}}


class Told:
    """What a reconcile is told of, and what it does."""

    def __init__(self, defaults: Defaults, now: datetime) -> None:
        self.vaults = Vaults()
        self.backups = Backups(on_change=lambda _: None)
        self.server = Server(self.backups)
        self.cache = Cache(label=names.VAULT_LABEL, on_change=lambda _: None)
        self.ended: list[str] = []
        client: Any = self.server
        announcer = Announcer(client, instance="us", now=lambda: now)
        self._reconciler = BackupReconciler(
            client=client,
            vaults=self.vaults,
            backups=self.backups,
            cache=self.cache,
            reporter=Reporter(client, self.backups, announcer, now=lambda: now, resource=BACKUP),
            on_end=lambda body: self.ended.append(body["metadata"]["name"]),
            defaults=defaults,
            now=lambda: now,
        )

    async def look(self) -> float | None:
        return await self._reconciler.reconcile(KEY)

    def backup(self, name: str, *, scheduled: bool = False, at: str = "11:00", **status: Any) -> None:
        """There is a MediaVaultBackup, made today."""
        metadata = {
            "name": name,
            "namespace": "tenant",
            "uid": f"uid-of-{name}",
            "generation": 1,
            "resourceVersion": "1",
            "creationTimestamp": f"2026-11-22T{at}:00Z",
        }
        spec = {"vaultName": "photos", **({"scheduled": True} if scheduled else {})}
        self.backups.put({"metadata": metadata, "spec": spec, "status": status})

    def job(self, backup: str, ended: str = "", *, owner: str = "") -> None:
        """There is the Job of a backup."""
        name = names.backup_job(backup)
        metadata = {
            "name": name,
            "uid": f"uid-of-{name}",
            "resourceVersion": "1",
            "ownerReferences": [{"uid": owner or f"uid-of-{backup}"}],
        }
        conditions = [{"type": ended, "status": "True", "reason": "BackoffLimitExceeded"}] if ended else []
        job = {"kind": "Job", "metadata": metadata, "status": {"conditions": conditions}}
        self.cache.drop(job, at=0)
        self.cache.put(job, key=KEY)

    def pod(self, backup: str, said: Body | None = None) -> None:
        """There is the pod of a backup, running until it has `said` how it ended."""
        terminated = {"exitCode": 0, "message": json.dumps(said)}
        container = {"name": names.BACKUP_CONTAINER, "state": {"terminated": terminated} if said else {}}
        metadata = {
            "name": f"{backup}-x",
            "uid": f"uid-of-{backup}-x",
            "resourceVersion": "1",
            "creationTimestamp": "2026-11-22T11:00:00Z",
            "labels": {names.JOB_NAME_LABEL: names.backup_job(backup)},
        }
        status = {"phase": "Succeeded" if said else "Running", "containerStatuses": [container]}
        self.cache.put({"kind": "Pod", "metadata": metadata, "status": status}, key=KEY)

    def web(self, deployment: Body) -> None:
        """There is the Deployment of the vault."""
        containers = [{"name": names.WEB_CONTAINER, "image": "registry/app:0.9"}]
        metadata = {**deployment["metadata"], "uid": "uid-of-web", "resourceVersion": "1"}
        spec = {**deployment["spec"], "template": {"spec": {"containers": containers}}}
        self.cache.put({**deployment, "kind": "Deployment", "metadata": metadata, "spec": spec}, key=KEY)

    def status(self, backup: str) -> Body:
        """The status of a backup."""
        body = self.backups.get(Key("tenant", backup)) or {}
        return dict(body.get("status") or {})

    def reason(self, backup: str) -> str:
        """Why a backup is Ready, or is not."""
        return str((find(self.status(backup), "Ready") or {}).get("reason"))


@pytest.fixture(name="told")
def nothing_yet(defaults: Defaults, now: datetime) -> Told:
    return Told(defaults, now)


@pytest.fixture(name="apply")
def vault_in(told: Told, make_vault: Callable[..., MediaVault]) -> Callable[..., Body]:
    """Makes the vault with this plan of backups, ready and served unless told otherwise."""

    def apply(plan: Body | None = PLAN, *, ready: bool = True, served: bool = True, **more: Any) -> Body:
        spec = {key: value for key, value in (("backup", plan), *more.items()) if value is not None}
        conditions = [{"type": "Ready", "status": str(ready)}]
        shown = {"effective": effective(make_vault(spec))} if served else {}
        metadata = {"name": "photos", "namespace": "tenant", "uid": "vault-uid", "resourceVersion": "7"}
        body = {"metadata": metadata, "spec": spec, "status": {"conditions": conditions, **shown}}
        told.vaults.put(body)
        return body

    return apply


@pytest.fixture(name="running")
def running_vault(told: Told, apply: Callable[..., Body], deployment: Callable[..., Body]) -> None:
    """The vault runs."""
    apply()
    told.web(deployment())


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
    await told.look()
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
    with pytest.raises(errors.AlreadyExists):
        await told.look()
    assert told.reason("one") == "JobRefused"
    assert "one-backup exists" in (find(told.status("one"), "Ready") or {})["message"]


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
        (AT_NIGHT, {"served": False}),
        (None, {}),
    ],
)
async def test_no_backup_is_asked_for_without_a_schedule_and_a_vault_that_is_ready(
    told: Told, apply: Callable[..., Body], plan: Body | None, more: dict[str, bool]
) -> None:
    apply(plan, **more)
    assert await told.look() is None
    assert told.server.made == []


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
async def test_what_somebody_else_removes_meanwhile_is_no_failure(told: Told) -> None:
    told.backup("failed", scheduled=True, at="06:00", phase="Failed")
    told.backup("new", scheduled=True)
    told.job("new", "Complete")
    told.pod("new", DONE)
    told.server.trouble = errors.NotFound("it is gone")
    await told.look()
    assert told.status("new")["phase"] == "Completed"


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
