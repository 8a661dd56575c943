"""What backups and restores add to a vault's children, and what a vault that begins with one waits for."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from mediavault_operator import names
from mediavault_operator.children import Plan, desired_children
from mediavault_operator.credentials import Credentials
from mediavault_operator.observed import Observed, Source
from mediavault_operator.spec import ClaimTarget, EncryptionKey, MediaVault

Maker = Callable[..., Any]
BACKED_UP: dict[str, Any] = {"backup": {"target": {"claim": {"name": "backups"}}}}
BEGINNING: dict[str, Any] = {"bootstrap": {"fromBackup": {"name": "b"}}}
SOURCE = Source(
    target=ClaimTarget(name="backups"),
    encryption=EncryptionKey(secret_name="films-backup"),
    path="tenant/films",
    snapshot="1a2b",
)


@pytest.fixture
def plan(make_vault: Callable[..., MediaVault], credentials: Credentials) -> Callable[..., Plan]:
    def make(spec: dict[str, Any], **observed: Any) -> Plan:
        return desired_children(make_vault(spec), credentials=credentials, observed=Observed(**observed))

    return make


def the(plan: Plan, kind: str, name: str) -> dict[str, Any] | None:
    found = (each for each in plan.manifests if (each["kind"], each["metadata"]["name"]) == (kind, name))
    return next(found, None)


def jobs(plan: Plan) -> list[str]:
    return [each["metadata"]["name"] for each in plan.manifests if each["kind"] == "Job"]


def job(ended: str = "") -> dict[str, Any]:
    conditions = [{"type": ended, "status": "True"}] if ended else []
    return {"metadata": {"name": "photos-restore"}, "status": {"conditions": conditions}}


def test_a_vault_that_is_not_backed_up_has_nothing_of_it(plan: Maker) -> None:
    assert "photos-backup" not in {each["metadata"]["name"] for each in plan({}).manifests}


@pytest.mark.parametrize("policy", ["Retain", "Delete"])
def test_the_generated_key_outlives_the_vault(plan: Maker, policy: str) -> None:
    key = the(plan({**BACKED_UP, "deletionPolicy": policy}), "Secret", "photos-backup")
    assert key is not None
    assert "ownerReferences" not in key["metadata"]


def test_a_key_of_ones_own_is_not_generated(plan: Maker) -> None:
    own = {"backup": {**BACKED_UP["backup"], "encryption": {"secretName": "mine"}}}
    assert the(plan(own), "Secret", "photos-backup") is None


def test_backup_pods_reach_the_database_and_the_target(plan: Maker) -> None:
    made = plan(BACKED_UP)
    policy, database = the(made, "NetworkPolicy", "photos-backup"), the(made, "NetworkPolicy", "photos-db")
    assert policy is not None
    assert database is not None
    assert (policy["spec"]["ingress"], policy["spec"]["egress"]) == ([], [{}])
    (rule,) = database["spec"]["ingress"]
    (among,) = rule["from"][0]["podSelector"]["matchExpressions"]
    assert {names.BACKUP, names.RESTORE} < set(among["values"])


def test_a_vault_is_restored_before_it_is_migrated(plan: Maker, claim: Maker) -> None:
    seen = {"database_claim": claim("photos-db"), "source": SOURCE}
    begun = plan(BEGINNING, **seen)
    assert jobs(begun) == ["photos-restore"]
    assert the(begun, "Deployment", "photos") is None
    assert jobs(plan(BEGINNING, **seen, restore_job=job())) == []
    for done in ({"restore_job": job("Complete")}, {"restored": {"backup": "b"}}):
        (migration,) = jobs(plan(BEGINNING, **seen, **done))
        assert migration.startswith("photos-migrate-")


def test_an_embedded_database_waits_for_the_restore_too(plan: Maker) -> None:
    spec = {**BEGINNING, "database": {"embedded": {}}}
    assert the(plan(spec, source=SOURCE), "Deployment", "photos") is None
    assert the(plan(spec, source=SOURCE, restore_job=job("Complete")), "Deployment", "photos") is not None


def test_nothing_is_restored_into_a_suspended_vault(plan: Maker, claim: Maker) -> None:
    spec = {**BEGINNING, "suspend": True}
    assert jobs(plan(spec, database_claim=claim("photos-db"), source=SOURCE)) == []


def test_nothing_is_restored_from_a_backup_that_cannot_be_used(plan: Maker, claim: Maker) -> None:
    troubled = replace(SOURCE, trouble=("BackupNotFound", "there is none"))
    assert jobs(plan(BEGINNING, database_claim=claim("photos-db"), source=troubled)) == []


def test_the_key_may_be_another_secret_here(plan: Maker, claim: Maker) -> None:
    spec = {"bootstrap": {"fromBackup": {"name": "b", "encryption": {"secretName": "copied"}}}}
    restore = the(plan(spec, database_claim=claim("photos-db"), source=SOURCE), "Job", "photos-restore")
    assert restore is not None
    volumes = {each["name"]: each for each in restore["spec"]["template"]["spec"]["volumes"]}
    assert volumes["backup-key"]["secret"]["secretName"] == "copied"
