"""Causes: what is injected into a vault in health must be named, in its part and in Ready."""

from collections.abc import Callable
from typing import Any

import pytest

from mediavault_operator import names
from mediavault_operator.observed import Failure

Judge = Callable[..., dict[str, Any]]
Read = Callable[..., dict[str, Any]]
Maker = Callable[..., Any]
QUIET = "2026-11-22T11:59:55Z"


def waits(reason: str, message: str = "", *, name: str = names.WEB_CONTAINER) -> dict[str, Any]:
    state = {"waiting": {"reason": reason, "message": message}}
    return {"name": name, "image": "registry/app:9", "ready": False, "state": state}


def died(
    code: int, message: str = "", *, name: str = names.WEB_CONTAINER, reason: str = "Error"
) -> dict[str, Any]:
    ended = {"exitCode": code, "message": message, "reason": reason}
    return {
        "name": name,
        "ready": False,
        "restartCount": 3,
        "state": {"running": {}},
        "lastState": {"terminated": ended},
    }


@pytest.fixture(name="starting")
def starting_children(healthy: Maker, deployment: Maker) -> Maker:
    """A vault whose web pod is not ready, with the pod given."""

    def make(*pods: dict[str, Any]) -> Any:
        return healthy(deployment=deployment(readyReplicas=0), pods=pods)

    return make


@pytest.mark.parametrize(
    "reason", ["ErrImagePull", "ImagePullBackOff", "ErrImageNeverPull", "InvalidImageName"]
)
def test_an_image_that_cannot_be_pulled_is_named(
    judge: Judge, starting: Maker, condition: Read, pod: Maker, reason: str
) -> None:
    found = condition(judge(starting(pod(names.WEB, waits(reason, "not found")))), "Ready")
    assert found["reason"] == "ImagePullFailed"
    assert "registry/app:9" in found["message"]


def test_backing_off_does_not_change_the_message(judge: Judge, starting: Maker, pod: Maker) -> None:
    cause = "failed to resolve registry/app:9: not found"
    backing_off = f'Back-off pulling image "registry/app:9": ErrImagePull: {cause}'
    one = judge(starting(pod(names.WEB, waits("ErrImagePull", cause))))
    two = judge(starting(pod(names.WEB, waits("ImagePullBackOff", backing_off))))
    assert one == two


def test_a_pod_that_no_node_takes_is_named(
    judge: Judge, starting: Maker, condition: Read, pod: Maker
) -> None:
    message = "0/3 nodes are available: 3 Insufficient memory."
    unscheduled = {"type": "PodScheduled", "status": "False", "reason": "Unschedulable", "message": message}
    found = condition(
        judge(starting(pod(names.WEB, phase="Pending", conditions=(unscheduled,)))), "WorkloadReady"
    )
    assert found["reason"] == "Unschedulable"
    assert "Insufficient memory" in found["message"]


def test_a_crash_is_told_in_its_last_words_while_the_pod_runs_again(
    judge: Judge, starting: Maker, condition: Read, pod: Maker
) -> None:
    found = condition(judge(starting(pod(names.WEB, died(2, "SECRET_KEY is too short")))), "Ready")
    assert found["reason"] == "Crashing"
    assert "exit code 2: SECRET_KEY is too short" in found["message"]


def test_a_lack_of_memory_is_named(judge: Judge, starting: Maker, condition: Read, pod: Maker) -> None:
    found = condition(judge(starting(pod(names.WEB, died(137, reason="OOMKilled")))), "Ready")
    assert found["reason"] == "OutOfMemory"


def test_a_volume_that_cannot_be_written_is_told_of_the_storage(
    judge: Judge, starting: Maker, condition: Read, pod: Maker
) -> None:
    words = "[09:00:00] Starting\nMEDIA_ROOT /home/appuser/media cannot be written: Permission denied\n"
    found = condition(judge(starting(pod(names.WEB, died(4, words)))), "StorageReady")
    assert found["reason"] == "VolumeNotWritable"
    assert "claim photos-media" in found["message"]
    assert "Starting" not in found["message"]


def test_a_volume_that_can_be_written_again_is_no_trouble_any_more(
    judge: Judge, healthy: Maker, condition: Read, pod: Maker
) -> None:
    words = "MEDIA_ROOT /home/appuser/media cannot be written: Permission denied"
    recovered = {**died(4, words), "state": {"running": {}}, "ready": True}
    assert condition(judge(healthy(pods=(pod(names.WEB, recovered),))), "StorageReady")["status"] == "True"


def test_an_old_failed_pod_beside_a_ready_one_is_no_trouble(judge: Judge, healthy: Maker, pod: Maker) -> None:
    assert judge(healthy(pods=(pod(names.WEB, died(1), phase="Failed"),)))["phase"] == "Running"


