"""How the trial of what an embedded vault's next pod will be is told."""

from collections.abc import Callable
from typing import Any

import pytest

from mediavault_operator import names

Judge = Callable[..., dict[str, Any]]
Read = Callable[..., dict[str, Any]]
Maker = Callable[..., Any]
NEWER: dict[str, Any] = {"database": {"embedded": {}}, "image": "registry/app:2.0"}
BACK = "The pods of before go on serving: to go back, set spec.image to registry/app:1.0"


@pytest.fixture(name="serving")
def serving_children(healthy: Maker, deployment: Maker) -> Maker:
    """The children of an embedded vault whose pod has another image than is wanted."""

    def make(**replaced: Any) -> dict[str, Any]:
        web = deployment()
        web["spec"]["template"]["spec"]["containers"] = [{"name": "web", "image": "registry/app:1.0"}]
        none = {"migration": None, "database_claim": None, "stateful_set": None}
        return healthy(**{"deployment": web, **none, **replaced})  # type: ignore[no-any-return]

    return make


def test_a_trial_under_way_is_waited_for(
    judge: Judge, serving: Maker, condition: Read, job: Maker, pod: Maker
) -> None:
    status = judge(serving(jobs=(job("u"),), pods=(pod(names.MIGRATE),)), NEWER, template="u")
    assert condition(status, "Migrated")["reason"] == "Trying"
    assert "photos-migrate-u tries registry/app:2.0" in condition(status, "Migrated")["message"]
    assert condition(status, "Degraded")["status"] == "False"
    assert condition(status, "WorkloadReady")["status"] == "True"


def test_a_trial_that_failed_says_why_and_how_to_go_back(
    judge: Judge, serving: Maker, condition: Read, pod: Maker, job: Maker
) -> None:
    ended = {"exitCode": 2, "message": '{"error": "SECRET_KEY is too short"}'}
    failed = {"name": names.PREPARE_CONTAINER, "state": {"terminated": ended}}
    seen = serving(jobs=(job("u", ended="Failed"),), pods=(pod(names.MIGRATE, failed, phase="Failed"),))
    status = judge(seen, NEWER, template="u")
    told = condition(status, "Migrated")
    assert told["reason"] == condition(status, "Stalled")["reason"] == "MigrationFailed"
    assert told["message"].startswith(
        f"the trial of registry/app:2.0 failed: SECRET_KEY is too short. {BACK}"
    )


def test_an_image_that_cannot_be_had_is_named_with_the_way_back(
    judge: Judge, serving: Maker, condition: Read, pod: Maker, job: Maker
) -> None:
    waits = {"waiting": {"reason": "ImagePullBackOff", "message": "no such image"}}
    away = {"name": names.PREPARE_CONTAINER, "image": "registry/app:2.0", "state": waits}
    status = judge(serving(jobs=(job("u"),), pods=(pod(names.MIGRATE, away),)), NEWER, template="u")
    told = condition(status, "Degraded")
    assert told["reason"] == "ImagePullFailed"
    assert told["message"].endswith(f"cannot be had: no such image. {BACK}")


def test_pods_of_a_trial_that_are_refused_are_named_with_the_way_back(
    judge: Judge, serving: Maker, condition: Read, job: Maker
) -> None:
    tried = {**job("u"), "kind": "Job"}
    tried["metadata"] = {**tried["metadata"], "uid": "uid-of-job"}
    said = 'pods "x" is forbidden: no PriorityClass with name high was found'
    status = judge(serving(jobs=(tried,), complaints={"uid-of-job": said}), NEWER, template="u")
    told = condition(status, "Migrated")
    assert told["reason"] == "PriorityClassMissing"
    assert told["message"].endswith(
        f": a pod is forbidden: no PriorityClass with name high was found. {BACK}"
    )


@pytest.mark.parametrize(
    ("said", "reason", "told"),
    [
        ('pods "x" is forbidden: exceeded quota: small, limited: pods=1', "QuotaExceeded", True),
        ('pods "x" is forbidden: no PriorityClass with name high was found', "PriorityClassMissing", False),
    ],
)
def test_a_trial_that_has_no_room_beside_the_pod_that_serves_is_told_with_the_way_to_make_some(
    judge: Judge, serving: Maker, condition: Read, job: Maker, said: str, reason: str, told: bool
) -> None:
    tried = {**job("u"), "kind": "Job"}
    tried["metadata"] = {**tried["metadata"], "uid": "uid-of-job"}
    status = judge(serving(jobs=(tried,), complaints={"uid-of-job": said}), NEWER, template="u")
    assert condition(status, "Migrated")["reason"] == reason
    assert ("set spec.suspend" in condition(status, "Migrated")["message"]) is told


def test_a_node_that_is_full_is_told_with_the_way_to_make_room(
    judge: Judge, serving: Maker, condition: Read, job: Maker, pod: Maker
) -> None:
    full = {"type": "PodScheduled", "status": "False", "reason": "Unschedulable", "message": "too many pods"}
    waits = pod(names.MIGRATE, phase="Pending", conditions=(full,))
    status = judge(serving(jobs=(job("u"),), pods=(waits,)), NEWER, template="u")
    assert condition(status, "Migrated")["reason"] == "Unschedulable"
    assert "set spec.suspend, and unset it" in condition(status, "Migrated")["message"]


def test_a_trial_is_no_migration(judge: Judge, serving: Maker, condition: Read, job: Maker) -> None:
    status = judge(serving(jobs=(job("u", ended="Complete"),)), NEWER, template=None)
    assert "migration" not in status
    assert condition(status, "Migrated")["reason"] == "InEachPod"
