"""Where one pod ends before the next begins, the Deployment changes only once a Job has shown that it can."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import pytest

from mediavault_operator import names
from mediavault_operator.children import Plan, desired_children
from mediavault_operator.credentials import Credentials
from mediavault_operator.observed import Observed, ReferencedSecret
from mediavault_operator.spec import MediaVault

Maker = Callable[..., Any]
Planner = Callable[..., Plan]
EMBEDDED: dict[str, Any] = {"database": {"embedded": {}}}
EXTERNAL: dict[str, Any] = {"database": {"external": {"secretName": "url"}}}
NEWER = {**EMBEDDED, "image": "registry/app:2.0"}
MOVED = {"pods": {"nodeSelector": {"disk": "fast"}}}
RWX = {"storage": {"claim": {"accessModes": ["ReadWriteMany"]}}}


@pytest.fixture(name="plan")
def planner(make_vault: Callable[..., MediaVault], credentials: Credentials) -> Planner:
    """Plans the children of a spec, given what is observed; an external database's Secret is there."""

    def make(spec: Mapping[str, Any], *, restarted: str = "", **observed: Any) -> Plan:
        vault = replace(make_vault(spec), restarted_at=restarted)
        secret = ReferencedSecret(found=True, has_key=True, digest="d")
        seen = Observed(referenced_secret=secret, **observed)
        return desired_children(vault, credentials=credentials, observed=seen)

    return make


def kinds(plan: Plan) -> list[str]:
    return [manifest["kind"] for manifest in plan.manifests]


def the(plan: Plan, kind: str) -> dict[str, Any]:
    (found,) = (manifest for manifest in plan.manifests if manifest["kind"] == kind)
    return found


def served(plan: Plan, **counts: int) -> dict[str, Any]:
    """The Deployment of a plan as it stands, with one pod that is ready unless the counts say otherwise."""
    return {**the(plan, "Deployment"), "status": {"replicas": 1, "readyReplicas": 1, **counts}}


def test_a_new_image_of_an_embedded_vault_is_tried_on_an_empty_database_while_the_old_one_serves(
    plan: Planner,
) -> None:
    upgrade = plan(NEWER, deployment=served(plan(EMBEDDED)))
    assert "Deployment" not in kinds(upgrade)
    pod = the(upgrade, "Job")["spec"]["template"]["spec"]
    assert pod["containers"][0]["image"] == "registry/app:2.0"
    assert {"name": "media", "mountPath": "/home/appuser/media"} in pod["containers"][0]["volumeMounts"]
    assert not [volume for volume in pod["volumes"] if "persistentVolumeClaim" in volume]
    assert the(upgrade, "Job")["metadata"]["name"] == f"photos-migrate-{upgrade.template}"


def test_the_deployment_follows_a_trial_that_went_well_and_the_job_goes_after_that(
    plan: Planner, job: Maker
) -> None:
    before = served(plan(EMBEDDED))
    tried = job(plan(NEWER, deployment=before).template, ended="Complete")
    followed = plan(NEWER, deployment=before, jobs=(tried,))
    assert "Job" not in kinds(followed)
    assert (followed.template, followed.stale) == (None, ())
    settled = plan(NEWER, deployment=served(followed), jobs=(tried,))
    assert the(settled, "Deployment") == the(followed, "Deployment")
    assert settled.stale == (("Job", tried["metadata"]["name"]),)


def test_going_back_from_a_trial_needs_none_and_takes_the_job_away(plan: Planner, job: Maker) -> None:
    before = served(plan(EMBEDDED))
    failed = job(plan(NEWER, deployment=before).template, ended="Failed")
    back = plan(EMBEDDED, deployment=before, jobs=(failed,))
    assert the(back, "Deployment") == the(plan(EMBEDDED), "Deployment")
    assert "Job" not in kinds(back)
    assert back.stale == (("Job", failed["metadata"]["name"]),)


def test_what_a_trial_could_not_show_needs_none(plan: Planner) -> None:
    assert "Deployment" in kinds(plan(EMBEDDED, restarted="now", deployment=served(plan(EMBEDDED))))


def test_where_nothing_serves_there_is_nothing_to_wait_for(plan: Planner, job: Maker) -> None:
    down = served(plan(EMBEDDED), readyReplicas=0)
    at_once = plan(NEWER, deployment=down)
    assert "Deployment" in kinds(at_once)
    assert "Job" not in kinds(at_once)
    hashed = plan(NEWER, deployment=served(plan(EMBEDDED))).template
    assert "Deployment" not in kinds(plan(NEWER, deployment=down, jobs=(job(hashed),)))


def test_a_trial_that_waited_in_vain_for_as_long_as_it_may_is_made_again_and_one_that_failed_is_not(
    plan: Planner, job: Maker
) -> None:
    before = served(plan(EMBEDDED))
    failed = job(plan(NEWER, deployment=before).template, ended="Failed")
    assert plan(NEWER, deployment=before, jobs=(failed,)).stale == ()
    failed["status"]["conditions"][0]["reason"] = "DeadlineExceeded"
    late = plan(NEWER, deployment=before, jobs=(failed,))
    assert late.stale == (("Job", failed["metadata"]["name"]),)
    assert "Deployment" not in kinds(late)