def test_pods_that_a_quota_forbids_are_named(
    judge: Judge, healthy: Maker, deployment: Maker, condition: Read
) -> None:
    message = 'pods "photos-1" is forbidden: exceeded quota: small, requested: memory=256Mi'
    failure = {"type": "ReplicaFailure", "status": "True", "reason": "FailedCreate", "message": message}
    status = judge(healthy(deployment=deployment(readyReplicas=0, conditions=[failure])))
    assert condition(status, "Ready")["reason"] == "QuotaExceeded"
    assert "a pod is forbidden: exceeded quota: small" in condition(status, "Ready")["message"]


def test_a_rollout_that_does_not_end_is_named(
    judge: Judge, healthy: Maker, deployment: Maker, condition: Read
) -> None:
    stuck = {
        "type": "Progressing",
        "status": "False",
        "reason": "ProgressDeadlineExceeded",
        "message": "timed out",
    }
    status = judge(healthy(deployment=deployment(readyReplicas=0, conditions=[stuck])))
    assert condition(status, "WorkloadReady")["reason"] == "RolloutStuck"


def test_pods_that_were_ready_and_are_not_are_trouble(
    judge: Judge, healthy: Maker, deployment: Maker, condition: Read
) -> None:
    was_well = {"type": "Progressing", "status": "True", "reason": "NewReplicaSetAvailable"}
    status = judge(healthy(deployment=deployment(readyReplicas=0, conditions=[was_well])))
    assert condition(status, "WorkloadReady")["reason"] == "PodsNotReady"
    assert status["phase"] == "Degraded"


def test_pods_that_are_recreated_are_no_trouble(
    judge: Judge, healthy: Maker, deployment: Maker, condition: Read
) -> None:
    was_well = {"type": "Progressing", "status": "True", "reason": "NewReplicaSetAvailable"}
    ending = deployment(readyReplicas=0, updatedReplicas=0, conditions=[was_well])
    assert condition(judge(healthy(deployment=ending)), "WorkloadReady")["reason"] == "RollingOut"


@pytest.mark.parametrize(
    ("seen", "reason"),
    [
        ({"status": {"phase": "Lost"}}, "VolumeLost"),
        ({"status": {"phase": "Pending"}, "spec": {"volumeName": "pv-1"}}, "VolumeNotBound"),
        ({"status": {"phase": "Pending"}, "spec": {"storageClassName": None}}, "NoStorageClass"),
        ({"status": {"phase": "Pending"}}, "ClaimPending"),
        (
            {
                "status": {"phase": "Pending"},
                "annotations": {"volume.kubernetes.io/storage-provisioner": "disk.csi"},
            },
            "Provisioning",
        ),
    ],
)
def test_a_claim_that_is_not_bound_says_why(
    judge: Judge, healthy: Maker, claim: Maker, condition: Read, seen: dict[str, Any], reason: str
) -> None:
    status = judge(healthy(media_claim=claim(**seen)))
    assert condition(status, "StorageReady")["reason"] == reason
    assert "photos-media" in condition(status, "StorageReady")["message"]


def test_a_claim_that_waits_for_its_first_pod_does_not_hold_up_the_rest(
    judge: Judge, healthy: Maker, claim: Maker, condition: Read
) -> None:
    pending = claim(status={"phase": "Pending"})
    status = judge(healthy(media_claim=pending, deployment=None, migration=None))
    assert condition(status, "StorageReady")["status"] == "False"
    assert condition(status, "Ready")["reason"] == "Waiting"
    assert status["phase"] == "Migrating"


def test_an_existing_claim_that_does_not_exist_is_named(
    judge: Judge, healthy: Maker, condition: Read
) -> None:
    spec = {"storage": {"claim": {"existingClaim": "old"}}}
    found = condition(judge(healthy(media_claim=None), spec), "StorageReady")
    assert found["reason"] == "ClaimNotFound"
    assert "claim old" in found["message"]


def test_a_failed_migration_says_why_and_how_to_go_on(
    judge: Judge, healthy: Maker, condition: Read, pod: Maker, job: Maker
) -> None:
    ended = {"exitCode": 1, "message": '{"error": "column x exists"}'}
    failed = {"name": names.PREPARE_CONTAINER, "state": {"terminated": ended}}
    children = healthy(jobs=(job("u", ended="Failed"),), pods=(pod(names.MIGRATE, failed, phase="Failed"),))
    status = judge(children, template="u")
    found = condition(status, "Migrated")
    assert found["reason"] == "MigrationFailed"
    assert "column x exists" in found["message"]
    assert "kubectl delete job photos-migrate-u -n tenant" in found["message"]
    assert condition(status, "Stalled")["reason"] == "MigrationFailed"
    assert condition(status, "WorkloadReady")["status"] == "True"


