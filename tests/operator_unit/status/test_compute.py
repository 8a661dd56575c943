"""The judgement over a whole vault."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from mediavault_operator import names
from mediavault_operator.observed import Failure
from mediavault_operator.spec import Problem
from mediavault_operator.status import refused_status

Judge = Callable[..., dict[str, Any]]
Read = Callable[..., dict[str, Any]]
Maker = Callable[..., Any]
PARTS = ["StorageReady", "DatabaseReady", "Migrated", "WorkloadReady", "ServiceReady"]


def test_a_vault_in_health_is_ready_and_says_where(judge: Judge, healthy: Maker, condition: Read) -> None:
    status = judge(healthy())
    assert status["phase"] == "Running"
    assert status["url"] == "http://photos.tenant.svc"
    assert (status["version"], status["replicas"], status["readyReplicas"]) == ("1.0", 1, 1)
    assert condition(status, "Ready")["message"] == "the vault serves at http://photos.tenant.svc"
    assert {kind: condition(status, kind)["status"] for kind in PARTS} == dict.fromkeys(PARTS, "True")


def test_a_vault_without_web_pods_is_not_said_to_serve(judge: Judge, healthy: Maker, condition: Read) -> None:
    deployment = healthy()["deployment"]
    status = judge(healthy(deployment={**deployment, "spec": {**deployment.get("spec", {}), "replicas": 0}}))
    assert condition(status, "Ready")["status"] == "True"
    assert condition(status, "Ready")["reason"] == "ScaledToZero"


def test_tools_that_know_kstatus_see_only_what_is_true(judge: Judge, healthy: Maker, condition: Read) -> None:
    well, waits = judge(healthy()), judge({})
    assert not condition(well, "Reconciling")
    assert not condition(well, "Stalled")
    assert condition(waits, "Reconciling")["status"] == "True"
    assert condition(waits, "Ready")["status"] == "False"


def test_every_condition_is_about_this_generation(judge: Judge) -> None:
    status = judge({})
    assert status["observedGeneration"] == 3
    assert {found["observedGeneration"] for found in status["conditions"]} == {3}


def test_a_time_changes_only_with_the_status_of_its_condition(
    judge: Judge, healthy: Maker, condition: Read, now: datetime
) -> None:
    first = judge(healthy())
    later = judge(healthy(deployment=None), previous=first, at=now + timedelta(hours=1))
    kept, changed = "StorageReady", "WorkloadReady"
    times = [
        condition(status, kind)["lastTransitionTime"] for kind in (kept, changed) for status in (first, later)
    ]
    assert times == [
        "2026-11-22T12:00:00Z",
        "2026-11-22T12:00:00Z",
        "2026-11-22T12:00:00Z",
        "2026-11-22T13:00:00Z",
    ]


def test_a_settled_vault_keeps_its_status_to_the_letter(judge: Judge, healthy: Maker, now: datetime) -> None:
    first = judge(healthy())
    assert judge(healthy(), previous=first, at=now + timedelta(days=1)) == first


@pytest.mark.parametrize(
    ("missing", "phase"),
    [
        (("service", "deployment", "stateful_set", "media_claim", "database_claim"), "Pending"),
        (("deployment", "stateful_set"), "Provisioning"),
        (("deployment", "migration"), "Migrating"),
    ],
)
def test_the_phase_tells_how_far_a_new_vault_has_come(
    judge: Judge, healthy: Maker, missing: tuple[str, ...], phase: str
) -> None:
    assert judge(healthy(**dict.fromkeys(missing)))["phase"] == phase


def test_pods_that_are_replaced_are_an_update(judge: Judge, healthy: Maker, deployment: Maker) -> None:
    before = judge(healthy())
    rolling = healthy(deployment=deployment(updatedReplicas=0))
    assert judge(rolling, previous=before)["phase"] == "Updating"


def test_the_gravest_part_gives_ready_its_reason(judge: Judge, healthy: Maker, condition: Read) -> None:
    trouble = Failure(kind="Deployment", name="photos", reason="Forbidden", message="exceeded quota: q")
    status = judge(healthy(stateful_set=None, failures=(trouble,)))
    assert condition(status, "DatabaseReady")["reason"] == "Creating"
    assert condition(status, "Ready")["reason"] == "QuotaExceeded"
    assert condition(status, "Degraded")["status"] == "True"
    assert status["phase"] == "Degraded"


def test_an_object_of_somebody_else_stalls_the_vault(judge: Judge, healthy: Maker, condition: Read) -> None:
    taken = Failure(kind="Service", name="photos", reason="Conflict", message="Service photos is not ours")
    status = judge(healthy(failures=(taken,)))
    assert condition(status, "Conflict")["message"] == "Service photos is not ours"
    assert condition(status, "Stalled")["reason"] == "NameTaken"
    assert not condition(status, "Reconciling")
    assert status["phase"] == "Failed"


def test_what_others_added_is_told_and_blocks_nothing(judge: Judge, healthy: Maker, condition: Read) -> None:
    status = judge(healthy(drift=("Deployment photos: spec.template.spec.containers[sidecar]",)))
    assert "containers[sidecar]" in condition(status, "Drifted")["message"]
    assert condition(status, "Ready")["status"] == "True"
    assert not condition(judge(healthy()), "Drifted")


def test_what_is_migrated_is_remembered(judge: Judge, healthy: Maker) -> None:
    remembered = {"template": "t", "image": "registry/app:1.0", "secrets": "s", "version": "1.0"}
    assert judge(healthy())["migration"] == remembered


def test_an_embedded_vault_knows_its_version_from_its_pod(judge: Judge, healthy: Maker, pod: Maker) -> None:
    done = {"exitCode": 0, "message": '{"version": "1.3", "applied": 0}'}
    prepare = {"name": names.PREPARE_CONTAINER, "ready": True, "state": {"terminated": done}}
    children = healthy(migration=None, stateful_set=None, pods=(pod(names.WEB, init=(prepare,)),))
    status = judge(children, {"database": {"embedded": {}}}, template=None)
    assert status["version"] == "1.3"
    assert "migration" not in status
    assert status["phase"] == "Running"


def test_a_refused_spec_keeps_what_is_known_of_the_parts(
    judge: Judge, healthy: Maker, condition: Read, now: datetime
) -> None:
    before = judge(healthy())
    problems = (Problem(field="spec.image", message="must be an image"),)
    status = refused_status(generation=4, problems=problems, serving={}, previous=before, now=now)
    assert (status["observedGeneration"], status["phase"]) == (4, "Failed")
    assert condition(status, "Ready") | {"status": "False", "reason": "InvalidSpec"} == condition(
        status, "Ready"
    )
    assert condition(status, "Stalled")["message"] == "spec.image: must be an image"
    assert condition(status, "WorkloadReady") == condition(before, "WorkloadReady")
    assert status["url"] == before["url"]


def test_a_refused_spec_leaves_the_last_valid_one_to_be_judged(
    judge: Judge, healthy: Maker, condition: Read, now: datetime
) -> None:
    serving = judge(healthy(deployment=None))
    problems = (Problem(field="spec.image", message="must be an image"),)
    status = refused_status(
        generation=4, problems=problems, serving=serving, previous=judge(healthy()), now=now
    )
    assert status["phase"] == "Degraded"
    assert condition(status, "Stalled")["message"].endswith("The last valid spec goes on being served")
    assert condition(status, "WorkloadReady") == condition(serving, "WorkloadReady")
    assert condition(status, "Reconciling") == {}


def test_a_refused_spec_that_stays_refused_changes_nothing(now: datetime) -> None:
    problems = (Problem(field="spec", message="wrong"),)
    first = refused_status(generation=1, problems=problems, serving={}, previous={}, now=now)
    later = now + timedelta(hours=1)
    assert refused_status(generation=1, problems=problems, serving={}, previous=first, now=later) == first


def test_the_status_is_computed_without_touching_the_one_of_before(
    make_vault: Maker, judge: Judge, now: datetime
) -> None:
    before = judge({})
    copy = {**before, "conditions": [dict(found) for found in before["conditions"]]}
    judge({}, previous=before, at=now + timedelta(hours=1))
    assert before == copy
