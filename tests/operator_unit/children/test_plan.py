"""Which children a vault has when."""

from base64 import b64decode
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from mediavault_operator import names
from mediavault_operator.children import Plan, desired_children
from mediavault_operator.credentials import Credentials
from mediavault_operator.observed import Address, Observed, ReferencedSecret, SharedServer
from mediavault_operator.spec import MediaVault

Maker = Callable[..., Any]
Planner = Callable[..., Plan]
EXTERNAL = {"database": {"external": {"secretName": "url"}}}
SHARED_DATABASE = {"database": {"shared": {"adminSecretName": "server"}}}
EMBEDDED: dict[str, Any] = {"database": {"embedded": {}}}
SHARED = {"storage": {"claim": {"accessModes": ["ReadWriteMany"]}}, "replicas": 3}


@pytest.fixture(name="plan")
def planner(make_vault: Callable[..., MediaVault], credentials: Credentials) -> Planner:
    """Plans the children of a spec, given what is observed."""

    def make(spec: Mapping[str, Any] | None = None, **observed: Any) -> Plan:
        return desired_children(make_vault(spec), credentials=credentials, observed=Observed(**observed))

    return make


def kinds(plan: Plan) -> list[str]:
    return [manifest["kind"] for manifest in plan.manifests]


def the(plan: Plan, kind: str) -> dict[str, Any]:
    (found,) = (manifest for manifest in plan.manifests if manifest["kind"] == kind)
    return found


def test_a_fresh_vault_gets_everything_but_the_migration_and_the_web_pods(plan: Planner) -> None:
    first = plan()
    assert set(kinds(first)) == {
        "Secret", "ServiceAccount", "NetworkPolicy", "PersistentVolumeClaim", "Service", "StatefulSet",
    }  # fmt: skip
    assert first.template is None


def test_the_migration_follows_when_the_databases_claim_is_known(plan: Planner, claim: Maker) -> None:
    second = plan(database_claim=claim("photos-db"))
    assert the(second, "Job")["metadata"]["name"] == f"photos-migrate-{second.template}"
    assert "Deployment" not in kinds(second)


def test_another_claim_under_the_database_asks_for_another_migration(plan: Planner, claim: Maker) -> None:
    assert plan(database_claim=claim("photos-db")).template != plan(database_claim=claim("other")).template


def test_the_web_pods_follow_the_image_that_has_been_migrated(plan: Planner, claim: Maker) -> None:
    before = {"template": "t", "image": "registry/app:0.9", "secrets": "s"}
    upgrade = plan({"image": "registry/app:2.0"}, database_claim=claim("photos-db"), migration=before)
    web, _, _ = the(upgrade, "Deployment")["spec"]["template"]["spec"]["containers"]
    (prepare,) = the(upgrade, "Job")["spec"]["template"]["spec"]["containers"]
    assert (web["image"], prepare["image"]) == ("registry/app:0.9", "registry/app:2.0")


def test_a_migration_that_is_remembered_is_not_run_again(plan: Planner, claim: Maker) -> None:
    seen = {"database_claim": claim("photos-db")}
    wanted = plan(**seen).template
    done = plan(**seen, migration={"template": wanted, "image": "registry/app:1.0"})
    assert "Job" not in kinds(done)
    assert "Deployment" in kinds(done)


def test_a_job_that_completed_counts_before_the_status_remembers_it(
    plan: Planner, claim: Maker, job: Maker
) -> None:
    seen = {"database_claim": claim("photos-db")}
    template = plan(**seen).template
    assert "Deployment" in kinds(plan(**seen, jobs=(job(template, ended="Complete"),)))
    assert "Deployment" not in kinds(plan(**seen, jobs=(job(template),)))


def test_an_older_job_goes_before_the_next(plan: Planner, claim: Maker, job: Maker, pod: Maker) -> None:
    seen = {"database_claim": claim("photos-db")}
    held = plan(**seen, jobs=(job("older"),))
    assert held.stale == (("Job", "photos-migrate-older"),)
    assert "Job" not in kinds(held)
    left = pod(names.MIGRATE, labels={names.JOB_NAME_LABEL: "photos-migrate-older"})
    assert "Job" not in kinds(plan(**seen, pods=(left,)))


def test_no_job_is_stale_while_the_wanted_one_is_unknown(plan: Planner, job: Maker) -> None:
    assert plan(jobs=(job("older"),)).stale == ()


@pytest.mark.parametrize("spec", [{"admin": {"username": "eve"}}, {"image": "other:1"}])
def test_what_a_migration_does_names_it(plan: Planner, claim: Maker, spec: dict[str, Any]) -> None:
    seen = {"database_claim": claim("photos-db")}
    assert plan(spec, **seen).template != plan(**seen).template


def test_users_are_brought_by_a_migration_and_leave_the_web_pods_alone(plan: Planner, claim: Maker) -> None:
    seen = {"database_claim": claim("photos-db"), "migration": {"template": "t", "image": "registry/app:1.0"}}
    without, with_users = plan(**seen), plan({"users": [{"username": "ann"}]}, **seen)
    assert without.template != with_users.template
    assert the(without, "Deployment") == the(with_users, "Deployment")
    secrets = {each["metadata"]["name"] for each in with_users.manifests if each["kind"] == "Secret"}
    assert "photos-user-ann" in secrets


