"""A planned change is told as one: not as trouble, and never as done before it is."""

from collections.abc import Callable
from typing import Any

from mediavault_operator import names
from mediavault_operator.observed import Failure

Judge = Callable[..., dict[str, Any]]
Read = Callable[..., dict[str, Any]]
Maker = Callable[..., Any]

WAS_WELL = {"type": "Progressing", "status": "True", "reason": "NewReplicaSetAvailable"}
NOT_READY = ({"type": "Ready", "status": "False"},)


def database(**status: Any) -> dict[str, Any]:
    known = {"replicas": 1, "readyReplicas": 1, "currentRevision": "a", "updateRevision": "a"}
    metadata = {"name": "photos-db", "generation": 2, "creationTimestamp": "2026-11-22T11:00:00Z"}
    return {"metadata": metadata, "status": {"observedGeneration": 2, **known, **status}}


def test_a_vault_is_not_ready_while_its_database_is_yet_to_be_replaced(
    judge: Judge, healthy: Maker, condition: Read
) -> None:
    for under_way in ({"observedGeneration": 1}, {"updateRevision": "b"}):
        status = judge(healthy(stateful_set=database(**under_way)))
        assert condition(status, "Ready")["status"] == "False"
        assert condition(status, "DatabaseReady")["reason"] == "Restarting"
    assert condition(judge(healthy(stateful_set=database())), "Ready")["status"] == "True"


def test_web_pods_that_wait_for_a_restarting_database_are_no_trouble(
    judge: Judge, healthy: Maker, deployment: Maker, condition: Read
) -> None:
    restarting = database(readyReplicas=0, updateRevision="b")
    web = deployment(readyReplicas=0, conditions=[WAS_WELL])
    status = judge(healthy(stateful_set=restarting, deployment=web), previous={"phase": "Running"})
    assert status["phase"] == "Updating"
    assert condition(status, "Degraded")["status"] == "False"
    assert condition(status, "Ready")["reason"] == "Starting"


def test_a_web_pod_that_has_just_begun_is_no_trouble_until_it_takes_too_long(
    judge: Judge, healthy: Maker, deployment: Maker, pod: Maker, condition: Read
) -> None:
    web = deployment(readyReplicas=0, conditions=[WAS_WELL])
    young = pod(names.WEB, conditions=NOT_READY, created="2026-11-22T11:59:10Z")
    old = pod(names.WEB, conditions=NOT_READY, created="2026-11-22T11:58:50Z")
    begun = judge(healthy(deployment=web, pods=(young,)), previous={"phase": "Running"})
    assert begun["phase"] == "Updating"
    assert condition(begun, "WorkloadReady")["reason"] == "RollingOut"
    late = judge(healthy(deployment=web, pods=(young, old)))
    assert condition(late, "WorkloadReady")["reason"] == "PodsNotReady"


def test_a_rollout_after_a_migration_is_an_update_and_the_first_one_is_not(
    judge: Judge, healthy: Maker, deployment: Maker
) -> None:
    web = deployment(readyReplicas=0)
    revision = {"deployment.kubernetes.io/revision": "2"}
    later = {**web, "metadata": {**web["metadata"], "annotations": revision}}
    assert judge(healthy(deployment=web), previous={"phase": "Migrating"})["phase"] == "Provisioning"
    assert judge(healthy(deployment=later), previous={"phase": "Migrating"})["phase"] == "Updating"


def test_a_claim_deleted_under_its_vault_is_trouble_and_one_of_an_earlier_vault_is_not(
    judge: Judge, healthy: Maker, claim: Maker, condition: Read
) -> None:
    refusal = Failure(
        kind="PersistentVolumeClaim", name="photos-media", reason="Terminating", message="it is being deleted"
    )
    for owner, reason in (("vault-uid", "ClaimTerminating"), ("earlier", "Terminating")):
        leaving = claim(annotations={names.VAULT_UID_ANNOTATION: owner})
        leaving["metadata"]["deletionTimestamp"] = "2026-11-22T11:59:59Z"
        status = judge(healthy(media_claim=leaving, failures=(refusal,)))
        assert condition(status, "StorageReady")["reason"] == reason
        assert (condition(status, "Degraded")["status"] == "True") == (owner == "vault-uid")
