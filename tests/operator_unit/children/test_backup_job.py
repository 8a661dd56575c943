"""The Jobs that back up and restore."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from mediavault_operator import names
from mediavault_operator.children.backup_job import build_backup_job, build_restore_job
from mediavault_operator.children.repository import Repository
from mediavault_operator.spec import BackupRequest, ClaimTarget, EncryptionKey, MediaVault

CLAIM: dict[str, Any] = {"backup": {"target": {"claim": {"name": "backups"}}}}
BUCKET = {"bucket": "vaults", "prefix": "all", "endpoint": "https://s3.example.org", "secretName": "s3"}
S3: dict[str, Any] = {"backup": {"target": {"s3": BUCKET}}}
REQUEST = BackupRequest(name="nightly", namespace="tenant", uid="backup-uid", generation=1, vault="photos")

Build = Callable[..., dict[str, Any]]


@pytest.fixture
def build(make_vault: Callable[..., MediaVault]) -> Build:
    def build(
        spec: Mapping[str, Any] = CLAIM,
        *,
        request: BackupRequest = REQUEST,
        beside_web: bool = True,
        **placed: Any,
    ) -> dict[str, Any]:
        vault = make_vault(spec)
        assert vault.backup is not None
        web = {**placed, "containers": [{"name": names.WEB_CONTAINER, "image": "app:2"}]}
        return build_backup_job(vault, vault.backup, request, web=web, beside_web=beside_web)

    return build


def pod_of(job: dict[str, Any]) -> dict[str, Any]:
    return dict(job["spec"]["template"]["spec"])


def container_of(job: dict[str, Any]) -> dict[str, Any]:
    (container,) = pod_of(job)["containers"]
    return dict(container)


def environment_of(job: dict[str, Any]) -> dict[str, str]:
    return {each["name"]: each["value"] for each in container_of(job)["env"]}


def claims_of(job: dict[str, Any]) -> dict[str, str]:
    volumes = pod_of(job)["volumes"]
    return {
        each["name"]: each["persistentVolumeClaim"]["claimName"]
        for each in volumes
        if "persistentVolumeClaim" in each
    }


def test_the_job_goes_with_its_backup_and_not_with_its_vault(build: Build) -> None:
    (owner,) = build()["metadata"]["ownerReferences"]
    assert (owner["kind"], owner["name"], owner["uid"]) == ("MediaVaultBackup", "nightly", "backup-uid")


def test_a_claim_is_mounted_and_holds_a_folder_for_the_vault(build: Build) -> None:
    job = build()
    assert claims_of(job) == {"media": "photos-media", "backups": "backups"}
    assert environment_of(job)["BACKUP_REPOSITORY"] == "/backups/tenant/photos"


def test_a_bucket_is_reached_with_keys_from_files(build: Build) -> None:
    job = build(S3)
    told = environment_of(job)
    assert claims_of(job) == {"media": "photos-media"}
    assert told["BACKUP_REPOSITORY"] == "s3:https://s3.example.org/vaults/all/tenant/photos"
    files = {name for name in told if name.startswith("BACKUP_") and name.endswith("_FILE")}
    assert files == {
        "BACKUP_PASSWORD_FILE", "BACKUP_S3_ACCESS_KEY_ID_FILE", "BACKUP_S3_SECRET_ACCESS_KEY_FILE",
    }  # fmt: skip


def test_the_key_is_the_generated_one_or_the_one_that_is_named(build: Build) -> None:
    named = {"backup": {**CLAIM["backup"], "encryption": {"secretName": "mine", "key": "k"}}}
    for spec, secret, key in ((CLAIM, "photos-backup", "password"), (named, "mine", "k")):
        volumes = {each["name"]: each for each in pod_of(build(spec))["volumes"]}
        assert volumes["backup-key"]["secret"]["secretName"] == secret
        assert volumes["backup-key"]["secret"]["items"] == [{"key": key, "path": "password"}]


def test_the_media_are_only_read_but_where_the_database_lies_beside_them(build: Build) -> None:
    for spec, read_only in ((CLAIM, True), ({**CLAIM, "database": {"embedded": {}}}, None)):
        mounts = {each["name"]: each for each in container_of(build(spec))["volumeMounts"]}
        assert mounts["media"].get("readOnly") is read_only


def test_media_of_one_node_are_read_there(build: Build) -> None:
    affinity = pod_of(build())["affinity"]["podAffinity"]
    (term,) = affinity["requiredDuringSchedulingIgnoredDuringExecution"]
    assert term["labelSelector"]["matchLabels"] == names.selector("photos", names.WEB)
    assert "affinity" not in pod_of(build(beside_web=False))


def test_it_is_placed_as_the_web_pods_that_serve_and_not_as_those_that_are_asked_for(build: Build) -> None:
    nowhere = {
        "nodeSelector": {"disk": "none"},
        "priorityClassName": "missing",
        "affinity": {"nodeAffinity": {}},
    }
    serving = {"tolerations": [{"key": "media"}], "affinity": {"podAntiAffinity": {}}}
    pod = pod_of(build({**CLAIM, "pods": nowhere}, **serving))
    assert pod["tolerations"] == [{"key": "media"}]
    assert set(pod["affinity"]) == {"podAntiAffinity", "podAffinity"}
    assert not {"nodeSelector", "priorityClassName"} & pod.keys()


def test_the_retention_is_for_scheduled_backups(build: Build) -> None:
    kept = {"backup": {**CLAIM["backup"], "retention": {"keepLast": 3, "keepWeekly": 4}}}
    scheduled = BackupRequest(**{**vars(REQUEST), "scheduled": True})
    assert container_of(build(kept))["command"] == ["python", "manage.py", "backup"]
    assert container_of(build(kept, request=scheduled))["command"][3:] == [
        "--scheduled", "--keep-last=3", "--keep-weekly=4",
    ]  # fmt: skip


def test_what_needs_somebody_is_not_tried_again(build: Build) -> None:
    rules = build()["spec"]["podFailurePolicy"]["rules"]
    assert {rule["onExitCodes"]["values"][0]: rule["action"] for rule in rules if "onExitCodes" in rule} == {
        2: "FailJob"
    }


def test_a_restore_writes_the_media_and_names_the_snapshot(make_vault: Callable[..., MediaVault]) -> None:
    repository = Repository(
        target=ClaimTarget(name="backups"),
        encryption=EncryptionKey(secret_name="mine"),
        path="tenant/films",
    )
    job = build_restore_job(make_vault(), repository, snapshot="1a2b")
    assert container_of(job)["command"] == ["python", "manage.py", "restore", "1a2b"]
    assert environment_of(job)["BACKUP_REPOSITORY"] == "/backups/tenant/films"
    mounts = {each["name"]: each for each in container_of(job)["volumeMounts"]}
    assert "readOnly" not in mounts["media"]
    assert job["metadata"]["ownerReferences"][0]["kind"] == "MediaVault"