def test_a_release_that_is_not_supported_says_what_to_go_back_to(
    judge: Judge, healthy: Maker, condition: Read, pod: Maker, job: Maker
) -> None:
    ended = {"exitCode": 5, "message": '{"error": "Release 3.0 cannot take up a database of 1.0"}'}
    failed = {"name": names.PREPARE_CONTAINER, "state": {"terminated": ended}}
    children = healthy(jobs=(job("u", ended="Failed"),), pods=(pod(names.MIGRATE, failed, phase="Failed"),))
    found = condition(judge(children, {"image": "registry/app:3.0"}, template="u"), "Stalled")
    assert found["reason"] == "ReleaseUnsupported"
    assert "Release 3.0 cannot take up a database of 1.0" in found["message"]
    assert "to go back, set spec.image to registry/app:1.0" in found["message"]


def test_a_load_balancer_that_stays_pending_is_named_and_blocks_nothing(
    judge: Judge, healthy: Maker, condition: Read
) -> None:
    status = judge(healthy(), {"service": {"type": "LoadBalancer"}})
    assert condition(status, "ServiceReady")["reason"] == "LoadBalancerPending"
    assert condition(status, "Ready")["status"] == "True"


@pytest.mark.parametrize(
    ("point", "port", "url"),
    [
        ({"ip": "192.0.2.7"}, 80, "http://192.0.2.7"),
        ({"ip": "2001:db8::7"}, 8080, "http://[2001:db8::7]:8080"),
        ({"hostname": "lb.example"}, 443, "http://lb.example:443"),
    ],
)
def test_a_load_balancers_address_is_the_url(
    judge: Judge, healthy: Maker, point: dict[str, str], port: int, url: str
) -> None:
    service = {"metadata": {"name": "photos"}, "status": {"loadBalancer": {"ingress": [point]}}}
    status = judge(healthy(service=service), {"service": {"type": "LoadBalancer", "port": port}})
    assert status["url"] == url


def test_what_the_api_server_refuses_is_told_in_its_part(
    judge: Judge, healthy: Maker, condition: Read
) -> None:
    failure = Failure(
        kind="PersistentVolumeClaim", name="photos-db", reason="Forbidden", message="exceeded quota"
    )
    status = judge(healthy(failures=(failure,)))
    assert condition(status, "DatabaseReady")["reason"] == "QuotaExceeded"
    assert condition(status, "StorageReady")["status"] == "True"


@pytest.mark.parametrize(
    "kind",
    ["Secret", "ServiceAccount", "NetworkPolicy", "PersistentVolumeClaim", "Service", "StatefulSet", "Job",
     "Deployment", "PodDisruptionBudget"],
)  # fmt: skip
@pytest.mark.parametrize("suffix", ["", "-db", "-media", "-django", "-admin", "-database", "-migrate-t"])
@pytest.mark.parametrize("suspend", [False, True])
def test_no_refusal_is_passed_over(
    judge: Judge, healthy: Maker, condition: Read, kind: str, suffix: str, suspend: bool
) -> None:
    failure = Failure(kind=kind, name=f"photos{suffix}", reason="Forbidden", message="may not")
    status = judge(healthy(failures=(failure,)), {"suspend": suspend})
    assert condition(status, "Ready")["status"] == "False"


QUOTA = 'pods "x" is forbidden: exceeded quota: none, requested: pods=1, used: pods=0, limited: pods=0'


def test_a_migration_pod_that_a_quota_forbids_is_named_at_once(
    judge: Judge, healthy: Maker, condition: Read, job: Maker
) -> None:
    running = {**job("t"), "kind": "Job"}
    running["metadata"] = {**running["metadata"], "uid": "uid-of-job"}
    seen = healthy(jobs=(running,), migration=None, complaints={"uid-of-job": QUOTA})
    told = condition(judge(seen), "Migrated")
    assert told["reason"] == "QuotaExceeded"
    assert "limited: pods=0" in told["message"]


def test_a_database_pod_that_cannot_be_made_is_named_at_once(
    judge: Judge, healthy: Maker, condition: Read
) -> None:
    metadata = {"name": "photos-db", "uid": "uid-of-set", "creationTimestamp": QUIET}
    seen = healthy(
        stateful_set={"kind": "StatefulSet", "metadata": metadata, "status": {}},
        complaints={"uid-of-set": "the webhook is away"},
    )
    told = condition(judge(seen), "DatabaseReady")
    assert told["reason"] == "PodsNotMade"
    assert "StatefulSet photos-db cannot be made: the webhook is away" in told["message"]