@pytest.mark.parametrize("ended", ["", "Failed"])
def test_a_pod_that_is_evicted_lets_no_image_through_whose_trial_has_not_succeeded(
    plan: Planner, job: Maker, ended: str
) -> None:
    evicted = served(plan(EMBEDDED), replicas=0, readyReplicas=0)
    hashed = plan(NEWER, deployment=served(plan(EMBEDDED))).template
    assert "Deployment" not in kinds(plan(NEWER, deployment=evicted, jobs=(job(hashed, ended=ended),)))
    assert "Deployment" in kinds(plan(NEWER, deployment=evicted, jobs=(job(hashed, ended="Complete"),)))


def test_pods_that_served_and_are_away_are_not_given_up_for_an_image_that_was_never_tried(
    plan: Planner,
) -> None:
    away = served(plan(EMBEDDED), replicas=0, readyReplicas=0)
    progress = {"type": "Progressing", "status": "True", "reason": "NewReplicaSetAvailable"}
    away["status"]["conditions"] = [progress]
    assert kinds(plan(NEWER, deployment=away)).count("Job") == 1
    assert "Deployment" not in kinds(plan(NEWER, deployment=away))
    progress["reason"] = "ReplicaSetUpdated"
    assert "Deployment" in kinds(plan(NEWER, deployment=away))


def test_a_suspended_vault_is_resumed_with_an_image_whose_trial_found_no_room(
    plan: Planner, job: Maker
) -> None:
    hashed = plan(NEWER, deployment=served(plan(EMBEDDED))).template
    rests = served(plan({**EMBEDDED, "suspend": True}), replicas=0, readyReplicas=0)
    assert "Deployment" in kinds(plan(NEWER, deployment=rests, jobs=(job(hashed),)))


@pytest.mark.parametrize("rest", [{"suspend": True}, {"replicas": 0}])
def test_a_vault_that_is_to_stop_does_so_at_once(plan: Planner, rest: dict[str, Any]) -> None:
    assert "Deployment" in kinds(plan({**NEWER, **rest}, deployment=served(plan(EMBEDDED))))


@pytest.mark.parametrize(("spec", "waits"), [(EXTERNAL, True), ({**EXTERNAL, **RWX}, False)])
def test_another_place_waits_for_the_migration_where_pods_cannot_overlap(
    plan: Planner, job: Maker, spec: dict[str, Any], waits: bool
) -> None:
    first = plan(spec, migration={"template": "t", "image": "registry/app:1.0", "secrets": "s"})
    memory = {"template": plan(spec).template, "image": "registry/app:1.0", "secrets": "s"}
    moved = plan({**spec, **MOVED}, deployment=served(first), migration=memory)
    assert ("Deployment" not in kinds(moved)) is waits
    assert "Job" in kinds(moved)
    done = job(moved.template, ended="Complete")
    after = plan({**spec, **MOVED}, deployment=served(first), migration=memory, jobs=(done,))
    assert the(after, "Deployment")["spec"]["template"]["spec"]["nodeSelector"] == {"disk": "fast"}


@pytest.mark.parametrize(
    ("spec", "waits"),
    [(MOVED, True), ({"database": {"managed": {"resources": {"limits": {"memory": "4Gi"}}}}}, False)],
    ids=["another place", "more memory"],
)
def test_a_database_waits_for_the_migration_with_its_place_but_not_with_what_the_migration_may_need(
    plan: Planner, claim: Maker, spec: dict[str, Any], waits: bool
) -> None:
    memory = {"template": "another", "image": "registry/app:1.0", "secrets": "s"}
    seen = {"database_claim": claim("photos-db"), "migration": memory}
    stands = {**the(plan({}, **seen), "StatefulSet"), "status": {"replicas": 1, "readyReplicas": 1}}
    changed = plan(spec, stateful_set=stands, **seen)
    assert "Job" in kinds(changed)
    assert ("StatefulSet" not in kinds(changed)) is waits
    migrated = {**memory, "template": changed.template}
    assert "StatefulSet" in kinds(plan(spec, **{**seen, "stateful_set": stands, "migration": migrated}))


def test_a_database_that_is_away_moves_only_to_where_a_pod_of_the_migration_has_begun(
    plan: Planner, claim: Maker, job: Maker, pod: Maker
) -> None:
    memory = {"template": "another", "image": "registry/app:1.0", "secrets": "s"}
    seen = {"database_claim": claim("photos-db"), "migration": memory}
    away = {**the(plan({}, **seen), "StatefulSet"), "status": {"replicas": 0}}
    at_once = plan(MOVED, stateful_set=away, **seen)
    assert "StatefulSet" in kinds(at_once)
    tried = job(at_once.template)
    seen |= {"stateful_set": away, "jobs": (tried,)}
    for phase, moves in (("Pending", False), ("Running", True)):
        labels = {names.JOB_NAME_LABEL: tried["metadata"]["name"]}
        begun = pod(names.MIGRATE, phase=phase, labels=labels)
        assert ("StatefulSet" in kinds(plan(MOVED, pods=(begun,), **seen))) is moves
    assert "StatefulSet" not in kinds(plan(MOVED, **seen))


def test_what_an_upgrade_leaves_as_it_is_goes_on_being_kept_while_it_is_tried(plan: Planner) -> None:
    memory = {"template": "t", "image": "registry/app:1.0", "secrets": "s"}
    first = plan(EXTERNAL, migration=memory)
    upgrade = plan({**EXTERNAL, "image": "registry/app:2.0"}, deployment=served(first), migration=memory)
    assert the(upgrade, "Deployment") == the(first, "Deployment")
    assert names.MIGRATION_ANNOTATION not in the(upgrade, "Deployment")["metadata"]["annotations"]