def test_replicas_and_service_do_not_ask_for_a_migration(plan: Planner, claim: Maker) -> None:
    seen = {"database_claim": claim("photos-db")}
    assert plan({"replicas": 0, "service": {"port": 81}}, **seen).template == plan(**seen).template


def test_an_external_database_waits_for_its_secret(plan: Planner) -> None:
    assert plan(EXTERNAL).template is None
    assert plan(EXTERNAL, referenced_secret=ReferencedSecret(found=True)).template is None
    known = plan(EXTERNAL, referenced_secret=ReferencedSecret(found=True, has_key=True, digest="d"))
    assert "Job" in kinds(known)
    assert "StatefulSet" not in kinds(known)
    assert "database" not in {manifest["metadata"]["name"] for manifest in known.manifests}


def test_another_url_asks_for_a_migration_there(plan: Planner) -> None:
    def template(digest: str) -> str | None:
        secret = ReferencedSecret(found=True, has_key=True, digest=digest)
        return plan(EXTERNAL, referenced_secret=secret).template

    assert template("one") != template("two")


def test_a_shared_database_is_migrated_only_once_it_stands(plan: Planner) -> None:
    def server(**known: Any) -> SharedServer:
        return SharedServer(found=True, digest="d", address=Address(host="pg", port="6543"), **known)

    assert "Job" not in kinds(plan(SHARED_DATABASE, shared_server=SharedServer(found=False)))
    begun = plan(SHARED_DATABASE, shared_server=server())
    assert "Job" not in kinds(begun)
    secret = next(each for each in begun.manifests if each["metadata"]["name"] == "photos-database")
    url = b64decode(secret["data"]["DATABASE_URL"]).decode()
    name = names.shared_database("tenant", "photos")
    assert url == f"postgresql://{name}:password-of-database@pg:6543/{name}"
    stands = plan(SHARED_DATABASE, shared_server=server(stands=True))
    assert "Job" in kinds(stands)
    assert not {"StatefulSet"} & set(kinds(stands))


def test_a_vault_serves_on_while_its_shared_server_is_unknown(plan: Planner) -> None:
    done = {"template": "t", "image": "registry/app:1.0", "secrets": "s"}
    away = plan(SHARED_DATABASE, shared_server=SharedServer(found=False), migration=done)
    assert "Deployment" in kinds(away)
    assert away.template is None


def test_an_embedded_database_needs_no_job(plan: Planner) -> None:
    embedded = plan(EMBEDDED)
    assert "Job" not in kinds(embedded)
    (prepare,) = the(embedded, "Deployment")["spec"]["template"]["spec"]["initContainers"]
    assert prepare["command"] == ["python", "manage.py", "prepare"]
    assert {"name": "media", "mountPath": "/home/appuser/media"} in prepare["volumeMounts"]


def test_a_suspended_vault_begins_no_migration_and_runs_nothing(plan: Planner, claim: Maker) -> None:
    done = {"template": "t", "image": "registry/app:1.0"}
    resting = plan({"suspend": True}, database_claim=claim("photos-db"), migration=done)
    assert "Job" not in kinds(resting)
    assert the(resting, "Deployment")["spec"]["replicas"] == 0
    assert the(resting, "StatefulSet")["spec"]["replicas"] == 0


def test_the_database_rests_only_when_its_last_client_has_gone(plan: Planner, pod: Maker) -> None:
    ending = plan({"suspend": True}, pods=(pod(names.WEB),))
    assert the(ending, "StatefulSet")["spec"]["replicas"] == 1


def test_a_budget_stands_only_beside_several_replicas(plan: Planner) -> None:
    done = {"template": "t", "image": "registry/app:1.0"}
    assert "PodDisruptionBudget" in kinds(plan(SHARED, migration=done))
    one = {**SHARED, "replicas": 1}
    left = plan(one, migration=done, pod_disruption_budget={"metadata": {"name": "photos"}})
    assert "PodDisruptionBudget" not in kinds(left)
    assert left.stale == (("PodDisruptionBudget", "photos"),)


@pytest.mark.parametrize("spec", [{}, EXTERNAL, EMBEDDED, SHARED, {"suspend": True}])
def test_planning_twice_gives_the_same_and_every_object_once(
    plan: Planner, claim: Maker, spec: dict[str, Any]
) -> None:
    seen = {"database_claim": claim("photos-db"), "migration": {"template": "t", "image": "app:1"}}
    once = plan(spec, **seen)
    assert once == plan(spec, **seen)
    every = [(manifest["kind"], manifest["metadata"]["name"]) for manifest in once.manifests]
    assert len(every) == len(set(every))


def test_no_generated_value_stands_anywhere_but_in_secrets(
    plan: Planner, claim: Maker, credentials: Credentials
) -> None:
    seen = {"database_claim": claim("photos-db"), "migration": {"template": "t", "image": "app:1"}}
    everything = plan({"users": [{"username": "ann"}]}, **seen)
    others = str([manifest for manifest in everything.manifests if manifest["kind"] != "Secret"])
    logins = [credentials.admin, *credentials.users.values()]
    values = [credentials.secret_key, credentials.database.password]
    values += [value for login in logins for value in (login.password, login.token)]
    assert not [value for value in values if value in others]
